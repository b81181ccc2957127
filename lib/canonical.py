"""Canonical JSON (RFC 8785) and SHA-256 digests: how anything here gets its name."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785

_EXACT_INT = 2**53


def plain(value: Any) -> Any:
    """``value`` in terms of JSON: dates as ISO 8601, decimals, UUIDs and big integers as text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [plain(item) for item in items]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT_INT:
        return str(value)
    return value


def canonical_json(value: Any) -> bytes:
    """The RFC 8785 bytes of ``value``. Raises ValueError for what JSON cannot say (NaN)."""
    try:
        return bytes(rfc8785.dumps(plain(value)))
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


class PlainDecoder(json.JSONDecoder):
    """Reads ``plain`` JSON as it was written where a database spells 1e300 as a whole number:
    ``plain`` writes none from 2^53 on, so whatever looks like one was a double."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parse_int=_whole, **options)


def _whole(digits: str) -> int | float:
    found = int(digits)
    return found if abs(found) < _EXACT_INT else float(found)


def sha256(data: bytes) -> str:
    """64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``, as 64 hex digits."""
    return sha256(canonical_json(value))

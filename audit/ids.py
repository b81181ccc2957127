"""Identifiers in order of time: UUID version 7 (RFC 9562, section 6.2, method 3). Pure."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAIL_BITS = 62


def new_id(at: datetime) -> UUID:
    """A fresh id at ``at``: 48 bits of milliseconds, 12 bits of fraction, 62 random bits."""
    return _uuid7(at, secrets.randbits(_TAIL_BITS))


def lowest_id_at(at: datetime) -> UUID:
    """The lowest id of that microsecond: entries since ``at`` are those with an id from here on."""
    return _uuid7(at, 0)


def _uuid7(at: datetime, tail: int) -> UUID:
    microseconds = max(0, (at - _EPOCH) // timedelta(microseconds=1))
    milliseconds, rest = divmod(microseconds, 1000)
    fraction = rest * 4096 // 1000
    high = (milliseconds & ((1 << 48) - 1)) << 16 | 0x7000 | fraction
    return UUID(int=high << 64 | 0b10 << _TAIL_BITS | tail)

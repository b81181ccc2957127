"""Query strings: known names, once each, storable text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from lib.errors import Invalid
from lib.http.parser import refuse_unstorable

PAGING = frozenset({"cursor", "limit"})
_FARTHEST_ZONE = timedelta(hours=14)


def params(request: HttpRequest, allowed: Iterable[str]) -> dict[str, str]:
    """The query as a flat dict. Raises Invalid naming an unknown, repeated or broken parameter."""
    known = set(allowed)
    result: dict[str, str] = {}
    for name, values in request.GET.lists():
        if name not in known:
            hint = ", ".join(sorted(known)) or "none"
            raise Invalid(
                f"Unknown query parameter. This address knows: {hint}.",
                errors={name[:80]: "unknown parameter"},
            )
        if len(values) > 1:
            raise Invalid("A query parameter stands twice.", errors={name: "given twice"})
        refuse_unstorable(values[0], name)
        result[name] = values[0]
    return result


def whole_number(name: str, text: str, *, low: int, high: int) -> int:
    """``text`` as an integer within [low, high]; raises Invalid naming the parameter."""
    if not text.isascii() or not text.isdigit() or len(text) > 16 or not low <= int(text) <= high:
        raise Invalid(
            f"“{name}” must be a whole number from {low} to {high}.",
            errors={name: f"a whole number from {low} to {high}"},
        )
    return int(text)


def zoned_time(name: str, text: str) -> datetime:
    """``text`` as a time with a zone; raises Invalid naming the parameter."""
    try:
        # A plus sign in a query that nobody escaped arrives as a space.
        found = parse_datetime(text.replace(" ", "+") if text[10:11] == "T" else text)
        offset = found.utcoffset() if found else None
    except (ValueError, OverflowError):
        found = offset = None
    if found is None or offset is None or abs(offset) > _FARTHEST_ZONE:
        raise Invalid(
            f"“{name}” must be a time with a zone, such as 2026-01-31T12:00:00Z.",
            errors={name: "a time with a zone (ISO 8601)"},
        )
    return found

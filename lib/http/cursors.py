"""Keyset paging with signed cursors: stable under inserts, and not forgeable; and counts that stop
where nobody reads on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from lib.errors import Invalid
from lib.http.query import whole_number

_SALT = "imprimatur.cursor"
MAX_LIMIT = 200
COUNTED: Final = 1_000
"""Up to here rows are counted; past it a list says that there are more."""


def page(
    request: Request,
    queryset: QuerySet[Any],
    *,
    order: str,
    render: Callable[[Any], dict[str, Any]],
    limit: int = 50,
    take: Callable[[Any, int], list[Any]] | None = None,
) -> Response:
    """One page as ``{"items": [...], "next": cursor or null}``.

    ``take`` fetches the first rows in that order where a room knows a faster way.
    ``order`` is one unique, non-null field, with ``-`` for newest first. The cursor is bound to
    the path and the order, so that one from another list is refused rather than misread.
    """
    if text := request.query_params.get("limit"):
        limit = whole_number("limit", text, low=1, high=MAX_LIMIT)
    rows, following = cut(
        queryset,
        order=order,
        cursor=request.query_params.get("cursor", ""),
        path=request.path,
        limit=limit,
        take=take,
    )
    return Response({"items": [render(row) for row in rows], "next": following})


def cut(
    queryset: QuerySet[Any],
    *,
    order: str | Sequence[str],
    cursor: str,
    path: str,
    limit: int,
    take: Callable[[Any, int], list[Any]] | None = None,
) -> tuple[list[Any], str | None]:
    """The rows behind ``cursor`` (or the first ones), and the cursor of those behind them.

    ``order`` is one unique, non-null field, or several of which the last is that; the others may
    be null, and may lead to other tables that were fetched with the rows.
    """
    fields = [order] if isinstance(order, str) else list(order)
    if cursor:
        last = _read(cursor, path, fields)
        try:
            queryset = queryset.filter(_behind(fields, last))
        except (ValueError, TypeError, ValidationError) as error:
            raise _bad() from error
    rows: list[Model] = (
        take(queryset, limit + 1) if take else list(queryset.order_by(*fields)[: limit + 1])
    )
    more = len(rows) > limit
    rows = rows[:limit]
    last_row = [_value(rows[-1], field.lstrip("-")) for field in fields] if more else []
    return rows, _write(last_row, path, fields) if more else None


def counted(rows: QuerySet[Any], *, in_order: bool = False) -> int:
    """How many there are, counted to ``COUNTED`` and no farther; one more than that says that
    there are more. ``in_order`` goes through them in their own order: where that has an index and
    many fit what is looked for by joins, the database stops early instead of joining all."""
    return (rows if in_order else rows.order_by())[: COUNTED + 1].count()


def _behind(fields: Sequence[str], last: Sequence[str | None]) -> Q:
    """What comes after a row with the values ``last``, as PostgreSQL sorts: nulls come last, or
    first where the order descends."""
    name, value = fields[0].lstrip("-"), last[0]
    descending = fields[0].startswith("-")
    if len(fields) == 1:
        return Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
    rest = _behind(fields[1:], last[1:])
    if value is None:
        none = Q(**{f"{name}__isnull": True})
        return none & rest | ~none if descending else none & rest
    tie = Q(**{name: value}) & rest
    if descending:  # what is said twice lets an index begin at the right place
        return Q(**{f"{name}__lte": value}) & (Q(**{f"{name}__lt": value}) | tie)
    return Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True}) | tie


def _value(row: Any, field: str) -> str | None:
    for part in field.split("__"):
        row = getattr(row, part, None)
    if row is None:
        return None
    return row.isoformat() if hasattr(row, "isoformat") else str(row)


def _write(last: Sequence[str | None], path: str, fields: Sequence[str]) -> str:
    return signing.dumps([path, list(fields), list(last)], salt=_SALT, compress=True)


def _read(cursor: str, path: str, fields: Sequence[str]) -> list[str | None]:
    try:
        where, how, last = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _bad() from error
    if (where, how) != (path, list(fields)):
        raise _bad()
    return list(last)


def _bad() -> Invalid:
    return Invalid(
        "The cursor is not one that this list handed out. Start again without it.",
        errors={"cursor": "not a cursor of this list"},
    )

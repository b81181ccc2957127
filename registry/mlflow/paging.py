"""Keyset pages in any order of several columns, with signed tokens: a deep page costs what the
first one does, and what others add or delete meanwhile moves nothing. A row whose own place in the
order changes (by a tag, where the last changed come first) may be missed or told twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core import signing
from django.db.models import Q, QuerySet

from lib.canonical import digest_of, plain
from lib.errors import Invalid
from lib.postgres import prepared
from registry.mlflow.fields import Given

_SALT: Final = "imprimatur.mlflow.page"
Order = Sequence[tuple[str, bool]]


def size(given: Given, *, usual: int, most: int) -> int:
    """How many rows are asked for. Raises Invalid beyond 1 to ``most``."""
    wanted: int | None = given["max_results"]
    if wanted is None:
        return usual
    if not 1 <= wanted <= most:
        raise Invalid(
            f"Invalid value for max_results. It must be a positive integer of at most {most}, "
            f"but got {str(wanted)[:30]}",
            errors={"max_results": f"1 to {most}"},
        )
    return wanted


def page(
    rows: QuerySet[Any, Any],
    *,
    fields: Sequence[str],
    order: Order,
    limit: int,
    token: str | None,
    asked: object,
) -> tuple[list[tuple[Any, ...]], str]:
    """Up to ``limit`` rows as tuples of ``fields``, and the token of the next page ("" at the end).
    JSON comes as text.

    ``order`` is (field, descending) in turn; the fields are together unique, and never null.
    ``asked`` is what the list is of: a token of another list is refused. Raises Invalid.
    """
    if token:
        rows = rows.filter(_beyond(order, _read(token, _seal(asked, order), len(order))))
    columns = [f"-{field}" if down else field for field, down in order]
    found = prepared.read(rows.order_by(*columns)[: limit + 1], fields)
    if len(found) <= limit:
        return found, ""
    last = dict(zip(fields, found[limit - 1], strict=True))
    return found[:limit], token_after([last[field] for field, _ in order], asked, order)


def token_after(last: Sequence[Any], asked: object, order: Order) -> str:
    """The token of the page that follows the row with these values in the columns of the order."""
    values = [plain(value) for value in last]
    return signing.dumps([_seal(asked, order), values], salt=_SALT)


def _seal(asked: object, order: Order) -> str:
    return digest_of([asked, list(order)])[:16]


def _beyond(order: Order, last: Sequence[Any]) -> Q:
    """What comes after the row with these values. The first column alone is a condition of its
    own, so that an index on it says where to begin."""
    found = Q()
    for (field, down), value in reversed(list(zip(order, last, strict=True))):
        further = Q(**{f"{field}__{'lt' if down else 'gt'}": value})
        found = further | (Q(**{field: value}) & found) if found else further
    field, down = order[0]
    return Q(**{f"{field}__{'lte' if down else 'gte'}": last[0]}) & found


def _read(token: str, seal: str, width: int) -> list[Any]:
    try:
        whose, values = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _foreign() from error
    if whose != seal or len(values) != width:
        raise _foreign()
    return list(values)


def _foreign() -> Invalid:
    due = "one that this very search handed out"
    return Invalid(f"Invalid page token: send {due}.", errors={"page_token": due})

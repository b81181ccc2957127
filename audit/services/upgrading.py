"""Telling what migrations do to governed rows: a column more, and each row of a table is another
than its last entry says. What agreed with the log before them is taken into it as they left it;
what did not agree stays a disagreement, for somebody to look into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from audit.rows import governed
from audit.services.adopting import adopt_rows
from audit.services.reconciling import COLUMNS, Disagreement, reconcile
from lib.actor import SYSTEM

_TRAIL = "audit_rowseal"


@contextmanager
def told_in_the_log(migrations: Sequence[str]) -> Iterator[None]:
    """Around ``migrations`` (such as ``governance.0023_value``). Each governed table is read before
    and after, unless there are none, or no log yet: its first entry tells of what it found."""
    if not migrations or _TRAIL not in connection.introspection.table_names():
        yield
        return
    doubted = {(each.table, each.key) for each in _disagreements()}
    yield
    changed = [each for each in _disagreements() if (each.table, each.key) not in doubted]
    adopt_rows(changed, actor=SYSTEM, reason=f"Changed by {', '.join(migrations)}.")


def _disagreements() -> Iterator[Disagreement]:
    """Of the tables that are there: some are made by the migrations."""
    there = set(connection.introspection.table_names())
    for each in governed():
        if each.table in there:
            yield from (one for one in reconcile(table=each.table) if one.what != COLUMNS)

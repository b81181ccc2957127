"""Taking rows as they are into the log: those that migrations made, and what reconciliation found
once somebody has looked into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from audit.rows import governed
from audit.services.reconciling import COLUMNS, Disagreement, reconcile
from audit.services.recording import record
from audit.subjects import Subject
from lib.actor import Actor

_AT_ONCE: Final = 100


def adopt(*, actor: Actor, reason: str, table: str = "") -> int:
    """Writes entries that name each disagreeing row as it is now, with the reason. How many rows.

    What differs between an entry's columns and its body cannot be adopted: the trail does not
    change. What migrations change is adopted as they run (``services.upgrading``).
    """
    found = [each for each in reconcile(table=table) if each.what != COLUMNS]
    adopt_rows(found, actor=actor, reason=reason)
    return len(found)


def adopt_rows(found: Sequence[Disagreement], *, actor: Actor, reason: str) -> None:
    """The same of these rows alone."""
    actor.require("log.manage")
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        with transaction.atomic():
            touch(part)
            record(
                actor=actor,
                action="rows.adopt",
                subject=Subject("log", settings.LOG_ORIGIN, settings.LOG_ORIGIN),
                reason=reason,
                details={"found": [[each.table, each.key, each.what] for each in part]},
            )


def touch_seeds() -> None:
    """Has the next entry of this transaction name the rows that migrations made."""
    for each in governed():
        if each.seeded:
            touch(list(reconcile(table=each.table)))


def touch(rows: Sequence[Disagreement]) -> None:
    """Has the next entry of this transaction name these rows, as if they had been changed in it."""
    told = chr(30).join(f"{row.table}{chr(31)}{row.key}" for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('audit.touched', concat_ws(chr(30), "
            "nullif(current_setting('audit.touched', true), ''), nullif(%s, '')), true)",
            [told],
        )

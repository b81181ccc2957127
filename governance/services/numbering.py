"""Numbers for people (R-12, F-3, W-7): without gaps or doubles, whoever counts at the same time."""

from __future__ import annotations

from typing import Final

from django.db import connection, models

_LOCK: Final = 7_266_401  # any constant: with the table's own number it names an advisory lock


def next_number(model: type[models.Model]) -> int:
    """The number after the highest. Held until the transaction ends, so that nobody else counts."""
    one_at_a_time(model)
    highest = model._default_manager.aggregate(highest=models.Max("number"))["highest"]
    return int(highest or 0) + 1


def one_at_a_time(model: type[models.Model]) -> None:
    """Waits for whoever does the same; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s::regclass::oid::bigint::int)",
            [_LOCK, model._meta.db_table],
        )

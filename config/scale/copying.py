"""One row made many by the database itself: some 50,000 a second instead of 500."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

from lib.errors import Refused

Kind = type[Model]
_COPY = """
INSERT INTO {table} ({columns})
SELECT {values} FROM {table} source, generate_series(1, %(count)s) i WHERE source.{key} = %(source)s
"""
_TRIGGERS = """
SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal
"""
_ENABLED = {"O": "ENABLE TRIGGER", "A": "ENABLE ALWAYS TRIGGER", "R": "ENABLE REPLICA TRIGGER"}


def highest(model: Kind) -> int:
    """The largest key there is, or 0; copies are numbered from the next one on."""
    return model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0


def copy(
    source: Model, count: int, changes: Mapping[str, str], given: Mapping[str, Any] | None = None
) -> int:
    """``count`` rows like ``source``. ``changes`` are SQL expressions by column, in which ``i`` is
    the number of the copy from 1 on; values for their placeholders stand in ``given``.

    Returns how many were made.
    """
    options, quote = source._meta, connection.ops.quote_name
    columns = [str(field.column) for field in options.local_concrete_fields if not field.generated]
    told = [changes.get(column, f"source.{quote(column)}") for column in columns]
    assert options.pk is not None
    statement = _COPY.format(
        table=quote(options.db_table),
        columns=", ".join(map(quote, columns)),
        values=", ".join(told),
        key=quote(str(options.pk.column)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**(given or {}), "count": count, "source": source.pk})
        return int(cursor.rowcount)


@contextmanager
def unguarded(models: Sequence[Kind]) -> Iterator[None]:
    """The tables without their triggers until the block ends; then each is as it was.

    To be used in a transaction, so that a failure leaves nothing behind. Raises Refused unless
    whoever is connected owns the tables.
    """
    tables = [model._meta.db_table for model in models]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        _require_owner(tables)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered with checks to come
        restore = []
        for table in tables:
            cursor.execute(_TRIGGERS, [table])
            restore += [
                f"ALTER TABLE {quote(table)} {_ENABLED[how]} {quote(name)}"
                for name, how in cursor.fetchall()
                if how in _ENABLED
            ]
            cursor.execute(f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in restore:
            cursor.execute(statement)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def _require_owner(tables: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE oid = ANY(%s::regclass[]) "
            "AND NOT pg_has_role(relowner, 'USAGE')",
            [list(tables)],
        )
        if cursor.fetchone() != (0,):
            raise Refused(
                "Only the owner of the tables can do this: set DATABASE_ROLE=owner.",
                code="not_owner",
            )

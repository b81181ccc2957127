"""Changes that no service makes: a hand in the database, which a test stands in for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def by_hand() -> Iterator[None]:
    """What happens inside is told by no entry, and the transaction is let end all the same."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.touched', '', true)")


@contextmanager
def half_way() -> Iterator[None]:
    """What happens inside may copy releases and runs that are under way: services begin each at its
    beginning, and the database holds everybody to that."""
    tables = [f"governance_{name}" for name in ("release", "validationrun", "checkrun")]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER governance_begins")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER governance_begins")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

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

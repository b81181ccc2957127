"""Statements that are asked hundreds of times a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


def rows(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement that the server has planned once for each connection.

    Django's cursors put the values into the text, so that it is planned anew each time, and read
    every value as text. Here values travel apart and come back in binary, except ``jsonb``: cast
    that to ``text`` in the statement. Whoever counts statements (tests do) is given Django's own
    cursor. Raises what Django raises.
    """
    here = connections[DEFAULT_DB_ALIAS]  # looked up once: each look costs
    if here.queries_logged:
        with here.cursor() as cursor:
            cursor.execute(statement, given)
            return list(cursor.fetchall())
    here.close_if_health_check_failed()
    here.ensure_connection()
    with here.wrap_database_errors, psycopg.Cursor(here.connection) as cursor:
        cursor.execute(statement, given, prepare=True, binary=True)
        return cursor.fetchall()

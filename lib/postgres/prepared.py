"""Statements that are asked hundreds of times a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import JSONField, Model

M = TypeVar("M", bound=Model)


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


def columns(model: type[Model], table: str) -> str:
    """All columns of a model that the statement calls ``table``, as ``instance`` reads them."""
    named = []
    for field in model._meta.concrete_fields:
        as_text = "::text" if isinstance(field, JSONField) else ""
        named.append(f'{table}."{field.column}"{as_text}')
    return ", ".join(named)


def instance(model: type[M], values: Sequence[Any]) -> M:
    """The row that was read through ``columns``, with nothing of the model left to be read."""
    read = [
        json.loads(value, cls=field.decoder)
        if isinstance(field, JSONField) and value is not None
        else value
        for field, value in zip(model._meta.concrete_fields, values, strict=True)
    ]
    names = [one.attname for one in model._meta.concrete_fields]
    return model.from_db(DEFAULT_DB_ALIAS, names, read)

"""Statements that are asked hundreds of times a second."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import JSONField, Model, QuerySet

M = TypeVar("M", bound=Model)


Given = Sequence[Any] | Mapping[str, Any]


def rows(statement: str, given: Given) -> list[tuple[Any, ...]]:
    """All rows of a statement that the server has planned once for each connection.

    Django's cursors put the values into the text, so that it is planned anew each time, and read
    every value as text. Here values travel apart and come back in binary, ``jsonb`` as its text
    (``DatabaseWrapper``). Whoever counts statements (tests do) is given Django's own
    cursor. Raises what Django raises.
    """
    with _executed(statement, given) as cursor:
        return list(cursor.fetchall())


def run(statement: str, given: Given) -> None:
    """The same of a statement that returns nothing."""
    with _executed(statement, given):
        pass


def read(found: QuerySet[Any, Any], fields: Sequence[str]) -> list[tuple[Any, ...]]:
    """What a queryset finds, as tuples of ``fields``. Of the many shapes that filters have, psycopg
    keeps those that were asked last."""
    try:
        sql, given = found.values_list(*fields).query.sql_with_params()
    except EmptyResultSet:  # no row can match, and the ORM saw it without asking
        return []
    return rows(sql, given)


def insert(row: Model) -> None:
    """Writes a new row as ``save`` does, by a statement that is made once for its model. The
    database makes the key. No signals are sent."""
    here, model = connections[DEFAULT_DB_ALIAS], type(row)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), here) for field in _unkeyed(model)
    ]
    ((row.pk,),) = rows(_inserting(model), values)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _unkeyed(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _inserting(model: type[Model]) -> str:
    names, table = [field.column for field in _unkeyed(model)], model._meta.db_table
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join(["%s"] * len(names))
    key = model._meta.pk.column if model._meta.pk else "id"
    return f'INSERT INTO "{table}" ({columns}) VALUES ({places}) RETURNING "{key}"'  # noqa: S608


@contextmanager
def _executed(statement: str, given: Given) -> Iterator[Any]:
    here = connections[DEFAULT_DB_ALIAS]  # looked up once: each look costs
    if here.queries_logged:
        with here.cursor() as cursor:
            cursor.execute(statement, given)
            yield cursor
        return
    here.close_if_health_check_failed()
    here.ensure_connection()
    with here.wrap_database_errors, psycopg.Cursor(here.connection) as cursor:
        cursor.execute(statement, given, prepare=True, binary=True)
        yield cursor


def columns(model: type[Model], table: str) -> str:
    """All columns of a model that the statement calls ``table``, as ``instance`` reads them."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


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

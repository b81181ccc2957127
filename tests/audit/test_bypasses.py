"""A2: every bypass, tried by the application's role, by the owner and by a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg import errors
from pytest_django import DjangoDbBlocker

from config import embedded
from tests.audit.big_bypasses import DJANGO, HISTORIES
from tests.audit.bypasses import (
    BEHIND,
    FAILS,
    ITSELF,
    RIGHT,
    ROLES,
    STATEMENTS,
    TAKEN,
    TRIGGER,
    YES,
    Attempt,
)
from tests.audit.outsider import Outsider
from tests.audit.trail import integrate_all, make_entries, make_entry
from tests.conftest import cloned

ALL = (*STATEMENTS, *DJANGO, *BEHIND, *HISTORIES)
REFUSALS = {
    RIGHT: errors.InsufficientPrivilege,
    TRIGGER: errors.RestrictViolation,
    TAKEN: errors.UniqueViolation,
    FAILS: errors.ForeignKeyViolation,
}
TABLES = ("entry", "leaf", "tile", "checkpoint", "logstate", "subjectsequence", "pending")


class _Undo(Exception):
    """Ends an attempt; all that it did is rolled back."""


@pytest.fixture(scope="module")
def trail(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Two checkpoints, and an entry that waits; attempts are rolled back, so one is enough."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), cloned():
        patch.setattr(settings, "LOG_KNOWN", tmp_path_factory.mktemp("known") / "checkpoint")
        make_entries(3)
        integrate_all()
        make_entries(3)
        integrate_all()
        make_entry()
        yield


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Django's connection, as that role; what happens is undone at the end."""
    url = urlsplit(embedded.database_url(settings.DATA, role))  # type: ignore[arg-type]
    kept = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=url.username, PASSWORD=url.password)
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def attempt(what: Attempt) -> None:
    if callable(what.does):
        what.does()
        return
    for statement in what.does:
        _perform(statement)


def _perform(statement: str) -> None:
    with connection.cursor() as cursor:
        if statement == "record":
            make_entry()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        elif statement.startswith("COPY"):
            table = statement.split()[1]
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                data = b"".join(bytes(row) for row in rows)
            with cursor.copy(statement) as copy:
                copy.write(data)
        else:
            cursor.execute(statement)


def stored() -> list[str]:
    """A digest of each table of the trail; of one that is no longer there, nothing."""
    found = []
    for table in TABLES:
        digest = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM public.audit_{table} t"
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(digest)
                found.append(str(cursor.fetchone()))
        except DatabaseError:
            found.append("")
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", ALL, ids=lambda what: what.way)
def test_who_gets_through_and_what_betrays_it(
    what: Attempt, role: str, trail: None, model_provider: None, tmp_path: Path
) -> None:
    outsider = Outsider.holding_the_latest(tmp_path)
    with acting_as(role):
        before, answer = stored(), what.answer(role)
        if refusal := REFUSALS.get(answer):
            with pytest.raises((DatabaseError, psycopg.Error)) as caught, transaction.atomic():
                attempt(what)
            assert type(caught.value.__cause__ or caught.value) is refusal
            assert stored() == before
            return
        attempt(what)
        assert answer in (YES, ITSELF)
        assert (stored() == before) == (answer == ITSELF)
        if answer == YES:
            assert outsider.finds() == what.betrayed


@pytest.mark.parametrize("role", ROLES)
def test_an_honest_log_betrays_nobody(
    role: str, trail: None, model_provider: None, tmp_path: Path
) -> None:
    outsider = Outsider.holding_the_latest(tmp_path)
    with acting_as(role):
        assert outsider.finds() == set()
        make_entry()
        integrate_all()
        assert outsider.finds() == set()

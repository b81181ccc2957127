"""A2: every bypass, tried by the application's role, by the owner and by a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg import errors
from pytest_django import DjangoDbBlocker

from config import embedded
from lib.errors import Unavailable
from tests.audit.big_bypasses import rewrite_and_sign
from tests.audit.bypasses import (
    BEHIND,
    FAILS,
    ITSELF,
    RIGHT,
    ROLES,
    TAKEN,
    TRIGGER,
    YES,
    Attempt,
)
from tests.audit.mischief import GOES_ON, MISCHIEF, Mischief
from tests.audit.outsider import Outsider
from tests.audit.powers import ALL, of_each_role, of_the_application
from tests.audit.trail import integrate_all, make_entries, make_entry
from tests.conftest import cloned

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "audit-log.md"
# An export that fails half-way leaves an archive half open, which says so when it is collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
REFUSALS = {
    RIGHT: (errors.InsufficientPrivilege,),
    TRIGGER: (errors.RestrictViolation,),
    TAKEN: (errors.UniqueViolation,),
    # An entry that is not there cannot be queued, and such a rule stands in no WITH.
    FAILS: (errors.ForeignKeyViolation, errors.FeatureNotSupported),
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
        digest = (
            f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM public.audit_{table} t"
        )
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
            assert type(caught.value.__cause__ or caught.value) in refusal
            assert stored() == before
            return
        attempt(what)
        assert answer in (YES, ITSELF)
        assert (stored() == before) == (answer == ITSELF)
        if answer == YES:
            assert outsider.finds() == what.betrayed


@pytest.mark.parametrize("what", MISCHIEF, ids=lambda what: what.way)
def test_what_the_application_may_do_besides_adding(
    what: Mischief, trail: None, model_provider: None, tmp_path: Path
) -> None:
    outsider = Outsider.holding_the_latest(tmp_path)
    with acting_as("application"):
        for statement in what.does:
            _perform(statement)
        assert _goes_on() == (what.after == GOES_ON)
        assert outsider.finds() == what.betrayed


def _goes_on() -> bool:
    try:
        with transaction.atomic():
            make_entry()
            integrate_all()
    except (DatabaseError, Unavailable, ValueError):  # the last: a tile of the wrong length
        return False
    return True


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


def test_without_an_older_checkpoint_another_history_that_was_signed_is_believed(
    trail: None, model_provider: None, tmp_path: Path
) -> None:
    """Why checkpoints have to leave the house: nothing inside tells the two logs apart."""
    with acting_as("owner"):
        rewrite_and_sign()
        assert Outsider.holding_the_latest(tmp_path).finds() == set()


def test_nothing_in_the_database_lends_its_rights(trail: None) -> None:
    """A function that runs as its owner would be a way for the application to be the owner."""
    lends = "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    belongs = "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
    with acting_as("application"), connection.cursor() as cursor:
        cursor.execute(lends)
        assert cursor.fetchall() == []
        cursor.execute(belongs + "WHERE r.rolname = current_user")
        assert cursor.fetchall() == []


def test_without_the_right_to_temporary_tables_nobody_deceives_a_session(trail: None) -> None:
    shadow = "CREATE TEMPORARY TABLE audit_entry AS SELECT * FROM public.audit_entry"
    with acting_as("superuser"):
        _perform(f"REVOKE TEMPORARY ON DATABASE {connection.settings_dict['NAME']} FROM PUBLIC")
        _perform("SET LOCAL ROLE imprimatur_app")
        with pytest.raises(ProgrammingError) as caught, transaction.atomic():
            _perform(shadow)
        assert type(caught.value.__cause__) is errors.InsufficientPrivilege


@pytest.mark.parametrize("may_create", [False, True])
def test_an_operator_of_the_applications_own_deceives_no_trigger(
    may_create: bool, trail: None
) -> None:
    """PostgreSQL before 15 let everybody create in public; here nobody but the owner may."""
    liar = next(what for what in BEHIND if "operator" in what.way)
    assert not callable(liar.does)
    with acting_as("superuser"):
        if may_create:
            _perform("GRANT CREATE ON SCHEMA public TO PUBLIC")
        _perform("SET LOCAL ROLE imprimatur_app")
        before = stored()
        words = "a tile only grows" if may_create else "permission denied for schema public"

        def lie() -> None:
            for statement in liar.does[1:]:  # type: ignore[index]  # the first makes a schema
                _perform(statement.replace("liar", "public"))

        with pytest.raises(DatabaseError, match=words):
            transaction.atomic(lie)()
        assert stored() == before


def test_the_application_gets_through_by_none_of_them() -> None:
    assert not [what.way for what in ALL if what.answer("application") == YES]


def test_the_documentation_says_what_was_tried() -> None:
    text = DOCUMENT.read_text()
    assert of_each_role() in text
    assert of_the_application() in text

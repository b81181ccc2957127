"""A2: who can rewrite the trail, tried by every way there is.

The application's role cannot; triggers stop the owner's statements and even a superuser's replica
mode. The owner can still alter its own tables: checkpoints kept outside are the answer to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from audit.grants import RESTRICTED, apply_grants
from audit.models import Checkpoint, Commitment, Entry, Leaf, LogState, Tile
from config import embedded
from tests.audit.trail import integrate_all, make_entries

FROZEN = ("audit_entry", "audit_leaf", "audit_checkpoint", "audit_largedetail")
COUNTED = (*FROZEN, "audit_tile", "audit_logstate", "audit_subjectsequence")
# The others hold what is meant to go: openings and the queue.
KEPT = sorted(t for t, may in RESTRICTED.items() if t[:6] == "audit_" and "DELETE" not in may)
CHANGES = [
    ("audit_entry", "UPDATE audit_entry SET action = 'model.explode'"),
    ("audit_entry", "DELETE FROM audit_entry"),
    ("audit_leaf", "UPDATE audit_leaf SET hash = 'x'"),
    ("audit_leaf", "DELETE FROM audit_leaf"),
    ("audit_checkpoint", "UPDATE audit_checkpoint SET note = 'x'"),
    ("audit_checkpoint", "DELETE FROM audit_checkpoint"),
    ("audit_tile", "UPDATE audit_tile SET hashes = 'x'"),
    ("audit_tile", "DELETE FROM audit_tile"),
    ("audit_logstate", "UPDATE audit_logstate SET size = 0"),
    ("audit_logstate", "DELETE FROM audit_logstate"),
    ("audit_subjectsequence", "UPDATE audit_subjectsequence SET last = last"),
    ("audit_subjectsequence", "UPDATE audit_subjectsequence SET last = last - 1"),
    ("audit_subjectsequence", "UPDATE audit_subjectsequence SET subject_key = 'x'"),
    ("audit_subjectsequence", "DELETE FROM audit_subjectsequence"),
    *((table, f"TRUNCATE {table} CASCADE") for table in COUNTED),
]
NEEDS_A_ROW = [change for change in CHANGES if change[0] != "audit_largedetail"]


@pytest.fixture
def filled(committed_db: str) -> str:
    make_entries(3)
    integrate_all()
    connection.close()
    return committed_db


def connect(role: str, database: str) -> psycopg.Connection[Any]:
    url = embedded.database_url(settings.DATA, role)  # type: ignore[arg-type]
    return psycopg.connect(url, dbname=database, autocommit=True)


@pytest.fixture
def application(filled: str) -> Iterator[psycopg.Connection[Any]]:
    with connect("application", filled) as opened:
        yield opened


@pytest.fixture
def owner(filled: str) -> Iterator[psycopg.Connection[Any]]:
    with connect("owner", filled) as opened:
        yield opened


def test_the_application_role_may_read_and_add(application: psycopg.Connection[Any]) -> None:
    assert application.execute("SELECT count(*) FROM audit_entry").fetchone() == (4,)
    for table in FROZEN:
        may = "SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM "
        may += "information_schema.role_table_grants WHERE grantee = current_user "
        row = application.execute(may + "AND table_name = %s", [table]).fetchone()
        assert row == ("INSERT SELECT",), table


@pytest.mark.parametrize("statement", [each for _, each in CHANGES])
def test_the_application_role_can_change_nothing(
    application: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)):
        application.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_never ON audit_entry",
        "DROP TABLE audit_entry CASCADE",
        "SET session_replication_role = replica",
        "SELECT * FROM audit_entry FOR UPDATE",
        "SET ROLE imprimatur_owner",
        "CREATE OR REPLACE FUNCTION audit_never() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN OLD; END $$",
    ],
)
def test_the_application_role_cannot_step_around(
    application: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("statement", [each for _, each in NEEDS_A_ROW])
def test_triggers_stop_the_owner(owner: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)  # type: ignore[call-overload]


def test_triggers_stop_a_superuser_in_replica_mode(filled: str) -> None:
    with connect("superuser", filled) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for _, statement in NEEDS_A_ROW:
            with pytest.raises(psycopg.errors.RestrictViolation):
                superuser.execute(statement)  # type: ignore[call-overload]


def test_the_owner_can_disable_its_own_triggers_which_is_why_checkpoints_leave_the_house(
    owner: psycopg.Connection[Any],
) -> None:
    owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    owner.execute("UPDATE audit_entry SET action = 'model.explode'")
    assert owner.execute("SELECT DISTINCT action FROM audit_entry").fetchone() == ("model.explode",)


@pytest.mark.django_db
def test_django_cannot_change_the_trail_either() -> None:
    entries = make_entries(2)
    integrate_all()
    entries[0].action = "model.explode"
    leaf, checkpoint = Leaf.objects.all()[0], Checkpoint.objects.latest()
    for attempt in (
        entries[0].save,
        entries[1].delete,
        leaf.delete,
        checkpoint.delete,
        Tile.objects.all()[0].delete,
        LogState.objects.get().delete,
        lambda: Entry.objects.update(action="x"),
        lambda: Entry.objects.bulk_update(entries, ["action"]),
        lambda: Checkpoint.objects.all().delete(),
        lambda: Leaf.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()  # type: ignore[operator]
    assert Entry.objects.filter(action="model.change").count() == 2


@pytest.mark.django_db
def test_grants_can_be_applied_again_and_know_every_table_of_the_trail() -> None:
    assert apply_grants(connection)
    assert not apply_grants(connection, role="nobody_at_all")
    tables = {table for table in connection.introspection.table_names() if table[:6] == "audit_"}
    tables -= {"audit_export"}  # what workers make of the trail is no part of it
    assert tables == {table for table in RESTRICTED if table[:6] == "audit_"}


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEPT)
def test_what_the_application_may_not_do_a_trigger_refuses_in_every_session(table: str) -> None:
    """TRUNCATE … CASCADE is stopped by any table it reaches, so each table's own is looked up."""
    bits = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bit_or(tgtype), 0) FROM pg_trigger "
            "WHERE tgrelid = %s::regclass AND tgenabled = 'A' AND NOT tgisinternal",
            [table],
        )
        guarded = cursor.fetchone()[0]
    unguarded = {name for name, bit in bits.items() if not guarded & bit}
    assert unguarded == ({"UPDATE"} if table == "audit_rowseal" else set())  # that one points


def test_the_application_role_can_do_its_work(filled: str) -> None:
    """Everything that record, integrate and erase need, as the role that runs the server."""
    with connect("application", filled) as application:
        application.execute("DELETE FROM audit_commitment")
        application.execute("DELETE FROM audit_pending")
        application.execute("UPDATE audit_subjectsequence SET last = last + 1")
        application.execute("UPDATE audit_logstate SET size = size")
        application.execute("UPDATE audit_tile SET hashes = hashes || 'x'::bytea")
        application.execute("INSERT INTO shared_cache VALUES ('a', 'b', now())")
    assert not Commitment.objects.exists()

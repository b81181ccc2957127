"""An upgrade that changes governed rows tells so in the log, and hides nothing that was wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from audit.models import Entry
from audit.services.reconciling import reconcile
from audit.services.upgrading import told_in_the_log
from governance.models import UseCase
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import make_bank

pytestmark = pytest.mark.django_db
TABLE = "governance_usecase"


@pytest.fixture
def row(people: People) -> Iterator[UseCase]:
    bank = make_bank(people)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table could not be altered
    return bank.use_case


def add_a_column() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE governance_usecase ADD COLUMN colour text DEFAULT 'red'")


def disagreeing() -> list[str]:
    return [each.key for each in reconcile(table=TABLE)]


def test_without_it_a_new_column_makes_each_row_disagree(row: UseCase) -> None:
    add_a_column()
    assert disagreeing() == [str(row.pk)]


def test_rows_are_taken_into_the_log_as_a_migration_left_them(row: UseCase) -> None:
    with told_in_the_log(["governance.0099_colour"]):
        add_a_column()

    assert disagreeing() == []
    told = Entry.objects.get(action="rows.adopt")
    assert told.actor_kind == "system"
    assert told.content["details"]["found"][0][:2] == [TABLE, str(row.pk)]
    assert told.openings.get().value == "Changed by governance.0099_colour."


def test_what_was_wrong_before_is_still_wrong_afterwards(row: UseCase) -> None:
    with by_hand(), connection.cursor() as cursor:
        cursor.execute("UPDATE governance_usecase SET name = 'Another' WHERE id = %s", [row.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with told_in_the_log(["governance.0099_colour"]):
        add_a_column()

    assert disagreeing() == [str(row.pk)]
    assert not Entry.objects.filter(action="rows.adopt").exists()


def test_an_upgrade_without_migrations_reads_nothing(
    row: UseCase, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0), told_in_the_log([]):  # type: ignore[operator]
        pass

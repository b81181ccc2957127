"""A connection that the server has closed is replaced, and statements that are asked all day are
planned once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from lib.postgres import prepared
from lib.postgres.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Iterator[DatabaseWrapper]:
    """A connection beside the test's own."""
    made = connections.create_connection("default")
    assert isinstance(made, DatabaseWrapper)
    made.ensure_connection()
    yield made
    made.close()


def end(pid: int) -> None:
    """As a restart of the server would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_connection_that_the_server_has_closed_is_not_used_again(other: DatabaseWrapper) -> None:
    assert other.is_usable()
    end(other.connection.info.backend_pid)
    assert not other.is_usable()


def test_it_is_replaced_before_the_next_statement(other: DatabaseWrapper) -> None:
    other.health_check_enabled, other.health_check_done = True, False
    end(other.connection.info.backend_pid)
    with other.cursor() as cursor:
        cursor.execute("SELECT 2")
        assert cursor.fetchone() == (2,)


def test_a_notice_that_waits_to_be_read_is_no_end(other: DatabaseWrapper) -> None:
    other.connection.execute("LISTEN somewhere")
    info = other.connection.info
    with psycopg.connect(info.dsn, password=info.password, autocommit=True) as third:
        third.execute("NOTIFY somewhere")
    assert other.is_usable()


def test_without_a_connection_there_is_none_to_use(other: DatabaseWrapper) -> None:
    other.close()
    assert not other.is_usable()


def test_a_statement_is_planned_once_for_a_connection() -> None:
    said = "SELECT 'planned once', %s::int"
    assert [prepared.rows(said, [number]) for number in (1, 2)] == [
        [("planned once", 1)],
        [("planned once", 2)],
    ]
    plans = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    assert prepared.rows(plans, ["SELECT 'planned once'%"]) == [(1,)]


def test_whoever_counts_statements_sees_it(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        assert prepared.rows("SELECT %s::text", ["a"]) == [("a",)]


def test_what_the_database_refuses_is_told_in_djangos_words() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        prepared.rows("SELECT nothing FROM nowhere", [])

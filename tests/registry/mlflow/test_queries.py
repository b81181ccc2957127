"""How many statements the calls take that clients make all day, however much there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.registry.mlflow.caller import Caller

NAMED = {"name": "m"}
# path, fields, statements: who asks, and what is read
READS = [
    ("registered-models/get", NAMED, 2),
    ("registered-models/get-latest-versions", NAMED, 2),
    ("registered-models/alias", {**NAMED, "alias": "best"}, 2),
    ("registered-models/alias", {**NAMED, "alias": "latest"}, 2),
    ("model-versions/get", {**NAMED, "version": "1"}, 2),
    ("registered-models/search", {"filter": "name = 'm'"}, 3),
    ("registered-models/search", {}, 3),
    ("model-versions/search", {"filter": "name = 'm'"}, 3),
    ("model-versions/search", {}, 3),
]


def counted(caller: Caller, path: str, fields: dict[str, Any]) -> list[str]:
    caller.call("GET", path, fields)  # the token notes once a minute that it was used
    with CaptureQueriesContext(connection) as made:
        assert caller.call("GET", path, fields).status_code == 200
    return [query["sql"] for query in made]


@pytest.fixture
def full(door: Caller) -> Caller:
    for name in ("m", *(f"n{each}" for each in range(20))):
        door.model(name)
        door.version(name)
        door.version(name)
        door.post("registered-models/alias", name=name, alias="best", version="1")
    return door


@pytest.mark.parametrize(("path", "fields", "statements"), READS)
def test_reading_takes_as_many_statements_as_it_should(
    full: Caller, path: str, fields: dict[str, Any], statements: int
) -> None:
    assert len(counted(full, path, fields)) == statements


def test_reading_a_model_looks_at_one_version_a_stage(full: Caller) -> None:
    """However many it has: the plan takes them from an index, newest first, one of each."""
    (_, statement) = counted(full, "registered-models/get", NAMED)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + statement)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "model_version_by_stage" in plan, plan
    assert "Limit" in plan


def test_what_comes_with_a_token_needs_no_session(full: Caller) -> None:
    for path, fields, _ in READS:
        assert not [sql for sql in counted(full, path, fields) if "django_session" in sql]

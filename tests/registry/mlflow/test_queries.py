"""How many statements the calls take that clients make all day, however much there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import ModelVersion, RegisteredModel
from tests.by_hand import by_hand
from tests.registry.mlflow.caller import Caller

NAMED = {"name": "m"}
# path, fields, statements: who asks, and what is read
READS = [
    ("registered-models/get", NAMED, 2),
    ("registered-models/get-latest-versions", NAMED, 2),
    ("registered-models/alias", {**NAMED, "alias": "best"}, 2),
    ("registered-models/alias", {**NAMED, "alias": "latest"}, 2),
    ("model-versions/get", {**NAMED, "version": "1"}, 2),
    ("registered-models/search", {"filter": "name = 'm'"}, 2),
    ("registered-models/search", {}, 3),
    ("model-versions/search", {"filter": "name = 'm'"}, 2),
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


@pytest.mark.parametrize(
    ("path", "fields", "index"),
    [
        ("registered-models/get", NAMED, "model_version_by_stage"),
        ("registered-models/alias", {**NAMED, "alias": "latest"}, "model_version_number"),
        (
            "model-versions/search",
            {"filter": "name = 'm'", "max_results": 9},
            "model_version_changed",
        ),
    ],
)
def test_however_many_versions_there_are_an_index_says_which_come_first(
    full: Caller, path: str, fields: dict[str, Any], index: str
) -> None:
    """Nearly all of them in one stage, as they mostly are, and most models with few."""
    model = RegisteredModel.objects.get(name="m")
    with by_hand():
        ModelVersion.objects.bulk_create(
            ModelVersion(model=model, number=number, created_by="x") for number in range(3, 3_000)
        )
    (_, statement) = counted(full, path, fields)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_modelversion")
        cursor.execute("EXPLAIN " + statement)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan, plan


def test_what_comes_with_a_token_needs_no_session(full: Caller) -> None:
    for path, fields, _ in READS:
        assert not [sql for sql in counted(full, path, fields) if "django_session" in sql]

"""Aliases at the MLflow door."""

from __future__ import annotations

import pytest

from registry.models import Alias
from tests.registry.mlflow.caller import Caller

ALIAS = "registered-models/alias"


@pytest.fixture
def two(door: Caller) -> Caller:
    door.model()
    door.version()
    door.version()
    return door


def test_an_alias_moves(two: Caller) -> None:
    for number in ("1", "2"):
        assert two.post(ALIAS, name="m", alias="best", version=number) == {}
        version = two.get(ALIAS, name="m", alias="best")["model_version"]
        assert (version["version"], version["aliases"]) == (number, ["best"])
    assert version == two.get("model-versions/get", name="m", version="2")["model_version"]
    model = two.get("registered-models/get", name="m")["registered_model"]
    assert model["aliases"] == [{"alias": "best", "version": "2"}]


def test_a_missing_alias_is_a_bad_request(two: Caller) -> None:
    assert two.refused("GET", ALIAS, name="m", alias="none") == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Registered model alias none not found.",
    )


def test_an_alias_may_be_removed_twice(two: Caller) -> None:
    two.post(ALIAS, name="m", alias="best", version="1")
    assert two.delete(ALIAS, name="m", alias="best") == {}
    assert two.delete(ALIAS, name="m", alias="best") == {}
    assert not Alias.objects.exists()


@pytest.mark.parametrize("alias", ["latest", "Latest", "v1", "V20", "a b", "a/b", "x" * 256, ""])
def test_some_aliases_are_none(two: Caller, alias: str) -> None:
    status, code, _ = two.refused("POST", ALIAS, name="m", alias=alias, version="1")
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("alias", ["latest", "LATEST"])
def test_latest_is_the_highest_number(two: Caller, alias: str) -> None:
    two.post("model-versions/transition-stage", name="m", version="1", stage="Production")
    assert two.get(ALIAS, name="m", alias=alias)["model_version"]["version"] == "2"


def test_latest_of_nothing(door: Caller) -> None:
    door.model()
    status, code, message = door.refused("GET", ALIAS, name="m", alias="latest")
    assert (status, code) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert "m" in message


def test_an_alias_points_at_what_is_there(two: Caller) -> None:
    assert two.refused("POST", ALIAS, name="m", alias="best", version="3") == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Model Version (name=m, version=3) not found",
    )

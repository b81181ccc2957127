"""Stages at the MLflow door: given up over there, and still asked for."""

from __future__ import annotations

import pytest

from tests.registry.mlflow.caller import Caller

MOVE = "model-versions/transition-stage"
LATEST = "registered-models/get-latest-versions"


@pytest.fixture
def seven(door: Caller) -> Caller:
    door.model()
    stages = ("Archived", "Production", "Archived", "Production", "Staging", "Staging", "None")
    for number, stage in enumerate(stages, 1):
        door.version()
        moved = door.post(MOVE, name="m", version=str(number), stage=stage.lower())
        assert moved["model_version"]["current_stage"] == stage
    return door


def newest(caller: Caller, method: str, **fields: object) -> dict[str, str]:
    found = caller.call(method, LATEST, {"name": "m", **fields}).json()["model_versions"]
    return {one["current_stage"]: one["version"] for one in found}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_newest_of_each_stage(seven: Caller, method: str) -> None:
    every = {"Production": "4", "Staging": "6", "Archived": "3", "None": "7"}
    assert newest(seven, method) == every
    assert newest(seven, method, stages=["Staging"]) == {"Staging": "6"}
    assert newest(seven, method, stages=["none", "Staging"]) == {"None": "7", "Staging": "6"}
    model = seven.get("registered-models/get", name="m")["registered_model"]
    assert {one["current_stage"]: one["version"] for one in model["latest_versions"]} == every


def test_no_stages_are_all_of_them(seven: Caller) -> None:
    assert len(newest(seven, "POST", stages=[])) == 4


def test_a_deleted_version_is_no_newest(seven: Caller) -> None:
    seven.delete("model-versions/delete", name="m", version="4")
    assert newest(seven, "GET", stages=["Production"]) == {"Production": "2"}


def test_others_are_archived_when_asked(seven: Caller) -> None:
    fields = {"name": "m", "version": "7", "stage": "Production"}
    seven.post(MOVE, **fields, archive_existing_versions=True)
    for number in ("2", "4"):
        version = seven.get("model-versions/get", name="m", version=number)["model_version"]
        assert version["current_stage"] == "Archived"


def test_there_are_four_stages(seven: Caller) -> None:
    for call in (
        ("POST", MOVE, {"version": "1", "stage": "Nowhere"}),
        ("POST", LATEST, {"stages": ["Nowhere"]}),
    ):
        status, code, message = seven.refused(call[0], call[1], name="m", **call[2])
        assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
        assert "None, Staging, Production, Archived" in message

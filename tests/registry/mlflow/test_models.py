"""Registered models at the MLflow door."""

from __future__ import annotations

import pytest

from registry.models import RegisteredModel
from tests.registry.mlflow.caller import Caller

MODELS = "registered-models"


def test_a_model_is_made_and_read(door: Caller) -> None:
    tags = [{"key": "team", "value": "risk"}, {"key": "empty", "value": ""}]
    made = door.model("credit", tags=tags, description="Who pays back.")
    read = door.get(f"{MODELS}/get", name="credit")["registered_model"]
    assert made == read
    assert (read["name"], read["description"], read["tags"]) == ("credit", "Who pays back.", tags)
    assert (read["latest_versions"], read["aliases"]) == ([], [])
    assert read["creation_timestamp"] <= read["last_updated_timestamp"]
    assert isinstance(read["creation_timestamp"], int)


def test_whoever_made_it_stands_there_by_a_pseudonym(door: Caller) -> None:
    made = door.model()
    assert made["user_id"] == RegisteredModel.objects.get().created_by
    assert len(made["user_id"]) == 32


def test_a_name_is_taken_once(door: Caller) -> None:
    door.model("credit")
    assert door.refused("POST", f"{MODELS}/create", name="credit") == (
        400,
        "RESOURCE_ALREADY_EXISTS",
        "Registered Model (name=credit) already exists.",
    )


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a:b", "..", ".", "a\x01b", "x" * 257])
def test_some_names_are_none(door: Caller, name: str) -> None:
    status, code, _ = door.refused("POST", f"{MODELS}/create", name=name)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "name", ["x" * 256, "Größe 100 %", "a.b", "模型", "a?b#c&d=e", "…", "a..b"]
)
def test_most_names_are_fine(door: Caller, name: str) -> None:
    door.model(name)
    assert door.get(f"{MODELS}/get", name=name)["registered_model"]["name"] == name
    assert door.version(name)["name"] == name
    door.delete(f"{MODELS}/delete", name=name)


def test_what_is_not_there_is_said_in_their_words(door: Caller) -> None:
    missing = (404, "RESOURCE_DOES_NOT_EXIST", "Registered Model with name=x not found")
    for method, path, fields in (
        ("GET", "get", {}),
        ("DELETE", "delete", {}),
        ("PATCH", "update", {"description": "d"}),
        ("POST", "rename", {"new_name": "y"}),
        ("POST", "set-tag", {"key": "k", "value": "v"}),
        ("DELETE", "delete-tag", {"key": "k"}),
        ("POST", "get-latest-versions", {}),
        ("GET", "alias", {"alias": "a"}),
        ("DELETE", "alias", {"alias": "a"}),
    ):
        assert door.refused(method, f"{MODELS}/{path}", name="x", **fields) == missing, path


def test_a_name_that_is_not_said_is_missing(door: Caller) -> None:
    for method, path in (("POST", "create"), ("GET", "get"), ("DELETE", "delete")):
        status, code, message = door.refused(method, f"{MODELS}/{path}")
        assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
        assert message.startswith("Missing value for required parameter 'name'.")


def test_a_description_changes_and_the_time_with_it(door: Caller) -> None:
    before = door.model()
    after = door.patch(f"{MODELS}/update", name="m", description="new")["registered_model"]
    assert after["description"] == "new"
    assert after["last_updated_timestamp"] >= before["last_updated_timestamp"]
    assert after == door.get(f"{MODELS}/get", name="m")["registered_model"]


def test_a_model_takes_another_name_and_leaves_the_first_free(door: Caller) -> None:
    door.model("old")
    door.version("old")
    renamed = door.post(f"{MODELS}/rename", name="old", new_name="new")["registered_model"]
    assert renamed["name"] == "new"
    assert [one["name"] for one in renamed["latest_versions"]] == ["new"]
    assert door.refused("GET", f"{MODELS}/get", name="old")[0] == 404
    door.model("old")


def test_it_does_not_take_a_name_that_is_taken(door: Caller) -> None:
    door.model("a")
    door.model("b")
    assert door.refused("POST", f"{MODELS}/rename", name="a", new_name="b") == (
        400,
        "RESOURCE_ALREADY_EXISTS",
        "Registered Model (name=b) already exists.",
    )


def test_a_deleted_model_is_gone_and_its_name_free(door: Caller) -> None:
    door.model()
    door.version()
    assert door.delete(f"{MODELS}/delete", name="m") == {}
    assert door.refused("GET", f"{MODELS}/get", name="m")[0] == 404
    assert door.get(f"{MODELS}/search") == {"registered_models": []}
    assert door.get("model-versions/search") == {"model_versions": []}
    assert door.refused("GET", "model-versions/get", name="m", version="1")[0] == 404
    door.model()
    assert door.version()["version"] == "2"  # the first stays what it was (G2)


def test_tags_are_set_and_removed_one_by_one(door: Caller) -> None:
    door.model(tags=[{"key": "kept", "value": "1"}])
    assert door.post(f"{MODELS}/set-tag", name="m", key="a", value="1") == {}
    door.post(f"{MODELS}/set-tag", name="m", key="a", value="")
    door.post(f"{MODELS}/set-tag", name="m", key="b", value="2")
    assert door.delete(f"{MODELS}/delete-tag", name="m", key="b") == {}
    assert door.delete(f"{MODELS}/delete-tag", name="m", key="b") == {}
    read = door.get(f"{MODELS}/get", name="m")["registered_model"]["tags"]
    assert {tag["key"]: tag["value"] for tag in read} == {"kept": "1", "a": ""}


@pytest.mark.parametrize(("key", "value"), [("k" * 251, "v"), ("k", "v" * 100_001)])
def test_tags_have_limits(door: Caller, key: str, value: str) -> None:
    door.model()
    status, code, _ = door.refused("POST", f"{MODELS}/set-tag", name="m", key=key, value=value)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    door.post(f"{MODELS}/set-tag", name="m", key=key[:250], value=value[:100_000])

"""Model versions at the MLflow door."""

from __future__ import annotations

import pytest

from lib.actor import SYSTEM
from registry import guards
from registry.models import ModelVersion, RegisteredModel
from tests.registry.make import make_version
from tests.registry.mlflow.caller import Caller

MODELS, VERSIONS = "registered-models", "model-versions"
MISSING = (404, "RESOURCE_DOES_NOT_EXIST", "Model Version (name=m, version=7) not found")


def test_a_version_is_made_of_a_source_alone(door: Caller) -> None:
    door.model()
    made = door.version(
        source="runs:/abc/model",
        run_id="abc",
        run_link="http://tracking/abc",
        model_id="m-1",
        description="first",
        tags=[{"key": "k", "value": "v"}],
    )
    assert made == door.get(f"{VERSIONS}/get", name="m", version="1")["model_version"]
    assert made["version"] == "1"
    assert (made["source"], made["run_id"], made["run_link"]) == (
        "runs:/abc/model",
        "abc",
        "http://tracking/abc",
    )
    assert (made["model_id"], made["description"]) == ("m-1", "first")
    assert made["tags"] == [{"key": "k", "value": "v"}]
    assert (made["current_stage"], made["status"], made["aliases"]) == ("None", "READY", [])
    assert (made["state"], made["digest"], made["governed"]) == ("unsealed", None, False)
    assert len(made["user_id"]) == 32


def test_numbers_follow_each_other_and_none_comes_twice(door: Caller) -> None:
    door.model()
    assert [door.version()["version"] for _ in range(3)] == ["1", "2", "3"]
    assert door.delete(f"{VERSIONS}/delete", name="m", version="3") == {}
    assert door.version()["version"] == "4"


@pytest.mark.parametrize("version", ["7", 7, 10**30, "-1", -(10**12), "9" * 400])
def test_what_is_not_there_is_said_in_their_words(door: Caller, version: object) -> None:
    door.model()
    for method, path, fields in (
        ("GET", "get", {}),
        ("GET", "get-download-uri", {}),
        ("PATCH", "update", {"description": "d"}),
        ("DELETE", "delete", {}),
        ("POST", "transition-stage", {"stage": "Staging", "archive_existing_versions": False}),
        ("POST", "set-tag", {"key": "k", "value": "v"}),
        ("DELETE", "delete-tag", {"key": "k"}),
    ):
        if type(version) is int and abs(version) > 2**53 and method != "GET":
            continue  # no JSON number that everybody reads alike
        given = {"name": "m", "version": version, **fields}
        status, code, message = door.refused(method, f"{VERSIONS}/{path}", **given)
        assert (status, code) == MISSING[:2], path
        assert message.startswith("Model Version (name=m, version=")
    if str(version) == "7":
        assert door.refused("GET", f"{VERSIONS}/get", name="m", version=version) == MISSING


def test_a_number_is_a_number(door: Caller) -> None:
    door.model()
    status, code, message = door.refused("GET", f"{VERSIONS}/get", name="m", version="x y")
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert message.startswith("Parameter 'version' must be an integer, got 'x y'.")


def test_only_what_belongs_to_the_model_bumps_its_time(door: Caller) -> None:
    door.model()

    def changed() -> float:
        return RegisteredModel.objects.get().updated_at.timestamp()

    times = [changed()]
    for act, bumps in (
        (lambda: door.version(), True),
        (lambda: door.patch(f"{VERSIONS}/update", name="m", version=1, description="d"), False),
        (lambda: door.post(f"{VERSIONS}/set-tag", name="m", version=1, key="k"), False),
        (
            lambda: door.post(f"{VERSIONS}/transition-stage", name="m", version=1, stage="Staging"),
            True,
        ),
        (lambda: door.delete(f"{VERSIONS}/delete", name="m", version=1), True),
    ):
        act()
        times.append(changed())
        assert (times[-1] > times[-2]) == bumps, len(times)


def test_a_changed_version_says_when(door: Caller) -> None:
    door.model()
    made = door.version()
    row = ModelVersion.objects.get()
    changed = door.patch(f"{VERSIONS}/update", name="m", version="1", description="d")
    assert changed["model_version"]["description"] == "d"
    assert changed["model_version"]["creation_timestamp"] == made["creation_timestamp"]
    assert ModelVersion.objects.get().updated_at > row.updated_at


def test_a_deleted_version_is_not_found_again(door: Caller) -> None:
    door.model()
    door.version()
    door.post(f"{MODELS}/alias", name="m", alias="a", version="1")
    door.delete(f"{VERSIONS}/delete", name="m", version="1")
    for method, path, fields in (
        ("GET", f"{VERSIONS}/get", {}),
        ("DELETE", f"{VERSIONS}/delete", {}),
        ("PATCH", f"{VERSIONS}/update", {"description": "d"}),
        ("POST", f"{VERSIONS}/transition-stage", {"stage": "Staging"}),
        ("POST", f"{MODELS}/alias", {"alias": "b"}),
    ):
        status, code, message = door.refused(method, path, name="m", version="1", **fields)
        assert (status, code) == (404, "RESOURCE_DOES_NOT_EXIST"), path
        assert message == "Model Version (name=m, version=1) not found"
    model = door.get(f"{MODELS}/get", name="m")["registered_model"]
    assert (model["aliases"], model["latest_versions"]) == ([], [])


def test_a_version_of_no_model_is_not_made(door: Caller) -> None:
    assert door.refused("POST", f"{VERSIONS}/create", name="x", source="s3://b") == (
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Registered Model with name=x not found",
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "s3://b/../c",
            "Invalid model version source: 's3://b/../c'. If supplying a source as an ",
        ),
        ("mlflow-artifacts://h/%2e%2e/x", "If supplying a source as an http, https,"),
        ("mlflow-artifacts://h/..%252f..%252fx", "If supplying a source as an http, https,"),
        ("https://h/x%00", "If supplying a source as an http, https,"),
        ("s3://b/x%2500", "If supplying a source as an http, https,"),
        ("models://other/m/1", "Only versions of this registry"),
        ("s3:" * 2000, "at most 4096 characters"),
    ],
)
def test_some_sources_are_none(door: Caller, source: str, words: str) -> None:
    door.model()
    status, code, message = door.refused("POST", f"{VERSIONS}/create", name="m", source=source)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert words in message


@pytest.mark.parametrize(
    "source",
    [
        *("mlflow-artifacts:/models", "mlflow-artifacts:/models///", "s3://b/a///c", "dbfs:/a/b"),
        *("mlflow-artifacts://host:9000/models/artifact/..../", "s3://b/50%25", "models:/m-0a1"),
    ],
)
def test_others_are_kept_as_they_are_written(door: Caller, source: str) -> None:
    door.model()
    assert door.version(source=source)["source"] == source


def test_tags_of_a_version(door: Caller) -> None:
    door.model()
    door.version(tags=[{"key": "kept", "value": "1"}])
    door.post(f"{VERSIONS}/set-tag", name="m", version="1", key="a", value="")
    door.post(f"{VERSIONS}/set-tag", name="m", version="1", key="b", value="2")
    door.delete(f"{VERSIONS}/delete-tag", name="m", version="1", key="b")
    door.delete(f"{VERSIONS}/delete-tag", name="m", version="1", key="b")
    read = door.get(f"{VERSIONS}/get", name="m", version="1")["model_version"]["tags"]
    assert {tag["key"]: tag["value"] for tag in read} == {"kept": "1", "a": ""}


def test_a_sealed_version_says_so(door: Caller) -> None:
    door.model()
    version = make_version(RegisteredModel.objects.get(), actor=SYSTEM)
    read = door.get(f"{VERSIONS}/get", name="m", version="1")["model_version"]
    assert (read["state"], read["digest"]) == ("sealed", version.digest)
    assert read["url"].endswith("/models/m/versions/1/")


def test_the_files_are_where_the_source_says(door: Caller) -> None:
    guards.plug(may_download=lambda version, actor: None)
    door.model()
    door.version(source="s3://bucket/a")
    answer = door.get(f"{VERSIONS}/get-download-uri", name="m", version="1")
    assert answer == {"artifact_uri": "s3://bucket/a"}

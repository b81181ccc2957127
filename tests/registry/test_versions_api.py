"""Model versions over REST: sealed at once, with errors that name the place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from rest_framework.test import APIClient

from lib.canonical import digest_of, sha256
from registry.artifacts import store
from registry.models import ModelVersion
from tests import cast
from tests.cast import api
from tests.registry.make import (
    SIGNATURE,
    make_artifact,
    make_dataset_version,
    make_manifest,
    make_model,
    make_version,
    scoped_api,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/models/credit/versions"


@pytest.fixture
def ci() -> APIClient:
    return api("ci")


@pytest.fixture
def new() -> dict[str, Any]:
    make_model()
    make_dataset_version()
    return {
        "format": "onnx",
        "manifest": make_manifest(b"b", "b.onnx") + make_manifest(b"a", "a.json"),
        "signature": deepcopy(SIGNATURE),
        "datasets": [
            {"name": "applications", "number": 1, "role": "training"},
            {"name": "applications", "number": 1, "role": "validation"},
        ],
        "run": {
            "namespace": "bank",
            "job": "train",
            "code_commit": "abc",
            "parameters": {"C": 1.0},
            "metrics": {"auc": 0.8},
            "started_at": "2026-01-01T10:00:00Z",
            "ended_at": "2026-01-01T11:00:00Z",
        },
        "description": "First.",
        "tags": {"git": "abc"},
    }


def post(client: APIClient, body: dict[str, Any]) -> Any:
    return client.post(URL, body, format="json")


def test_a_version_is_registered_and_sealed(
    ci: APIClient, new: dict[str, Any], recorded: list[str]
) -> None:
    cast.person("dev", "developer")
    answer = post(ci, new | {"developer": "dev"})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    ordered = sorted(new["manifest"], key=lambda file: file["path"])
    assert body["manifest"] == ordered
    assert body["digest"] == digest_of(ordered)
    assert (body["model"], body["number"], body["state"]) == ("credit", 1, "sealed")
    assert (body["developer"], body["datasets"]) == ("dev", new["datasets"])
    assert recorded == ["artifact.store", "run.record", "model_version.register"]
    assert ci.get(body["url"]).json() == body
    run = ci.get(body["run_url"]).json()
    assert run["metrics"] == {"auc": 0.8}
    assert {given["role"] for given in run["inputs"]} == {"training", "validation"}
    assert ci.get("/api/v1/runs").json()["items"] == [run]


def test_the_digest_of_a_version_is_that_of_a_stored_document(
    ci: APIClient, new: dict[str, Any]
) -> None:
    digest = post(ci, new).json()["digest"]
    with store().open(digest) as file:
        assert sha256(file.read()) == digest


def test_numbers_follow_each_other_and_a_failed_one_costs_none(
    ci: APIClient, new: dict[str, Any]
) -> None:
    assert post(ci, new).json()["number"] == 1
    assert post(ci, new | {"format": "pickle"}).status_code == 400
    assert post(ci, new).json()["number"] == 2
    listed = ci.get(URL).json()["items"]
    assert [item["number"] for item in listed] == [2, 1]


def broken(new: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    body = deepcopy(new)
    place: Any = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("manifest", 1, "digest"), "0" * 64, "manifest[1].digest"),
        (("manifest", 1, "digest"), "nonsense", "manifest[1].digest"),
        (("manifest", 0, "size"), 999, "manifest[0].size"),
        (("manifest", 0, "size"), -1, "manifest[0].size"),
        (("manifest", 0, "path"), "../../etc/passwd", "manifest[0].path"),
        (("manifest", 0, "path"), "a.json", "manifest[1].path"),
        (("manifest", 0, "mode"), 7, "manifest[0].mode"),
        (("manifest",), [], "manifest"),
        (("manifest",), None, "manifest"),
        (("format",), "pickle", "format"),
        (("format",), "hologram", "format"),
        (("signature",), {}, "signature.inputs"),
        (("signature", "inputs", 0, "name"), 3.5, "signature.inputs[0].name"),
        (("signature", "decision_threshold"), 3, "signature.decision_threshold"),
        (("signature", "colour"), 3, "signature.colour"),
        (("datasets", 0, "name"), "missing", "datasets[0]"),
        (("datasets", 0, "number"), 7, "datasets[0]"),
        (("datasets", 0, "role"), "decoration", "datasets[0].role"),
        (("datasets", 1, "role"), "training", "datasets[1]"),
        (("run", "ended_at"), "2025-01-01T00:00:00Z", "run.ended_at"),
        (("run", "started_at"), "yesterday", "run.started_at"),
        (("run", "metrics"), [1], "run.metrics"),
        (("developer",), "nobody", "developer"),
        (("tags",), {"a": None}, "tags.a"),
        (("colour",), "red", "colour"),
    ],
)
def test_what_is_wrong_is_named(
    ci: APIClient, new: dict[str, Any], path: tuple[Any, ...], value: Any, field: str
) -> None:
    answer = post(ci, broken(new, path, value))
    assert answer.status_code == 400, answer.content
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert not ModelVersion.objects.exists()


def test_only_description_and_tags_change(ci: APIClient, recorded: list[str]) -> None:
    make_version(make_model())
    changed = ci.patch(f"{URL}/1", {"description": "x", "tags": {"a": "b"}}, format="json")
    assert (changed.status_code, changed.json()["description"]) == (200, "x")
    assert ci.patch(f"{URL}/1", {"manifest": []}, format="json").status_code == 400
    stale = ci.patch(f"{URL}/1", {"description": "y"}, format="json", headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    assert recorded[-1] == "model_version.change"


def test_documents_are_filed(ci: APIClient, recorded: list[str]) -> None:
    make_version(make_model())
    blob = make_artifact(b"%PDF")
    body = {"kind": "validation_report", "title": "Report", "artifact": blob.digest}
    filed = ci.post(f"{URL}/1/documents", body, format="json")
    assert filed.status_code == 201, filed.content
    assert ci.get(f"{URL}/1/documents").json()["items"] == [filed.json()]
    unknown = ci.post(f"{URL}/1/documents", body | {"artifact": "0" * 64}, format="json")
    assert [error["field"] for error in unknown.json()["errors"]] == ["artifact"]
    assert recorded.count("model_version.file_document") == 1


def test_there_is_no_version_beyond_the_last(ci: APIClient) -> None:
    make_version(make_model())
    for number in ("2", "0", "99999999999999999999999"):
        assert ci.get(f"{URL}/{number}").status_code == 404
    assert ci.get("/api/v1/models/other/versions").status_code == 404


def test_the_list_takes_a_fixed_number_of_queries(
    ci: APIClient, new: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        post(ci, new)
    with django_assert_max_num_queries(9):
        assert len(ci.get(URL).json()["items"]) == 4


def test_a_scoped_role_registers_in_its_scope_with_its_own_data(new: dict[str, Any]) -> None:
    scoped = scoped_api("developer", "mortgage")
    for file in new["manifest"]:
        with store().open(file["digest"]) as stored:
            sent = stored.read()
        address = f"/api/v1/artifacts/{file['digest']}"
        assert scoped.generic("PUT", address, sent, "application/octet-stream").status_code == 200
    foreign = post(scoped, new)
    assert [error["field"] for error in foreign.json()["errors"]] == ["datasets[0]", "datasets[1]"]
    assert post(scoped, new | {"datasets": []}).status_code == 201
    assert post(scoped_api("developer", "cards"), new).status_code == 404

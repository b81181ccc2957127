"""Datasets over REST."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.cast import api
from tests.registry.make import (
    ROLES,
    SCHEMA,
    make_dataset_version,
    make_manifest,
    make_model,
    make_version,
    scoped_api,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/datasets/applications/versions"


@pytest.fixture
def ci() -> APIClient:
    return api("ci")


@pytest.fixture
def new() -> dict[str, Any]:
    return {
        "description": "Held-out applications.",
        "manifest": make_manifest(b"csv", "data.csv"),
        "schema": [*SCHEMA, {"name": "id", "type": "string", "title": "Id", "description": "Key"}],
        "roles": ROLES | {"identifier": "id", "score": None},
        "purpose": "validation",
        "consent": "public",
        "personal_data": "pseudonymous",
        "rows": 994,
    }


def test_the_first_version_makes_the_dataset(
    ci: APIClient, new: dict[str, Any], recorded: list[str]
) -> None:
    answer = ci.post(URL, new, format="json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["name"], body["number"], body["rows"]) == ("applications", 1, 994)
    assert recorded == ["artifact.store", "dataset_version.register"]
    assert ci.get(body["url"]).json() == body
    assert ci.post(URL, new, format="json").json()["number"] == 2
    assert [item["number"] for item in ci.get(URL).json()["items"]] == [2, 1]
    dataset = ci.get("/api/v1/datasets").json()["items"][0]
    assert (dataset["last_number"], dataset["url"]) == (2, "/api/v1/datasets/applications")
    assert ci.get(dataset["url"]).json() == dataset


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": {"label": "nothing"}}, "roles.label"),
        ({"roles": {"sensitive": ["race", "gender"]}}, "roles.sensitive[1]"),
        ({"roles": {"weight": "x"}}, "roles.weight"),
        ({"schema": [{"name": "x"}]}, "schema[0].type"),
        ({"schema": [SCHEMA[2], SCHEMA[2]], "roles": {}}, "schema[1].name"),
        ({"manifest": [{"path": "x", "digest": "0" * 64, "size": 1}]}, "manifest[0].digest"),
        ({"rows": -1}, "rows"),
        ({"rows": "many"}, "rows"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(
    ci: APIClient, new: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = ci.post(URL, new | change, format="json")
    assert answer.status_code == 400, answer.content
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert ci.get(URL).status_code == 404


def test_a_name_that_no_address_can_carry_is_refused(ci: APIClient, new: dict[str, Any]) -> None:
    assert ci.post("/api/v1/datasets/a b/versions", new, format="json").status_code == 400


def test_a_scoped_role_sees_what_it_registered_and_what_its_models_use(
    new: dict[str, Any],
) -> None:
    scoped = scoped_api("developer", "mortgage")
    make_dataset_version("foreign")
    used = make_dataset_version("used")
    use = {"name": "used", "number": used.number, "role": "training"}
    make_version(make_model(), datasets=[use])
    address = f"/api/v1/artifacts/{new['manifest'][0]['digest']}"
    assert scoped.generic("PUT", address, b"csv", "application/octet-stream").status_code == 200
    assert scoped.post(URL, new, format="json").status_code == 201
    names = [item["name"] for item in scoped.get("/api/v1/datasets").json()["items"]]
    assert names == ["applications", "used"]
    assert scoped.get("/api/v1/datasets/foreign/versions/1").status_code == 404
    taken = scoped.post("/api/v1/datasets/foreign/versions", new, format="json")
    assert (taken.status_code, taken.json()["code"]) == (403, "name_taken")

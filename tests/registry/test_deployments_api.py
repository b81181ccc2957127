"""What runs where since when, over REST."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from registry import guards
from tests.cast import api
from tests.registry.make import make_deployment, make_model, make_version, scoped_api

pytestmark = pytest.mark.django_db
URL = "/api/v1/deployments"
NEW = {"model": "credit", "version": 1, "environment": "production", "purpose": "decide"}


@pytest.fixture
def ci() -> APIClient:
    make_version(make_model())
    return api("ci")


def test_a_deployment_notes_the_authorization_that_covers_it(
    ci: APIClient, recorded: list[str]
) -> None:
    guards.plug(authorization_for=lambda version, environment, purpose: "d" * 64)
    answer = ci.post(URL, NEW | {"started_at": "2026-01-05T09:00:00Z"}, format="json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["authorization"], body["started_at"]) == ("d" * 64, "2026-01-05T09:00:00Z")
    assert ci.get(body["url"]).json() == body
    assert recorded == ["deployment.start"]


def test_without_one_the_fact_is_recorded_all_the_same(ci: APIClient) -> None:
    assert ci.post(URL, NEW, format="json").json()["authorization"] is None


def test_it_runs_there_once_and_ends_once(ci: APIClient, recorded: list[str]) -> None:
    url = ci.post(URL, NEW, format="json").json()["url"]
    assert ci.post(URL, NEW, format="json").json()["code"] == "already_running"
    early = ci.post(f"{url}/end", {"ended_at": "2020-01-01T00:00:00Z"}, format="json")
    assert early.status_code == 400
    assert ci.post(f"{url}/end", {}, format="json").json()["ended_at"]
    assert ci.post(f"{url}/end", {}, format="json").status_code == 409
    assert recorded == ["deployment.start", "deployment.end"]
    assert ci.post(URL, NEW, format="json").status_code == 201
    assert len(ci.get(f"{URL}?running=true").json()["items"]) == 1
    assert len(ci.get(f"{URL}?model=credit&environment=production").json()["items"]) == 2
    assert ci.get(f"{URL}?running=perhaps").status_code == 400


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"model": "other"}, "version"),
        ({"version": 2}, "version"),
        ({"version": 0}, "version"),
        ({"version": 2**40}, "version"),
        ({"environment": "moon"}, "environment"),
        ({"purpose": "a b"}, "purpose"),
        ({"started_at": "2999-01-01T00:00:00Z"}, "started_at"),
        ({"started_at": "2026-01-01T00:00:00-18:08x"}, "started_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(ci: APIClient, change: dict[str, Any], field: str) -> None:
    answer = ci.post(URL, NEW | change, format="json")
    assert answer.status_code == 400, answer.content
    assert {error["field"] for error in answer.json()["errors"]} == {field}


def test_environments_stand_in_order(ci: APIClient) -> None:
    items = ci.get("/api/v1/environments").json()["items"]
    assert [(item["name"], item["protected"]) for item in items] == [
        ("development", False),
        ("staging", False),
        ("production", True),
    ]


def test_a_scoped_role_sees_only_its_deployments(ci: APIClient) -> None:
    version = make_version(make_model("cards-model", use_case="cards"))
    url = f"{URL}/{make_deployment(version).id}"
    assert scoped_api("developer", "cards").get(url).status_code == 200
    assert scoped_api("developer", "mortgage").get(url).status_code == 404
    assert scoped_api("ci", "mortgage").post(f"{url}/end", {}, format="json").status_code == 404

"""Lists of models and versions are narrowed to what is asked for, over the API as on the pages."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from lib.actor import SYSTEM, Actor
from lib.http import cursors
from registry import guards
from registry.models import RegisteredModel
from registry.services import aliases, searching
from registry.services.unsealed import register_unsealed
from registry.services.versions import delete_version
from tests import cast
from tests.cast import api
from tests.registry.make import make_model, make_version, scoped_api

pytestmark = pytest.mark.django_db
MODELS, VERSIONS = "/api/v1/models", "/api/v1/versions"


@pytest.fixture
def ci() -> APIClient:
    return api("ci")


@pytest.fixture(autouse=True)
def house() -> None:
    """Three models with two, one and no versions; the use case “cards” is of tier 3."""

    def of_tier(tier: int, actor: Actor) -> list[str]:
        return {1: ["mortgage"], 3: ["cards"]}.get(tier, [])

    guards.plug(use_cases_of_tier=of_tier)
    ada = cast.person("ada", "owner")
    credit = make_model(
        "credit-scoring_v2", description="Says who pays back.", owner=ada, tags={"team": "risk"}
    )
    cards = make_model("CardLimits", use_case="cards", tags={"team": "a=b"}, governed=False)
    make_model("churn", use_case="")
    sealed = make_version(credit, description="Trained in Week 12", tags={"seed": "1"})
    register_unsealed(credit, source="s3://m", tags={"seed": "2"}, actor=SYSTEM)
    make_version(cards)
    aliases.move_alias(sealed, name="best", actor=SYSTEM)


def found(client: APIClient, url: str, query: str) -> list[str]:
    answer = client.get(f"{url}?{query}")
    assert answer.status_code == 200, answer.content
    items: list[dict[str, Any]] = answer.json()["items"]
    return [each.get("name") or f"{each['model']}/{each['number']}" for each in items]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["CardLimits", "churn", "credit-scoring_v2"]),
        ("words=", ["CardLimits", "churn", "credit-scoring_v2"]),
        ("words=scoring", ["credit-scoring_v2"]),
        ("words=v2", ["credit-scoring_v2"]),
        ("words=SCOR%20cred", ["credit-scoring_v2"]),
        ("words=credit-scoring_v2", ["credit-scoring_v2"]),
        ("words=pays", ["credit-scoring_v2"]),
        ("words=coring", []),
        ("words=%27%20%7C%20%21%28c:*", ["CardLimits", "churn", "credit-scoring_v2"]),
        ("words=-_%26", []),
        ("name=churn", ["churn"]),
        ("name=chur", []),
        ("tag=team", ["CardLimits", "credit-scoring_v2"]),
        ("tag=team%3Drisk", ["credit-scoring_v2"]),
        ("tag=team%3Da%3Db", ["CardLimits"]),
        ("tag=tea", []),
        ("alias=best", ["credit-scoring_v2"]),
        ("owner=ada", ["credit-scoring_v2"]),
        ("use_case=cards", ["CardLimits"]),
        ("business_unit=retail", ["credit-scoring_v2"]),
        ("tier=3", ["CardLimits"]),
        ("tier=2", []),
        ("state=unsealed", ["credit-scoring_v2"]),
        ("state=sealed", ["CardLimits", "credit-scoring_v2"]),
        ("governed=false", ["CardLimits"]),
        ("governed=true&tag=team", ["credit-scoring_v2"]),
    ],
)
def test_models_are_found(ci: APIClient, query: str, expected: list[str]) -> None:
    assert found(ci, MODELS, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["CardLimits/1", "credit-scoring_v2/2", "credit-scoring_v2/1"]),
        ("words=scoring", ["credit-scoring_v2/2", "credit-scoring_v2/1"]),
        ("words=week%2012", ["credit-scoring_v2/1"]),
        ("words=nothing", []),
        ("name=CardLimits", ["CardLimits/1"]),
        ("tag=seed", ["credit-scoring_v2/2", "credit-scoring_v2/1"]),
        ("tag=seed%3D2", ["credit-scoring_v2/2"]),
        ("alias=best", ["credit-scoring_v2/1"]),
        ("owner=ada&state=sealed", ["credit-scoring_v2/1"]),
        ("tier=3", ["CardLimits/1"]),
        ("governed=false", ["CardLimits/1"]),
        ("business_unit=retail&state=unsealed", ["credit-scoring_v2/2"]),
        ("state=deleted", []),
    ],
)
def test_versions_of_all_models_are_found_newest_first(
    ci: APIClient, query: str, expected: list[str]
) -> None:
    assert found(ci, VERSIONS, query) == expected


def test_deleted_versions_are_found_only_when_asked_for(ci: APIClient) -> None:
    version = RegisteredModel.objects.get(name="CardLimits").versions.get()
    guards.plug(may_delete=lambda version, actor: None)
    delete_version(version, actor=SYSTEM)
    assert found(ci, VERSIONS, "name=CardLimits") == []
    assert found(ci, VERSIONS, "state=deleted") == ["CardLimits/1"]


@pytest.mark.parametrize("query", ["tier=4", "tier=x", "state=open", "governed=yes", "colour=red"])
@pytest.mark.parametrize("url", [MODELS, VERSIONS])
def test_a_filter_by_nothing_there_is_gets_a_400(ci: APIClient, url: str, query: str) -> None:
    answer = ci.get(f"{url}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_pages_follow_each_other_without_a_gap(ci: APIClient) -> None:
    seen, address = [], f"{VERSIONS}?limit=1&words=scoring"
    for _ in range(3):
        body = ci.get(address).json()
        seen += [each["number"] for each in body["items"]]
        if body["next"] is None:
            break
        address = f"{VERSIONS}?limit=1&words=scoring&cursor={body['next']}"
    assert seen == [2, 1]


def test_nobody_finds_what_they_may_not_see() -> None:
    client = scoped_api("developer", "cards")
    assert found(client, MODELS, "") == ["CardLimits"]
    assert found(client, VERSIONS, "words=scoring") == []
    assert found(client, VERSIONS, "tag=seed") == []
    assert api().get(VERSIONS).status_code == 401


@pytest.mark.parametrize("url", [MODELS, VERSIONS])
def test_more_rows_take_no_more_queries(
    ci: APIClient, url: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        found(ci, url, "words=c")


def test_rows_are_counted_up_to_a_thousand_and_no_farther(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursors, "COUNTED", 1)
    rows = searching.models(searching.Wanted(), actor=SYSTEM)
    assert cursors.counted(rows) == 2
    assert cursors.counted(rows.filter(name="churn")) == 1

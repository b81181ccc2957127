"""Registered models over REST."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import cast
from tests.cast import api
from tests.registry.make import make_model, make_version, scoped_api

pytestmark = pytest.mark.django_db
URL = "/api/v1/models"
NEW = {"name": "credit", "use_case": "mortgage", "description": "Scores.", "task": "binary"}


@pytest.fixture
def ci() -> APIClient:
    return api("ci")


def errors(answer: Any) -> set[str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return {error["field"] for error in answer.json()["errors"]}


def test_a_model_is_registered_under_its_use_case(ci: APIClient, recorded: list[str]) -> None:
    cast.person("ada", "owner")
    answer = ci.post(URL, NEW | {"owner": "ada", "tags": {"team": "risk"}}, format="json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["business_unit"], body["owner"], body["last_number"]) == ("retail", "ada", 0)
    assert answer["Location"] == body["url"] == f"{URL}/credit"
    assert recorded == ["model.register"]
    assert ci.get(body["url"]).json() == body


def test_the_name_is_taken_once(ci: APIClient) -> None:
    make_model()
    answer = ci.post(URL, NEW, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"use_case": "unknown"}, "use_case"),
        ({"owner": "nobody"}, "owner"),
        ({"name": "a/b"}, "name"),
        ({"name": None}, "name"),
        ({"colour": "red"}, "colour"),
        ({"tags": {"a": 1.5e300 and ["x"]}}, "tags.a"),
        ({"tags": []}, "tags"),
        ({"tags": {"": "x"}}, "tags"),
        ({"description": "x" * 5001}, "description"),
        ({"description": "a\x00b"}, "description"),
    ],
)
def test_bad_fields_are_named(ci: APIClient, change: dict[str, Any], field: str) -> None:
    answer = ci.post(URL, NEW | change, format="json")
    assert answer.status_code == 400
    assert errors(answer) == {field}


def test_a_change_names_before_and_after_and_minds_if_match(
    ci: APIClient, recorded: list[str]
) -> None:
    make_model()
    tag = ci.get(f"{URL}/credit")["ETag"]
    first = ci.patch(
        f"{URL}/credit", {"description": "one"}, format="json", headers={"If-Match": tag}
    )
    assert (first.status_code, first.json()["description"]) == (200, "one")
    second = ci.patch(
        f"{URL}/credit", {"description": "two"}, format="json", headers={"If-Match": tag}
    )
    assert second.status_code == 412
    ci.patch(f"{URL}/credit", {"description": "one"}, format="json")
    assert recorded == ["model.register", "model.change"], "no entry for no change"


def test_an_etag_saves_the_second_reading(ci: APIClient) -> None:
    make_model()
    tag = ci.get(f"{URL}/credit")["ETag"]
    assert ci.get(f"{URL}/credit", headers={"If-None-Match": tag}).status_code == 304


def test_a_key_sent_twice_registers_once(ci: APIClient) -> None:
    headers = {"Idempotency-Key": "one-pipeline-run"}
    first = ci.post(URL, NEW, format="json", headers=headers)
    again = ci.post(URL, NEW, format="json", headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


def test_the_list_pages_with_a_fixed_number_of_queries(
    ci: APIClient, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        make_version(make_model(f"m{number}"))
    with django_assert_max_num_queries(6):
        page = ci.get(f"{URL}?limit=2").json()
    assert [item["name"] for item in page["items"]] == ["m0", "m1"]
    rest = ci.get(URL, {"limit": 200, "cursor": page["next"]}).json()
    assert [item["name"] for item in rest["items"]] == ["m2", "m3", "m4"]
    assert rest["next"] is None
    assert ci.get(f"{URL}?cursor=forged").status_code == 400
    assert ci.get(f"{URL}?colour=red").status_code == 400
    assert ci.get(f"{URL}?use_case=cards").json()["items"] == []


def test_a_scoped_role_sees_and_writes_only_its_scope() -> None:
    make_model("mine")
    make_model("other", use_case="cards")
    make_model("loose", use_case="")
    scoped = scoped_api("developer", "mortgage")
    assert [item["name"] for item in scoped.get(URL).json()["items"]] == ["mine"]
    assert scoped.get(f"{URL}/other").status_code == 404
    assert scoped.get(f"{URL}/loose").status_code == 404
    assert scoped.post(URL, NEW, format="json").status_code == 201
    foreign = NEW | {"name": "x", "use_case": "cards"}
    assert scoped.post(URL, foreign, format="json").status_code == 403
    assert scoped.post(URL, {"name": "y"}, format="json").status_code == 403
    moved = scoped.patch(f"{URL}/mine", {"use_case": "cards"}, format="json")
    assert moved.status_code == 403
    unit = scoped_api("developer", "consumer", kind="business_unit")
    assert [item["name"] for item in unit.get(URL).json()["items"]] == ["other"]


def test_aliases_over_rest(ci: APIClient) -> None:
    make_version(make_model())
    url = f"{URL}/credit/aliases/challenger"
    moved = ci.put(url, {"version": 1}, format="json")
    assert moved.json()["aliases"] == {"challenger": {"version": 1, "protected": False}}
    assert ci.put(f"{URL}/credit/aliases/v1", {"version": 1}, format="json").status_code == 400
    assert ci.put(url, {"version": 2}, format="json").status_code == 404
    assert ci.delete(url).status_code == 204
    assert ci.delete(url).status_code == 404

"""The list of releases over the API, narrowed."""

from __future__ import annotations

import pytest

from tests import cast
from tests.governance.make import Bank, make_release, make_sealed_version

pytestmark = pytest.mark.django_db


def numbers(bank: Bank, query: str) -> list[int]:
    answer = cast.api(bank.people.ada).get(f"/api/v1/releases?{query}")
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in answer.json()["items"]]


def test_by_its_number_a_release_is_found_alone(bank: Bank) -> None:
    for _ in range(2):
        make_release(bank, version=make_sealed_version(bank))
    assert numbers(bank, "") == [2, 1]
    assert numbers(bank, "number=1") == [1]
    assert numbers(bank, "number=1&state=validating") == [1]
    assert numbers(bank, "number=1&state=released") == []
    assert numbers(bank, "number=77") == []


@pytest.mark.parametrize("given", ["one", "", "-1", "0", "1.0", "99999999999"])
def test_what_is_no_number_is_refused_by_name(bank: Bank, given: str) -> None:
    answer = cast.api(bank.people.ada).get("/api/v1/releases", {"number": given})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["number"]


def test_whoever_may_not_see_a_release_does_not_find_it_by_number(bank: Bank) -> None:
    make_release(bank)
    answer = cast.api(bank.people.mallory).get("/api/v1/releases?number=1")
    assert answer.status_code == 403 or answer.json()["items"] == []


def test_the_schema_names_the_filter() -> None:
    schema = cast.api().get("/api/v1/openapi.json").json()
    known = schema["paths"]["/api/v1/releases"]["get"]["parameters"]
    assert "number" in {each["name"] for each in known}

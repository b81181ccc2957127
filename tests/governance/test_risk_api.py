"""Risk over HTTP: who may assess, what is refused and how, and the inventory."""

from __future__ import annotations

from typing import Any

import pytest

from tests import cast
from tests.governance.make import Bank
from tests.governance.make_risk import METHODOLOGY, make_methodology

pytestmark = pytest.mark.django_db
AT = "/api/v1/use-cases/mortgage"
WHY = "It decides on credit for people."
POSTS: list[tuple[str, dict[str, Any]]] = [
    ("assessments", {"answers": {"money": "high"}}),
    ("determinations", {"is_model": True, "rationale": WHY}),
    ("classifications", {"preset": "credit_scoring", "rationale": WHY}),
]


def post(who: Any, address: str, body: Any) -> Any:
    return cast.api(who).post(f"{AT}/{address}", body, format="json")


@pytest.mark.parametrize(("address", "body"), POSTS)
def test_who_may_write_it_writes_it_and_everybody_reads_the_newest_first(
    bank: Bank, address: str, body: dict[str, Any]
) -> None:
    make_methodology()
    people = bank.people
    assert post(None, address, body).status_code == 401
    for who in (people.mallory, people.ravi, people.otto, people.elena):
        assert post(who, address, body).status_code == 403, who
    made = post(people.rita, address, body)
    assert made.status_code == 201
    listed = cast.api(people.otto).get(f"{AT}/{address}")
    assert listed.json()["items"][0] == made.json()


def test_an_owner_is_told_why_the_tier_stays(bank: Bank) -> None:
    make_methodology()
    refused = post(bank.people.ada, "assessments", {"answers": {"money": "low"}})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_use_case")
    lowered = post(bank.people.rita, "assessments", {"answers": {"money": "low"}})
    assert lowered.json()["tier"] == 3
    assert cast.api(bank.people.ada).get(AT).json()["tier"] == 3


def test_an_override_takes_a_reason(bank: Bank) -> None:
    make_methodology()
    body = {"answers": {"money": "low"}, "override": 2}
    refused = post(bank.people.rita, "assessments", body)
    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == ["reason"]
    made = post(bank.people.rita, "assessments", body | {"reason": WHY}).json()
    assert (made["computed_tier"], made["tier"], made["override_reason"]) == (3, 2, WHY)


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("assessments", {"answers": {"money": 3}}),
        ("assessments", {"answers": {"money": "heaps"}}),
        ("assessments", {"answers": ["money"]}),
        ("assessments", {"answers": {"money": "low"}, "override": 4}),
        ("determinations", {"is_model": "perhaps", "rationale": WHY}),
        ("classifications", {"preset": "astrology", "rationale": WHY}),
        ("classifications", {"eu_class": "high", "rationale": WHY}),
        ("classifications", {"preset": "recruitment", "rationale": "x"}),
    ],
)
def test_bad_input_is_a_400_that_names_the_field(
    bank: Bank, address: str, body: dict[str, Any]
) -> None:
    make_methodology()
    answer = post(bank.people.rita, address, body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_key_does_not_determine_and_does_not_classify(bank: Bank) -> None:
    for address, body in POSTS[1:]:
        refused = post("owner", address, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "people_only")


def test_a_methodology_is_published_by_the_second_line_and_read_by_all(bank: Bank) -> None:
    at = "/api/v1/risk-methodologies"
    for who in (bank.people.ada, bank.people.ravi):
        assert cast.api(who).post(at, {"source": METHODOLOGY}, format="json").status_code == 403
    made = cast.api(bank.people.rita).post(at, {"source": METHODOLOGY}, format="json")
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert cast.api(bank.people.ravi).get(f"{at}/1").json()["source"] == METHODOLOGY
    bad = cast.api(bank.people.rita).post(at, {"source": "methodology: x\n"}, format="json")
    assert bad.status_code == 400
    assert any(each["field"].startswith("line 1") for each in bad.json()["errors"])
    assert cast.api(bank.people.rita).get(f"{at}/9").status_code == 404


def test_who_may_write_a_use_case_changes_what_is_said_of_it(bank: Bank) -> None:
    body = {"users": "Credit officers", "archetype": "scoring"}
    assert cast.api(bank.people.ravi).patch(AT, body, format="json").status_code == 403
    assert cast.api(bank.people.ada).patch(AT, body, format="json").json()["users"] == body["users"]
    refused = cast.api(bank.people.ada).patch(AT, {"tier": 3}, format="json")
    assert refused.status_code == 400


def test_the_inventory_over_http(bank: Bank) -> None:
    at = "/api/v1/inventory"
    assert cast.api().get(at).status_code == 401
    assert cast.api(bank.people.mallory).get(at).status_code == 403
    found = cast.api(bank.people.elena).get(f"{at}?tier=1&incomplete=true").json()["items"]
    assert [(each["slug"], each["complete_percent"]) for each in found] == [("mortgage", 11)]
    assert cast.api(bank.people.elena).get(f"{at}?tier=2").json()["items"] == []
    for query in ("tier=4", "eu_class=nice", "overdue=1", "colour=red"):
        assert cast.api(bank.people.elena).get(f"{at}?{query}").status_code == 400, query
    file = cast.api(bank.people.elena).get(f"{at}.csv?tier=1")
    assert file["Content-Type"].startswith("text/csv")
    assert (
        file.content.decode().splitlines()[1].startswith("mortgage,Mortgage lending,retail,ada,1")
    )

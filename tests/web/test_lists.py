"""The inbox and the lists: what stands in them, and how many queries they take."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests import cast
from tests.governance.make import Bank, make_release, make_released, make_reviewable
from tests.governance.make_findings import make_finding
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def queries(who: User, address: str) -> int:
    client = signed_in(who)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_inbox_counts_what_awaits_me(bank: Bank) -> None:
    make_reviewable(bank, Fairness="inconclusive")
    make_reviewable(bank)
    body = signed_in(bank.people.ravi).get("/").content.decode()
    assert "2 decisions await you." in body
    assert "Fairness: inconclusive" in body
    assert "Nothing awaits you." in signed_in(bank.people.otto).get("/").content.decode()


def test_the_inbox_teaches_while_it_is_empty(bank: Bank) -> None:
    body = signed_in(bank.people.rita).get("/").content.decode()
    assert "All clear." in body
    assert "Nobody has signed anything yet." in body


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/releases/", 9),
        ("/authorizations/", 8),
        ("/models/", 9),
        ("/versions/", 8),
        ("/datasets/", 7),
        ("/use-cases/", 9),
        ("/policies/", 7),
        ("/deployments/", 8),
        ("/audit/", 11),
    ],
)
def test_lists_take_as_many_queries_for_one_row_as_for_three(
    bank: Bank, address: str, most: int
) -> None:
    make_released(bank)
    once = queries(bank.people.rita, address)
    make_released(bank)
    make_release(bank)
    assert queries(bank.people.rita, address) == once <= most


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [
        ("rita", "/findings/", 8),
        ("rita", "/notices/", 9),
        ("rita", "/inventory/", 11),
        ("rita", "/as-of/", 7),
        ("rita", "/delegations/", 9),
        ("rita", "/regimes/", 7),
        ("rita", "/releases/?q=credit", 12),
        ("rita", "/authorizations/?q=credit", 8),
        ("rita", "/versions/?alias=champion", 9),
        ("rita", "/versions/?words=credit", 10),
        ("rita", "/models/?words=credit&state=sealed", 9),
        ("olga", "/people/", 9),
        ("olga", "/roles/", 9),
        ("olga", "/tokens/", 8),
        ("olga", "/webhooks/", 7),
        ("olga", "/operations/", 16),
    ],
)
def test_other_lists_and_searches_too(bank: Bank, who: str, address: str, most: int) -> None:
    person = getattr(bank.people, who)
    make_released(bank)
    make_finding(bank)
    cast.token()
    once = queries(person, address)
    make_released(bank)
    make_released(bank)
    make_finding(bank)
    cast.token("developer")
    cast.person("nora", "owner")
    assert queries(person, address) == once <= most


@pytest.mark.parametrize("address", ["/models/credit/", "/use-cases/mortgage/"])
def test_pages_about_many_things_take_a_fixed_number_of_queries(bank: Bank, address: str) -> None:
    make_released(bank)
    make_reviewable(bank)
    before = queries(bank.people.rita, address)
    make_reviewable(bank)
    make_reviewable(bank)
    assert queries(bank.people.rita, address) == before <= 32


def test_filters_and_search_narrow_the_list(bank: Bank) -> None:
    released, reviewed = make_released(bank), make_reviewable(bank)
    client = signed_in(bank.people.rita)
    body = client.get("/releases/?state__exact=released").content.decode()
    assert released.label in body
    assert reviewed.label not in body
    assert "Nothing fits this search." in client.get("/releases/?q=nowhere").content.decode()


def test_the_trail_filters_by_subject_and_day(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.otto)
    body = client.get(f"/audit/?subject=release:{release.pk}").content.decode()
    assert "froze the evidence" in body
    assert "created an account" not in body
    assert "No entry fits." in client.get("/audit/?to=2001-01-01").content.decode()
    assert client.get("/audit/?from=yesterday").status_code == 400
    assert client.get("/audit/?before=7").status_code == 400

"""The inventory page: what is missing and overdue, its filters, and what an empty one teaches."""

from __future__ import annotations

import pytest

from tests.governance.make import Bank
from tests.web.conftest import signed_in
from tests.web.test_lists import queries

pytestmark = pytest.mark.django_db


def body(bank: Bank, query: str = "") -> str:
    return signed_in(bank.people.otto).get(f"/inventory/{query}").content.decode()


def test_it_says_what_is_missing_and_offers_the_file(bank: Bank) -> None:
    shown = body(bank, "?tier=1")
    assert "Mortgage lending" in shown
    assert "missing: Archetype, Model or not" in shown
    assert 'href="/api/v1/inventory.csv?tier=1"' in shown


def test_a_filter_that_nothing_fits_says_how_to_go_on(bank: Bank) -> None:
    assert "Take a filter away" in body(bank, "?tier=3")


def test_a_filter_that_there_is_not_is_a_400_with_a_way_back(bank: Bank) -> None:
    answer = signed_in(bank.people.otto).get("/inventory/?tier=7")
    assert answer.status_code == 400
    assert "Show all" in answer.content.decode()


def test_it_takes_few_queries(bank: Bank) -> None:
    assert queries(bank.people.rita, "/inventory/") <= 10

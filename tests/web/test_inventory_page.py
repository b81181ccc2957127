"""The inventory page: what is missing and overdue, its filters, and what an empty one teaches."""

from __future__ import annotations

import pytest

from tests.governance.make import Bank
from tests.governance.test_inventory import make_other
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


def test_it_counts_by_tier_over_every_page(bank: Bank) -> None:
    for number in range(120):
        make_other(bank, f"tills-{number:03}", f"Tills {number:03}")
    shown = body(bank)
    assert "121 use cases" in shown
    assert "1 of 2" in shown
    assert '<td class="is-number">120</td>' in shown
    assert "Tills 119" not in shown
    second = body(bank, "?words=Tills&page=2")
    assert "Tills 119" in second
    assert 'href="?words=Tills&amp;page=1"' in second
    assert 'href="/api/v1/inventory.csv?words=Tills"' in second


def test_a_page_that_there_is_not_is_the_last_one_and_no_number_is_a_400(bank: Bank) -> None:
    otto = signed_in(bank.people.otto)
    assert "Mortgage lending" in otto.get("/inventory/?page=9").content.decode()
    assert otto.get("/inventory/?page=x").status_code == 400

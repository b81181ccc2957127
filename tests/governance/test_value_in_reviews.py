"""A re-certification sees what was promised and what came of it, and keeps that."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Entry
from governance.models import Authorization
from governance.services import observations, recertifying, value_cases
from lib.canonical import digest_of
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_released
from tests.governance.make_value import make_value_case, observe
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
POINT = "Hours an application takes: short of the hurdle for 10 periods."
AGAIN = "recertification: {every_days: 90, grace_days: 10, reviewer: validator}\n"


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + AGAIN)


@pytest.fixture
def issued(bank: Bank) -> Authorization:
    return make_released(bank).authorization


def promised(bank: Bank, *hours: float) -> None:
    """An approved case whose hurdle is eight hours, and what was needed from January on."""
    make_value_case(bank)
    kpi = bank.use_case.kpis.get()
    kpi.hurdle = 8
    kpi.save()
    case = bank.use_case.value_case
    digest = digest_of(value_cases.document_of(case))
    bo = bank.people.bo.actor
    value_cases.approve_value_case(bank.use_case, digest=digest, reason="Agreed.", actor=bo)
    for month, value in enumerate(hours, 1):
        observe(kpi, f"2026-{month:02}", value)


def review(bank: Bank, issued: Authorization) -> Any:
    ravi = bank.people.ravi.actor
    return recertifying.recertify(issued, outcome="continue", rationale="Stable.", actor=ravi)


def test_two_periods_below_the_hurdle_are_a_point_that_the_reviewer_reads(
    bank: Bank, issued: Authorization
) -> None:
    promised(bank, *[8.5] * 10)
    page = signed_in(bank.people.ravi).get(f"/authorizations/{issued.digest}/").content.decode()
    assert POINT in page
    row = review(bank, issued)
    assert row.value["points"] == [POINT]


def test_what_was_seen_stays_with_the_review_though_figures_change(
    bank: Bank, issued: Authorization
) -> None:
    promised(bank, *[7] * 10)
    row = review(bank, issued)
    assert (row.value["case"], row.value["currency"], row.value["gained"]) == (
        1,
        "EUR",
        "100000.00",
    )
    kpi = bank.use_case.kpis.get()
    observe(kpi, "2026-01", 9, restates="Misread.")
    row.refresh_from_db()
    assert row.value["gained"] == "100000.00"
    entry = Entry.objects.filter(action="authorization.recertify").latest("id")
    assert entry.content["details"]["value"] == row.value


def test_the_reviewer_reads_how_much_of_it_was_verified_and_that_is_kept(
    bank: Bank, issued: Authorization
) -> None:
    promised(bank, 7, 7, 7)
    figure = observations.find(bank.use_case.kpis.get(), "2026-02")
    observations.verify_observation(figure, actor=bank.people.ada.actor)
    sentence = "1 of 3 figures is verified by somebody else."
    page = signed_in(bank.people.ravi).get(f"/authorizations/{issued.digest}/").content.decode()
    assert sentence in page
    assert review(bank, issued).value["told"][-1] == sentence


def test_without_a_promise_the_review_says_that_there_was_none(
    bank: Bank, issued: Authorization
) -> None:
    row = review(bank, issued)
    assert row.value["case"] is None
    assert row.value["told"] == ["No value case is approved, so nothing was promised."]


def test_who_does_not_review_is_not_told_twice(bank: Bank, issued: Authorization) -> None:
    promised(bank, *[8.5] * 10)
    page = signed_in(bank.people.rita).get(f"/authorizations/{issued.digest}/").content.decode()
    assert "Against the promise." not in page

"""The value page: what was promised, what came of it, and who approved what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from governance.models import Allocation, ValueCase, ValueCaseVersion
from governance.services import observations, reviewing_value, standings, value_cases
from lib.canonical import digest_of
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi, make_value_case, observe
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/value/"
DRAFT = {
    "act": "case",
    "currency": "EUR",
    "promised_annual_benefit": "480000",
    "investment": "250000",
    "annual_run_cost": "60000",
    "price_year": "2026",
    "starts_on": "2026-01-01",
    "ramp_months": "0",
    "horizon_years": "3",
    "approver": "bo",
    "narrative": "Hours of underwriters.",
}


def approve(bank: Bank, who: Any, digest: str = "") -> Any:
    case = ValueCase.objects.get()
    form = {
        "act": "approve",
        "digest": digest or digest_of(value_cases.document_of(case)),
        "reason": "The board agreed.",
    }
    return signed_in(who).post(ADDRESS, form, follow=True)


def test_a_draft_is_written_and_says_what_it_lacks(bank: Bank) -> None:
    shown = signed_in(bank.people.ada).post(ADDRESS, DRAFT, follow=True).content.decode()
    assert "The draft is kept." in shown
    assert "<b>Kpis:</b> at least one KPI with a first period." in shown
    assert "Something is missing still." in shown


def test_what_cannot_be_read_is_said_beside_each_field_and_all_is_kept(bank: Bank) -> None:
    bad = {"investment": "1,000", "currency": "EURO", "starts_on": "soon", "ramp_months": "99"}
    answer = signed_in(bank.people.ada).post(ADDRESS, DRAFT | bad)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "“1,000” is no number: write 1234.5" in shown
    assert "A code of ISO 4217, such as EUR" in shown
    assert "A day such as 2026-12-31" in shown
    assert "A whole number from 0 to 60" in shown
    assert "Hours of underwriters." in shown
    assert not ValueCase.objects.exists()


def test_the_named_person_approves_what_they_read(bank: Bank) -> None:
    make_value_case(bank)
    shown = approve(bank, bank.people.bo).content.decode()
    assert "Version 1 is approved and frozen." in shown
    assert "Held against version 1 of the value case" in shown
    assert "approved by Bo Tanaka" in shown or "approved by" in shown


def test_nobody_else_approves_it_and_is_told_who_does(bank: Bank) -> None:
    make_value_case(bank)
    shown = signed_in(bank.people.rita).get(ADDRESS).content.decode()
    assert "approves it." in shown
    assert approve(bank, bank.people.rita).status_code == 403
    assert not ValueCaseVersion.objects.exists()


def test_a_draft_that_changed_since_it_was_read_is_read_again(bank: Bank) -> None:
    before = make_value_case(bank)
    make_value_case(bank, annual_run_cost=70_000)
    answer = approve(bank, bank.people.bo, digest=before)
    assert answer.status_code == 409
    assert "has changed since you read it" in answer.content.decode()


def test_what_it_brought_stands_beside_what_was_promised(bank: Bank, on_2026_04_20: None) -> None:
    make_value_case(bank)
    approve(bank, bank.people.bo)
    kpi = bank.use_case.kpis.get()
    for month, hours in (("01", 8), ("03", 5)):
        observe(kpi, f"2026-{month}", hours)
    shown = signed_in(bank.people.elena).get(ADDRESS).content.decode()
    # 1 hour and 4 hours less than 9, at 5,000 an hour and month, of 40,000 promised each.
    assert "In 2 of 3 months it brought EUR 25,000, 31% of the EUR 80,000 promised" in shown
    assert "1 month is unknown, for want of a figure" in shown
    assert "Whether it is paid back cannot be told" in shown


def test_amounts_as_large_as_can_be_are_told(bank: Bank, on_2026_04_20: None) -> None:
    make_kpi(bank, worth=Decimal(99_999_999_999_999))
    make_value_case(bank, investment=Decimal("0.01"), annual_run_cost=Decimal(0))
    approve(bank, bank.people.bo)
    observe(bank.use_case.kpis.get(), "2026-01", -99_999_999_999_999)
    answer = signed_in(bank.people.elena).get(ADDRESS)
    assert answer.status_code == 200
    assert "EUR 10,000,000,000,000," in answer.content.decode()


def test_it_says_how_many_figures_somebody_else_verified(bank: Bank) -> None:
    make_value_case(bank)
    approve(bank, bank.people.bo)
    assert "There is no figure yet that could be verified." in page(bank)
    kpi = bank.use_case.kpis.get()
    first, second = observe(kpi, "2026-01", 8), observe(kpi, "2026-02", 7)
    assert "None of 2 figures are verified by somebody else." in page(bank)
    for figure in (first, second):
        observations.verify_observation(figure, actor=bank.people.ada.actor)
    assert "2 of 2 figures are verified by somebody else." in page(bank)
    observe(kpi, "2026-01", 9, restates="Misread.")  # nobody verified what replaced it
    make_kpi(bank, key="draft", name="Not approved yet")
    observe(bank.use_case.kpis.get(key="draft"), "2026-01", 3)  # which counts for nothing so far
    assert "1 of 2 figures is verified by somebody else." in page(bank)


def test_that_takes_one_query(bank: Bank, django_assert_num_queries: Any) -> None:
    make_value_case(bank)
    found = standings.standing_of(bank.use_case)
    with django_assert_num_queries(1):
        reviewing_value.verified(bank.use_case, found)


def page(bank: Bank) -> str:
    shown: str = signed_in(bank.people.elena).get(ADDRESS).content.decode()
    return shown


def test_a_promise_that_was_changed_says_what_it_was(bank: Bank, on_2026_04_20: None) -> None:
    make_value_case(bank)
    approve(bank, bank.people.bo)
    make_value_case(bank, promised_annual_benefit=Decimal(48_000))
    approve(bank, bank.people.bo)
    observe(bank.use_case.kpis.get(), "2026-01", 8)
    shown = page(bank)
    assert "The version before promised EUR 480,000 a year from January 2026 on" in shown
    assert "all months are held against the newer one" in shown


def test_a_changed_kpi_shows_what_approval_would_change(bank: Bank) -> None:
    make_value_case(bank)
    approve(bank, bank.people.bo)
    form = {"act": "terms", "reason": "too hard", **terms(bank), "target": "2"}
    done = signed_in(bank.people.ada).post(f"{ADDRESS}kpis/hours/", form, follow=True)
    assert "What was approved holds until the value case is approved anew" in done.content.decode()
    shown = signed_in(bank.people.ada).get(ADDRESS).content.decode()
    assert "The draft differs from version 1." in shown
    assert "Hours an application takes: target" in shown


def terms(bank: Bank) -> dict[str, str]:
    """Its terms as the form on its page has them."""
    kpi = bank.use_case.kpis.get()
    names = ("name", "category", "baseline", "target", "target_date", "starts_on", "grace_days")
    more = ("worth", "currency", "share")
    return {name: str(getattr(kpi, name)) for name in (*names, *more)}


def test_units_share_it_in_parts_that_are_together_a_hundred(bank: Bank) -> None:
    form = {
        "act": "shares",
        "shares": "retail-lending: 60\ncollections: 40%",
        "reason": "So paid.",
    }
    shown = signed_in(bank.people.ada).post(ADDRESS, form, follow=True).content.decode()
    assert "It is shared by 2 business units from now on." in shown
    assert Allocation.objects.get().shares == {"collections": "0.4", "retail-lending": "0.6"}
    uneven = form | {"shares": "retail-lending: 60\ncollections: 30"}
    answer = signed_in(bank.people.ada).post(ADDRESS, uneven)
    assert answer.status_code == 400
    assert "Together 100%, not 90%" in answer.content.decode()


def test_who_may_only_read_changes_nothing(bank: Bank) -> None:
    make_kpi(bank)
    otto = signed_in(bank.people.otto)
    assert otto.post(ADDRESS, DRAFT).status_code == 403
    assert (
        otto.post(ADDRESS, {"act": "shares", "shares": "x: 100", "reason": "r"}).status_code == 403
    )
    assert not ValueCase.objects.exists()


def test_an_act_that_nobody_knows_is_named(bank: Bank) -> None:
    answer = signed_in(bank.people.ada).post(ADDRESS, {"act": "burn"})
    assert answer.status_code == 400
    assert "One of case, approve, shares" in answer.content.decode()

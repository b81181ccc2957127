"""What the criteria of a use case rest on, as its rows say, and what the policies demand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.services.people import deactivate
from governance.models import Authorization, Plan
from governance.services import kpis, phases, policies, use_cases
from governance.value.phases import DEPLOY, ENVISION, MONITOR, READY, judged
from lib.actor import SYSTEM
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    make_bank,
    make_release,
    make_released,
    make_reviewable,
    publish,
)
from tests.governance.make_phases import all_ready, approve_case, make_payoff, make_plan, ready
from tests.governance.make_risk import settle
from tests.governance.make_value import make_kpi, make_value_case, observe

pytestmark = pytest.mark.django_db


def unmet(bank: Bank, **asked: Any) -> dict[str, str]:
    found = judged(phases.facts_of(bank.use_case, **asked))
    return {one.criterion.key: one.why_not for one in found if not one.is_met}


@pytest.fixture
def whole(bank: Bank) -> Bank:
    make_plan(bank)
    make_payoff(bank)
    approve_case(bank)
    all_ready(make_reviewable(bank), bank.people.petra)
    return bank


def test_what_is_described_and_planned_is_written_down(bank: Bank) -> None:
    envisioned = {"people", "success", "hypotheses", "dials", "workflow", "protection"}
    assert envisioned <= set(unmet(bank))
    make_plan(bank)
    assert not envisioned & set(unmet(bank))
    bank.use_case.refresh_from_db()
    assert phases.facts_of(bank.use_case).texts["product_manager"] == "Petra"


def test_whoever_has_left_manages_no_product(whole: Bank) -> None:
    assert "people" not in unmet(whole)
    deactivate(whole.people.petra, actor=SYSTEM)
    assert "carries the plan" in unmet(whole)["people"]


def test_dials_are_set_when_each_is_and_fairness_knows_by_what(whole: Bank) -> None:
    plan = Plan.objects.get()
    with by_hand():
        Plan.objects.update(dials=plan.dials | {"fairness": 2})
    assert "dials" in unmet(whole)
    with by_hand():
        Plan.objects.update(protected=[{"attribute": "race", "reference": "white"}])
    assert "dials" not in unmet(whole)


def test_it_is_assessed_once_somebody_answered_the_questionnaire(whole: Bank) -> None:
    assert set(unmet(whole, today=date(2026, 1, 20))) == {"risk"}
    settle("mortgage", 1, actor=SYSTEM)
    assert unmet(whole, today=date(2026, 1, 20)) == {}


def test_a_value_case_that_changed_since_it_was_approved_is_not_approved(bank: Bank) -> None:
    digest = make_value_case(bank)
    assert unmet(bank)["value_case"] == "No value case is approved."
    approve_case(bank)
    assert "value_case" not in unmet(bank)
    make_value_case(bank, investment=Decimal(1))
    assert "changed" in unmet(bank)["value_case"]
    assert make_value_case(bank) == digest
    assert "value_case" not in unmet(bank), "it says again what was approved"
    kpis.change_kpi(bank.use_case.kpis.get(), target=Decimal(2), actor=ROBOT)
    assert "changed" in unmet(bank)["value_case"]


def test_a_suite_that_ended_measured_something(bank: Bank) -> None:
    make_release(bank)
    assert "measured" in unmet(bank)
    make_reviewable(bank)
    assert not {"measured", "model"} & set(unmet(bank))
    assert phases.facts_of(bank.use_case).models == 1


def test_readiness_is_of_the_release_asked_about_else_of_the_newest_told_of(bank: Bank) -> None:
    first, who = make_reviewable(bank), bank.people.petra
    all_ready(first, who)
    assert phases.facts_of(bank.use_case).ready == dict.fromkeys(READY, "Petra")
    ready(first, "data", who, is_ready=False)
    assert "data" not in phases.facts_of(bank.use_case).ready
    second = make_release(bank, purpose="advise")
    assert len(phases.facts_of(bank.use_case).ready) == 4, "nothing is said of the second yet"
    assert len(phases.facts_of(bank.use_case, first).ready) == 4
    assert phases.facts_of(bank.use_case, second).ready == {}
    ready(second, "people", who)
    assert set(phases.facts_of(bank.use_case).ready) == {"people"}


@pytest.mark.parametrize(
    ("figures", "today", "key", "words"),
    [
        ({}, date(2026, 1, 20), "", ""),
        ({}, date(2026, 2, 20), "figures", "newest period that is due: Hours"),
        ({"2026-01": 10}, date(2026, 3, 20), "figures", "newest period that is due: Hours"),
        ({"2026-01": 10, "2026-02": 10}, date(2026, 3, 20), "hurdle", "Short of the hurdle: Hours"),
        ({"2026-01": 10, "2026-02": 3}, date(2026, 3, 20), "", ""),
        ({"2026-01": 10}, date(2026, 2, 20), "", ""),
    ],
)
def test_two_periods_below_the_hurdle_are_too_long_and_one_that_is_silent(
    bank: Bank, figures: dict[str, int], today: date, key: str, words: str
) -> None:
    approve_case(bank)
    for period, value in figures.items():
        observe(bank.use_case.kpis.get(), period, value)
    found = unmet(bank, today=today)
    monitored = {one: found[one] for one in ("figures", "hurdle") if one in found}
    assert list(monitored) == ([key] if key else [])
    assert words in monitored.get(key, "")


def test_a_kpi_counts_by_the_terms_that_were_approved(bank: Bank) -> None:
    approve_case(bank)
    make_kpi(bank, key="losses", name="Losses")
    kpi = bank.use_case.kpis.get(key="hours")
    kpis.change_kpi(kpi, starts_on=date(2030, 1, 1), actor=ROBOT)
    assert "Hours" in unmet(bank, today=date(2026, 3, 20))["figures"]
    assert "Losses" not in unmet(bank, today=date(2026, 3, 20))["figures"]


def test_nothing_is_looked_after_before_it_is_authorized(bank: Bank) -> None:
    def monitored() -> dict[str, str]:
        found = phases.criteria_of(bank.use_case).by_phase[MONITOR]
        return {one.criterion.key: one.why_not for one in found}

    early = monitored()
    assert early["hurdle"] == early["review"] == "Nothing is authorized yet."
    make_released(bank)
    assert monitored() == early | {"hurdle": "", "review": ""}


def test_a_review_is_overdue_from_the_day_after_it_was_due(people: People) -> None:
    terms = "recertification: {every_days: 90, reviewer: validator}\n"
    bank = make_bank(people, policy=POLICY + terms)
    make_released(bank)
    due = Authorization.objects.get().review_due_at
    assert due is not None
    day = timezone.localdate(due)
    assert "review" not in unmet(bank, today=day)
    assert str(day) in unmet(bank, today=day + timedelta(days=1))["review"]


def test_it_is_told_which_criteria_the_policies_in_force_demand(bank: Bank) -> None:
    assert phases.criteria_of(bank.use_case).demanded == frozenset()
    publish(POLICY + "phases: [envision]\n")
    other = POLICY.replace("policy: credit", "policy: other")
    publish(other.replace("[production]}", "[staging], purposes: [decide]}") + "criteria: [payoff]")
    elsewhere = POLICY.replace("policy: credit", "policy: elsewhere")
    publish(elsewhere.replace("tiers: [1]", "tiers: [3]") + "criteria: [model]\n")
    foreign = elsewhere.replace("elsewhere", "foreign")
    publish(foreign.replace("[production]}", "[production], purposes: [x]}") + "criteria: [review]")
    policies.draft(source=POLICY + "criteria: [figures]\n", actor=ROBOT)
    found = phases.criteria_of(bank.use_case)
    envision = {one.criterion.key for one in found.by_phase[ENVISION]}
    assert found.demanded == envision | {"payoff"}
    assert len(found.by_phase[DEPLOY]) == len(READY)


def test_few_queries_gather_all_of_it(
    whole: Bank, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    for month in range(1, 10):
        observe(whole.use_case.kpis.get(), f"2026-0{month}", 8)
    with django_assert_num_queries(5):
        phases.facts_of(whole.use_case)
    with django_assert_num_queries(6):
        phases.criteria_of(whole.use_case)
    bare = use_cases.create_use_case(
        slug="bare",
        name="Bare",
        objective="x",
        business_unit="retail",
        owner="ada",
        tier=1,
        purposes=[{"key": "bare", "name": "Bare"}],
        actor=SYSTEM,
    )
    with django_assert_max_num_queries(3):
        phases.facts_of(bare)

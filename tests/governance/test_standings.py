"""What is kept of a use case's standing is what the rules give on the spot, whatever happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.models import KPI, Observation, ValueStanding
from governance.services import kpis, observations, standings, use_cases, value_cases
from governance.services.standings import refresh, refresh_stale, standing_of
from governance.value.standings import Reckoned
from lib.actor import SYSTEM
from lib.errors import ImprimaturError
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi, make_value_case, observe

pytestmark = pytest.mark.django_db
PERIODS = ("2026-01", "2026-02", "2026-03", "2026-04")


def approve(bank: Bank, **fields: Any) -> None:
    digest = make_value_case(bank, **fields)
    value_cases.approve_value_case(
        bank.use_case, digest=digest, reason="The board agreed.", actor=bank.people.bo.actor
    )


def kept(bank: Bank) -> ValueStanding:
    return ValueStanding.objects.get(use_case=bank.use_case)


def agrees(row: ValueStanding, found: Reckoned) -> None:
    assert row.case_number == found.number
    assert row.kpis == found.statuses
    assert [one["key"] for one in row.points] == [one.key for one in found.points]
    came = found.realised
    if came is None:
        assert (row.gained, row.promised, row.benefit, row.roi) == (None,) * 4
        return
    assert (row.covered, row.uncovered) == (came.covered, came.uncovered)
    for name in ("benefit", "gained", "promised", "cost"):
        assert getattr(row, name) == standings.cents(getattr(came, name)), name
    assert (row.roi is None) == (came.roi is None)
    assert row.payback == came.payback_month


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "restate", "verify", "change", "approve"]),
        st.sampled_from(PERIODS),
        st.integers(-3, 12),
    ),
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_whatever_happened_the_copy_is_what_the_rules_give(bank: Bank, acts: list[Any]) -> None:
    point = connection.savepoint()
    kpi = KPI.objects.filter(use_case=bank.use_case).first() or make_kpi(bank)
    for act, period, value in acts:
        try:
            _act(bank, kpi, act, period, value)
        except ImprimaturError:
            continue
        agrees(kept(bank), standing_of(bank.use_case))
    connection.savepoint_rollback(point)


def _act(bank: Bank, kpi: KPI, act: str, period: str, value: int) -> None:
    if act == "record":
        observe(kpi, period, value)
    elif act == "restate":
        observe(kpi, period, value, restates="The ledger was wrong.")
    elif act == "verify":
        row = observations.find(kpi, period)
        observations.verify_observation(row, actor=bank.people.bo.actor)
    elif act == "change":
        kpis.change_kpi(kpi, baseline=Decimal(13 + value), actor=SYSTEM, reason="Measured again.")
    else:
        approve(bank, promised_annual_benefit=Decimal(100_000 + value))


def test_a_draft_changes_nothing_that_was_promised(bank: Bank) -> None:
    approve(bank)
    kpi = bank.use_case.kpis.get()
    observe(kpi, "2026-01", 7)
    before = kept(bank)
    assert (before.case_number, before.gained, before.promised) == (1, 10_000, 40_000)
    kpis.change_kpi(kpi, baseline=Decimal(100), actor=SYSTEM, reason="Measured again.")
    make_value_case(bank, promised_annual_benefit=Decimal(1))
    after = kept(bank)
    assert (after.case_number, after.gained, after.promised) == (1, 10_000, 40_000)


def test_an_unknown_month_is_on_neither_side(bank: Bank) -> None:
    approve(bank)
    observe(bank.use_case.kpis.get(), "2026-02", 7)
    row = kept(bank)
    assert row.covered == 1
    assert row.uncovered == standing_of(bank.use_case).realised.uncovered > 0  # type: ignore[union-attr]
    assert (row.gained, row.promised) == (10_000, 40_000)


def test_an_amount_that_no_column_holds_is_unknown_and_refuses_no_figure(bank: Bank) -> None:
    approve(bank)
    observe(bank.use_case.kpis.get(), "2026-01", -99_999_999_999_999)
    huge = make_kpi(bank, key="huge", name="Huge", worth=Decimal(99_999_999_999_999))
    approve(bank, narrative="With another KPI")
    observe(huge, "2026-01", -99_999_999_999_999)
    assert kept(bank).gained is None


def test_the_clock_makes_those_of_an_earlier_day_anew(bank: Bank) -> None:
    approve(bank)
    today = timezone.localdate()
    assert refresh_stale() == 0
    assert refresh_stale(today=today + timedelta(days=1)) == 1
    assert kept(bank).on_day == today + timedelta(days=1)


def test_the_clock_finds_those_that_were_never_made(bank: Bank) -> None:
    approve(bank)
    kept(bank).delete()
    assert refresh_stale() == 1
    assert kept(bank).case_number == 1


def test_many_take_as_many_queries_as_one(bank: Bank) -> None:
    keys = [bank.use_case.pk]
    for number in range(5):
        other = use_cases.create_use_case(
            slug=f"case-{number}",
            name="Another",
            objective="Grow",
            business_unit="retail",
            owner="ada",
            tier=3,
            purposes=[{"key": f"purpose-{number}", "name": "Another"}],
            actor=SYSTEM,
        )
        kpi = make_kpi(Bank(bank.people, other, bank.policy))
        observe(kpi, "2026-01", 7)
        keys.append(other.pk)
    make_kpi(bank)

    def asked(some: list[int]) -> int:
        with CaptureQueriesContext(connection) as caught:
            refresh(some)
        return len(caught)

    assert asked(keys) == asked(keys[:1]) <= 9


def test_what_was_known_on_a_day_leaves_out_what_came_later(bank: Bank) -> None:
    approve(bank)
    kpi = bank.use_case.kpis.get()
    observe(kpi, "2026-01", 7)
    then = timezone.now()
    observe(kpi, "2026-01", 1, restates="The ledger was wrong.")
    approve(bank, promised_annual_benefit=Decimal(1))
    assert Observation.objects.count() == 2
    day = date(2026, 3, 1)
    found = standings.reckoned([bank.use_case.pk], today=day, known_by=then)[bank.use_case.pk]
    assert found.number == 1
    assert found.realised is not None
    assert found.realised.gained.amount == 10_000

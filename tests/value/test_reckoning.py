"""What came of a promise is reckoned by the approved terms, by key."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from governance.value.standings import reckon

TODAY = date(2026, 6, 20)
HOURS: dict[str, Any] = {
    "key": "hours",
    "name": "Hours",
    "unit": "hours",
    "direction": "down",
    "baseline": "9",
    "target": "1",
    "target_date": "2027-01-01",
    "hurdle": None,
    "cadence": "monthly",
    "starts_on": "2026-01-01",
    "grace_days": 15,
    "worth": "5000",
    "currency": "EUR",
    "share": "1",
}
CASE: dict[str, Any] = {
    "currency": "EUR",
    "promised_annual_benefit": "480000",
    "investment": "250000",
    "annual_run_cost": "60000",
    "starts_on": "2026-01-01",
    "ramp_months": 0,
    "horizon_years": 3,
    "kpis": [HOURS],
}


def figures(**by_period: int) -> dict[str, dict[str, Decimal]]:
    return {"hours": {name.replace("_", "-")[1:]: Decimal(v) for name, v in by_period.items()}}


def test_the_approved_terms_count_and_not_those_of_today() -> None:
    live = [HOURS | {"baseline": "900", "worth": "1"}]
    found = reckon(
        number=2, approved=CASE, live=live, figures=figures(m2026_01=7, m2026_02=5), today=TODAY
    )
    assert found.realised is not None
    assert found.realised.benefit.amount == (2 + 4) * 5_000
    assert (found.realised.covered, found.realised.uncovered) == (2, 3)
    assert found.realised.promised.amount == 80_000


def test_a_kpi_that_nobody_approved_is_in_nothing() -> None:
    other = HOURS | {"key": "errors", "name": "Errors"}
    found = reckon(number=1, approved=CASE, live=[HOURS, other], figures={}, today=TODAY)
    assert [one.key for one in found.measured] == ["hours"]


def test_without_an_approved_case_the_kpis_alone_are_told_of() -> None:
    found = reckon(number=None, approved=None, live=[HOURS], figures={}, today=TODAY)
    assert (found.number, found.promise, found.realised) == (None, None, None)
    assert found.statuses == {"unknown": 1}


def test_a_kpi_without_a_first_period_waits() -> None:
    found = reckon(
        number=None, approved=None, live=[HOURS | {"starts_on": None}], figures={}, today=TODAY
    )
    assert found.statuses == {"waiting": 1}
    assert found.points == []


def test_two_periods_below_the_hurdle_or_silent_are_a_point() -> None:
    low = figures(m2026_01=7, m2026_02=7, m2026_03=7, m2026_04=10, m2026_05=11)
    assert [one.why for one in _found(low).points] == ["Hours: short of the hurdle for 2 periods."]
    silent = figures(m2026_01=7, m2026_02=7, m2026_03=7)
    assert [one.why for one in _found(silent).points] == ["Hours: no figure for 2 periods."]
    assert _found(silent | {}).statuses == {"unknown": 1}
    one_month = figures(m2026_01=7, m2026_02=7, m2026_03=7, m2026_04=7, m2026_05=11)
    assert _found(one_month).points == []


def _found(some: dict[str, dict[str, Decimal]]) -> Any:
    return reckon(number=1, approved=CASE, live=[], figures=some, today=TODAY)


def test_what_kpis_bring_at_their_targets_is_what_the_promise_rests_on() -> None:
    """8 hours less at 5,000 an hour and month, half of it the model's: 20,000 x 12; and 4 points
    at 100 a quarter: 400 x 4. A KPI that stands for no money adds nothing."""
    up = {"direction": "up", "baseline": "1", "target": "5", "worth": "100", "share": "1"}
    kpis = [
        HOURS | {"share": "0.5"},
        HOURS | up | {"key": "points", "cadence": "quarterly"},
        HOURS | {"key": "free", "worth": None, "currency": ""},
    ]
    found = reckon(number=1, approved=CASE | {"kpis": kpis}, live=[], figures={}, today=TODAY)
    assert found.at_targets is not None
    assert found.at_targets.amount == 241_600

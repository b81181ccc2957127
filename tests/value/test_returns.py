"""Return on investment and payback, against figures computed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value.kpis import Terms
from governance.value.money import MixedCurrencies, Money
from governance.value.periods import Period
from governance.value.returns import Month, Promise, Realised, Reported, Worth, realised
from governance.value.returns import months as months_of


def eur(amount: object) -> Money:
    return Money(Decimal(str(amount)), "EUR")


# 1.2 m a year for 0.6 m and 0.24 m a year: 100,000 a month less 20,000.
PROMISE = Promise(eur(1_200_000), eur(600_000), eur(240_000), starts=date(2026, 1, 15))
TERMS = Terms(
    direction="down",
    baseline=Decimal(50),
    target=Decimal(30),
    target_date=date(2026, 12, 31),
    start=date(2026, 1, 15),
    cadence="monthly",
)
# A minute less for each file: 5,000 EUR a month, four fifths of it the model's.
WORTH = Worth(eur(5_000), share=Decimal("0.8"))


def minutes(*values: int | None, terms: Terms = TERMS, worth: Worth = WORTH) -> Reported:
    found, period = {}, Period.of(terms.start, terms.cadence)
    for value in values:
        if value is not None:
            found[period] = Decimal(value)
        period = period.next
    return Reported(terms, worth, found)


def at(today: str, *reported: Reported, promise: Promise = PROMISE) -> Realised:
    return realised(promise, reported, date.fromisoformat(today))


def test_the_promised_roi_is_benefit_less_cost_over_cost() -> None:
    """Three years: 3.6 m for 0.6 m + 3 x 0.24 m = 1.32 m."""
    assert PROMISE.roi == Decimal(3_600_000 - 1_320_000) / 1_320_000


def test_the_promised_payback_is_the_month_that_makes_the_investment_up() -> None:
    """600,000 at 80,000 a month are seven and a half months."""
    assert PROMISE.payback_month == 8
    assert replace(PROMISE, investment=eur(640_000)).payback_month == 8
    assert replace(PROMISE, investment=eur(640_001)).payback_month == 9


def test_a_ramp_grows_in_equal_steps() -> None:
    """A third, two thirds, then all: 13,333 + 46,667 net, then 80,000 a month; 540,000 are left."""
    ramped = replace(PROMISE, ramp_months=2)
    assert [ramped.benefit_of(month).amount for month in (3, 4)] == [100_000, 100_000]
    assert round(ramped.benefit(3).amount) == 200_000
    assert ramped.payback_month == 9


def test_what_costs_nothing_has_no_roi_and_what_gains_nothing_never_pays_back() -> None:
    free = replace(PROMISE, investment=eur(0), annual_run_cost=eur(0))
    assert (free.roi, free.payback_month) == (None, 0)
    assert replace(PROMISE, annual_run_cost=eur(1_200_000)).payback_month is None


def test_a_benefit_is_improvement_times_worth_times_share() -> None:
    """From 50 to 40 minutes: 10 x 5,000 x 0.8 = 40,000; 5 minutes more: 20,000 lost."""
    assert minutes(40).benefit == eur(40_000)
    assert minutes(55).benefit == eur(-20_000)


def test_realised_roi_and_share_of_the_promise() -> None:
    """Three months at 30 minutes: 240,000 for 600,000 + 60,000, of 300,000 promised."""
    found = at("2026-04-01", minutes(30, 30, 30))
    assert (found.gained, found.promised, found.cost) == (eur(240_000), eur(300_000), eur(660_000))
    assert found.of_promised == Decimal("0.8")
    assert found.roi == Decimal(240_000 - 660_000) / 660_000
    assert found.is_complete


def test_a_month_counts_when_it_is_over() -> None:
    assert at("2026-04-30", minutes(30, 30, 30, 30)).covered == 3
    assert at("2026-05-01", minutes(30, 30, 30, 30)).covered == 4


def test_an_unknown_month_is_in_neither_side_of_a_ratio() -> None:
    """Were it counted as nothing, three quarters of the promise would be left of four fifths."""
    found = at("2026-05-01", minutes(30, None, 30, 30))
    assert (found.covered, found.uncovered) == (3, 1)
    assert found.of_promised == Decimal("0.8")
    assert found.cost == eur(660_000)
    assert not found.is_complete


def test_nothing_known_is_no_ratio_at_all() -> None:
    found = at("2026-05-01", minutes())
    assert (found.of_promised, found.roi, found.payback_month) == (None, None, None)
    assert at("2026-05-01").of_promised is None  # no KPI stands for money


def test_payback_is_reached_when_the_known_benefits_made_it_up() -> None:
    """At 10 minutes: 160,000 a month less 20,000; 600,000 are made up in the fifth."""
    assert at("2026-05-01", minutes(10, 10, 10, 10)).payback_month is None
    assert at("2026-07-01", minutes(10, 10, 10, 10, 10, 10)).payback_month == 5


def test_behind_a_gap_payback_is_not_seen() -> None:
    assert at("2026-07-01", minutes(10, None, 10, 10, 10, 10)).payback_month is None


def test_a_quarter_is_shared_out_among_its_months() -> None:
    """15,000 a minute in a quarter; 20 minutes less, four fifths: 240,000, of which two months."""
    quarterly = replace(TERMS, cadence="quarterly")
    reported = minutes(30, terms=quarterly, worth=replace(WORTH, per_unit=eur(15_000)))
    assert at("2026-03-01", reported).gained == eur(160_000)
    assert at("2026-04-01", reported).gained == eur(240_000)


def test_two_kpis_cover_a_month_together() -> None:
    found = at("2026-04-01", minutes(30, 30, 30), minutes(40, None, 40))
    assert (found.covered, found.uncovered) == (2, 1)
    assert found.gained == eur(2 * (80_000 + 40_000))
    assert found.benefit == eur(240_000 + 80_000)


def test_a_kpi_that_begins_later_leaves_earlier_months_as_they_were() -> None:
    """From March on there is another, at 40 minutes: 80,000 + 80,000 + (80,000 + 40,000)."""
    later = replace(TERMS, start=date(2026, 3, 10))
    found = at("2026-04-01", minutes(30, 30, 30), minutes(40, terms=later))
    assert (found.covered, found.uncovered, found.gained) == (3, 0, eur(280_000))
    silent = at("2026-04-01", minutes(30, 30, 30), minutes(terms=later))
    assert (silent.covered, silent.uncovered, silent.gained) == (2, 1, eur(160_000))


def test_before_any_kpi_begins_a_month_is_unknown() -> None:
    later = replace(TERMS, start=date(2026, 2, 1))
    found = at("2026-03-01", minutes(40, terms=later))
    assert (found.covered, found.uncovered, found.promised) == (1, 1, eur(100_000))


def test_a_quarter_that_has_begun_is_begun_in_each_of_its_months() -> None:
    """A KPI from February on is reported for the whole first quarter."""
    quarterly = replace(TERMS, cadence="quarterly", start=date(2026, 2, 1))
    found = at("2026-04-01", minutes(30, 30, 30), minutes(terms=quarterly))
    assert (found.covered, found.uncovered) == (0, 3)


def test_currencies_are_not_mixed() -> None:
    dollars = replace(WORTH, per_unit=Money(Decimal(5_000), "USD"))
    with pytest.raises(MixedCurrencies):
        at("2026-04-01", minutes(30, 30, 30), minutes(40, 40, 40, worth=dollars))


months = st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=30)


@given(months)
def test_known_and_unknown_months_are_all_the_months_there_were(values: list[int | None]) -> None:
    today = Period.of(PROMISE.starts, "monthly")
    for _ in values:
        today = today.next
    found = realised(PROMISE, [minutes(*values)], today.first)
    assert found.covered == sum(value is not None for value in values)
    assert found.covered + found.uncovered == len(values)
    assert found.gained == found.benefit


@given(months, st.integers(0, 29))
def test_forgetting_a_month_changes_no_other_month(values: list[int | None], place: int) -> None:
    """Without it, benefit and promise lack exactly what that month had: never more, never less."""
    values[place % len(values)] = 20
    today = date(2030, 1, 1)
    forgotten = [v if n != place % len(values) else None for n, v in enumerate(values)]
    with_it = realised(PROMISE, [minutes(*values)], today)
    without = realised(PROMISE, [minutes(*forgotten)], today)
    assert with_it.gained - without.gained == eur(120_000)
    assert with_it.promised - without.promised == eur(100_000)
    assert with_it.cost - without.cost == eur(20_000)


@given(months, months, st.integers(0, 30), st.sampled_from(["monthly", "quarterly", "yearly"]))
def test_another_kpi_changes_no_month_before_it_begins(
    values: list[int | None], others: list[int | None], begins: int, cadence: str
) -> None:
    start = date(2026 + begins // 12, begins % 12 + 1, 9)
    other = minutes(*others, terms=replace(TERMS, start=start, cadence=cadence))
    first = Period.of(start, cadence).first

    def before(*reported: Reported) -> list[Month]:
        every = months_of(PROMISE, reported, date(2029, 1, 1))
        return [month for month in every if month.period.first < first]

    assert before(minutes(*values), other) == before(minutes(*values))

"""What a KPI stands at: a missing figure is unknown, and never passes for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value import kpis
from governance.value.kpis import Standing, Terms, is_point_for_review, standing
from governance.value.periods import Period

TERMS = Terms(
    direction="up",
    baseline=Decimal(100),
    target=Decimal(140),
    target_date=date(2026, 12, 31),
    start=date(2026, 1, 1),
    cadence="monthly",
    hurdle=Decimal(110),
)
JULY = date(2026, 7, 1)


def figures(*values: int | None, terms: Terms = TERMS) -> dict[Period, Decimal]:
    period, found = Period.of(terms.start, terms.cadence), {}
    for value in values:
        if value is not None:
            found[period] = Decimal(value)
        period = period.next
    return found


def stands(*values: int | None, today: date = JULY, terms: Terms = TERMS) -> Standing:
    return standing(terms, figures(*values, terms=terms), today)


def test_before_the_first_period_is_over_it_waits() -> None:
    assert stands(today=date(2026, 1, 31)).status == kpis.WAITING
    assert stands(today=date(2026, 2, 1)).status == kpis.UNKNOWN


@pytest.mark.parametrize(
    ("newest", "status"),
    [(99, kpis.WORSE), (100, kpis.BELOW), (109, kpis.BELOW), (110, kpis.ON_THE_WAY),
     (139, kpis.ON_THE_WAY), (140, kpis.MET), (900, kpis.MET)],
)  # fmt: skip
def test_the_newest_figure_says_how_it_stands(newest: int, status: str) -> None:
    assert stands(120, 120, 120, 120, 120, newest).status == status


@pytest.mark.parametrize(
    ("newest", "status"), [(101, kpis.WORSE), (95, kpis.BELOW), (60, kpis.MET)]
)
def test_where_lower_is_better_all_is_turned_round(newest: int, status: str) -> None:
    terms = replace(TERMS, direction="down", target=Decimal(60), hurdle=Decimal(90))
    assert stands(80, 80, 80, 80, 80, newest, terms=terms).status == status


def test_a_missed_period_is_unknown_and_not_the_last_figure() -> None:
    found = stands(150, 150, 150, 150, 150, None)
    assert found.status == kpis.UNKNOWN
    assert found.points[-1].is_unknown
    assert found.points[-1].clears is None
    assert found.latest is not None
    assert str(found.latest.period) == "2026-05"


def test_a_gap_in_the_past_stays_a_gap() -> None:
    found = stands(150, None, 150, 150, 150, 150)
    assert [str(period) for period in found.unknown] == ["2026-02"]
    assert found.status == kpis.MET


def test_months_below_the_hurdle_are_counted_over_a_gap_and_end_with_one_that_clears() -> None:
    assert stands(105, 105, 111, 105, None, 105).below_for == 2
    assert stands(105, 105, 105, 105, 105, 110).below_for == 0


def test_a_run_below_or_of_silence_is_a_point_for_the_next_review() -> None:
    assert is_point_for_review(stands(120, 120, 120, 105, 105, 105), periods_below=3)
    assert is_point_for_review(stands(120, 120, 120, None, None, None), periods_below=3)
    assert not is_point_for_review(stands(105, 105, 120, 105, 105, 120), periods_below=3)


def test_a_figure_within_the_grace_is_not_missing_yet() -> None:
    patient = replace(TERMS, grace_days=20)
    assert stands(150, 150, 150, 150, 150, terms=patient, today=date(2026, 7, 20)).status == "met"
    assert (
        stands(150, 150, 150, 150, 150, terms=patient, today=date(2026, 7, 21)).status == "unknown"
    )


def test_the_way_is_a_share_of_what_was_promised() -> None:
    assert stands(120, 120, 120, 120, 120, 130).way == Decimal("0.75")
    assert stands(120, 120, 120, 120, 120, 90).way == Decimal("-0.25")


values = st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=24)


@given(values, st.dates(date(2026, 1, 1), date(2028, 6, 1)))
def test_each_period_that_is_due_is_there_once_known_or_unknown(
    reported: list[int | None], today: date
) -> None:
    found = stands(*reported, today=today)
    seen = [point.period for point in found.points]
    assert seen == sorted(set(seen))
    for point in found.points:
        assert point.value == figures(*reported).get(point.period)


@given(st.integers(-1000, 1000), st.integers(1, 6))
def test_silence_is_never_better_than_unknown(value: int, months: int) -> None:
    """Whatever the figures were, the last one does not go on standing for the newest."""
    told = [value] * (6 - months) + [None] * months
    found = stands(*told)
    assert found.status == kpis.UNKNOWN
    assert found.unknown_for == months

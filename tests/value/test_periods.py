"""Periods follow one another without a gap, and are due once they are over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value.periods import MONTHS, NoPeriod, Period, count_due, due, due_on

days = st.dates(date(2001, 1, 1), date(2090, 12, 31))
cadences = st.sampled_from(sorted(MONTHS))


@given(days, cadences)
def test_each_day_lies_in_one_period_and_the_next_begins_the_day_after(
    day: date, cadence: str
) -> None:
    period = Period.of(day, cadence)
    assert period.first <= day <= period.last
    assert period.next.first == period.last + timedelta(days=1)
    assert Period.of(period.last, cadence) == period
    assert Period.of(period.next.first, cadence) == period.next


@given(days, cadences)
def test_a_period_is_read_as_it_is_written(day: date, cadence: str) -> None:
    period = Period.of(day, cadence)
    assert Period.parse(str(period), cadence) == period


@given(days, days, cadences)
def test_written_periods_of_a_cadence_sort_as_the_periods(a: date, b: date, cadence: str) -> None:
    one, other = Period.of(a, cadence), Period.of(b, cadence)
    assert (one < other) == (str(one) < str(other))


@pytest.mark.parametrize(
    ("text", "cadence"),
    [("2026-13", "monthly"), ("2026-Q1", "monthly"), ("2026-03", "quarterly"), ("2026-Q5",
     "quarterly"), ("26", "yearly"), ("2026-01", "yearly"), ("2026-3", "monthly"), ("", "yearly"),
     ("2026-03\n", "monthly")],
)  # fmt: skip
def test_what_is_no_period_is_answered_with_an_example(text: str, cadence: str) -> None:
    with pytest.raises(NoPeriod, match="such as 2026"):
        Period.parse(text, cadence)


def test_a_quarter_is_due_when_it_is_over_and_the_grace_has_passed() -> None:
    quarter = Period.parse("2026-Q1", "quarterly")
    assert due_on(quarter, 0) == date(2026, 4, 1)
    assert due_on(quarter, 10) == date(2026, 4, 11)


def test_the_first_period_due_is_the_one_of_the_start() -> None:
    found = due(date(2026, 1, 20), date(2026, 4, 1), cadence="monthly")
    assert [str(period) for period in found] == ["2026-01", "2026-02", "2026-03"]
    assert due(date(2026, 1, 20), date(2026, 1, 31), cadence="monthly") == []


@given(days, st.integers(-400, 2000), cadences, st.integers(0, 60))
def test_counting_what_is_due_is_as_good_as_making_it(
    start: date, later: int, cadence: str, grace: int
) -> None:
    today = start + timedelta(days=later)
    made = due(start, today, cadence=cadence, grace_days=grace)
    assert count_due(start, today, cadence=cadence, grace_days=grace) == len(made)

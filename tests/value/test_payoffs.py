"""Confusion counts as money: worked by hand, and never more certain than the sample allows."""

from __future__ import annotations

from decimal import Decimal
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value.payoffs import Counts, Payoff, best, explore, gain, worth

# A loan that is repaid brings 3,000; one that is not costs 20,000; a refused good one 500.
LOANS = Payoff("USD", Decimal(3_000), Decimal(-20_000), Decimal(-500), Decimal(0))


def test_a_case_is_worth_the_mean_of_what_its_kind_brings() -> None:
    """(80 x 3,000 - 2 x 20,000 - 10 x 500) / 100 = 1,950."""
    found = worth(LOANS, Counts(80, 2, 10, 8))
    assert found is not None
    assert (found.value, found.n) == (1_950, 100)


def test_the_interval_is_the_normal_one_of_the_mean() -> None:
    """Half bring 1 and half nothing: the variance is 0.25 x n / (n - 1)."""
    found = worth(Payoff("EUR", *map(Decimal, (1, 0, 0, 0))), Counts(50, 0, 0, 50))
    assert found is not None
    assert found.low is not None
    assert isclose(found.low, 0.5 - 1.959964 * sqrt(0.25 / 99), rel_tol=1e-6)


def test_few_cases_have_no_interval_and_no_cases_no_worth() -> None:
    few = worth(LOANS, Counts(29, 0, 0, 0))
    assert few is not None
    assert (few.low, few.is_gain) == (None, None)
    assert worth(LOANS, Counts(0, 0, 0, 0)) is None


def test_what_is_above_zero_beyond_doubt_is_a_gain() -> None:
    sure, lost, open_ = (
        worth(LOANS, Counts(*c)) for c in ((95, 0, 5, 0), (50, 50, 0, 0), (87, 13, 0, 0))
    )
    assert sure is not None
    assert lost is not None
    assert open_ is not None
    assert (sure.is_gain, lost.is_gain, open_.is_gain) == (True, False, None)


def test_a_year_of_cases_is_so_many_times_one() -> None:
    found = worth(LOANS, Counts(80, 2, 10, 8))
    assert found is not None
    year = found.for_cases(12_000)
    assert year.value == 1_950 * 12_000
    assert year.low is not None
    assert found.low is not None
    assert isclose(year.low, found.low * 12_000)


def test_what_both_decide_alike_adds_no_doubt() -> None:
    """Ten of a thousand good cases are won: 10 x 3,500 a thousand. Of two separate samples the
    interval would be far wider."""
    joint = {(True, True, True): 700, (False, False, False): 290, (True, False, True): 10}
    found = gain(LOANS, joint)
    assert found is not None
    assert found.value == 35
    assert found.is_gain
    assert found.low is not None
    assert found.low > 10


SCORES = [0.9, 0.8, 0.7, 0.6, 0.4, 0.2]
GOOD = [True, True, False, True, False, False]


def test_each_threshold_is_worth_what_it_decides() -> None:
    found = explore(LOANS, SCORES, GOOD, [0.5, 0.75, 0.95])
    assert [one.threshold for one in found] == [0.5, 0.75, 0.95]
    assert [one.counts for one in found] == [
        Counts(3, 1, 0, 2), Counts(2, 0, 1, 3), Counts(0, 0, 3, 3)
    ]  # fmt: skip
    top = best(found)
    assert top is not None
    assert top.threshold == 0.75


def test_a_score_at_the_threshold_is_a_yes() -> None:
    (one,) = explore(LOANS, [0.5], [True], [0.5])
    assert one.counts == Counts(1, 0, 0, 0)
    assert explore(LOANS, [], [], [0.5]) == []
    assert best([]) is None


cases = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(cases, st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_explored_counts_are_those_of_counting(
    rows: list[tuple[float, bool]], thresholds: list[float]
) -> None:
    scores, outcomes = [s for s, _ in rows], [o for _, o in rows]
    for one in explore(LOANS, scores, outcomes, thresholds):
        assert one.counts.true_positive == sum(o and s >= one.threshold for s, o in rows)
        assert one.counts.false_positive == sum(not o and s >= one.threshold for s, o in rows)
        assert one.counts.n == len(rows)


@given(cases, st.floats(0, 1), st.floats(0, 1))
def test_the_gain_of_one_model_over_another_is_the_difference_of_their_worth(
    rows: list[tuple[float, bool]], mine: float, theirs: float
) -> None:
    joint: dict[tuple[bool, bool, bool], int] = {}
    for score, outcome in rows:
        key = (score >= mine, score >= theirs, outcome)
        joint[key] = joint.get(key, 0) + 1
    scores, outcomes = [s for s, _ in rows], [o for _, o in rows]
    (one,), (other,) = (explore(LOANS, scores, outcomes, [t]) for t in (mine, theirs))
    found = gain(LOANS, joint)
    assert found is not None
    assert found.value == pytest.approx(one.worth.value - other.worth.value)

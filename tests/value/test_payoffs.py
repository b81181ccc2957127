"""Confusion counts as money: worked by hand, and never more certain than the sample allows."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value.payoffs import (
    Counts,
    Payoff,
    best,
    difference,
    explore,
    gain,
    marginal,
    moved,
    turned,
    worth,
)

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
        worth(LOANS, Counts(*c)) for c in ((94, 0, 6, 0), (50, 50, 0, 0), (87, 13, 0, 0))
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


def counted(scores: list[float], good: list[bool], threshold: float) -> Counts:
    cells = Counter((score >= threshold, came) for score, came in zip(scores, good, strict=True))
    return Counts(cells[True, True], cells[True, False], cells[False, True], cells[False, False])


SCORES = [0.9, 0.8, 0.7, 0.6, 0.4, 0.2]
GOOD = [True, True, False, True, False, False]


def test_each_threshold_is_worth_what_it_decides() -> None:
    found = explore(LOANS, [(at, counted(SCORES, GOOD, at)) for at in (0.95, 0.5, 0.75)])
    assert [one.threshold for one in found] == [0.5, 0.75, 0.95]
    assert [one.worth.value for one in found] == [
        pytest.approx((3 * 3_000 - 20_000) / 6), pytest.approx((2 * 3_000 - 500) / 6), -250
    ]  # fmt: skip
    top = best(found)
    assert top is not None
    assert top.threshold == 0.75


def test_no_cases_have_no_threshold_worth_anything() -> None:
    assert explore(LOANS, [(0.5, Counts(0, 0, 0, 0))]) == []
    assert best([]) is None


def test_too_few_cases_that_differ_give_no_interval() -> None:
    """A thousand cases alike are not beyond doubt: nobody knows what the rare ones bring."""
    alike = worth(LOANS, Counts(1_000, 0, 0, 0))
    assert alike is not None
    assert (alike.low, alike.varies, alike.is_gain) == (None, False, None)
    five = worth(LOANS, Counts(995, 5, 0, 0))
    assert five is not None
    assert five.low is None
    assert five.why_open == ("of 1,000 cases 5 bring another amount than the rest, and it takes 6")
    six = worth(LOANS, Counts(994, 6, 0, 0))
    assert six is not None
    assert six.low is not None


def test_of_cases_counted_apart_variances_add_up() -> None:
    mine, theirs = worth(LOANS, Counts(80, 6, 10, 4)), worth(LOANS, Counts(70, 9, 12, 9))
    assert mine is not None
    assert theirs is not None
    found = difference(mine, theirs)
    assert found.value == mine.value - theirs.value
    assert found.margin == pytest.approx(sqrt(mine.margin**2 + theirs.margin**2))  # type: ignore[operator]


def test_a_difference_of_what_has_no_interval_has_none() -> None:
    mine, theirs = worth(LOANS, Counts(80, 6, 10, 4)), worth(LOANS, Counts(5, 1, 1, 1))
    assert mine is not None
    assert theirs is not None
    for found in (difference(mine, theirs), difference(theirs, mine)):
        assert (found.low, found.is_gain) == (None, None)
        assert found.why_open == "there are 8 cases, and it takes 30"


def test_counts_of_two_thresholds_of_other_models_are_not_moved_between() -> None:
    assert moved(LOANS, Counts(5, 1, 1, 3), Counts(4, 3, 2, 1)) is None


cases = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)
cells = st.lists(st.integers(0, 400), min_size=8, max_size=8).filter(lambda some: sum(some) >= 30)


def jointly(some: list[int]) -> dict[tuple[bool, bool, bool], int]:
    return {(bool(at >> 2), bool(at >> 1 & 1), bool(at & 1)): n for at, n in enumerate(some)}


@given(cells)
def test_the_gain_is_the_difference_of_what_both_are_worth_on_those_cases(some: list[int]) -> None:
    joint = jointly(some)
    mine, theirs = (worth(LOANS, marginal(joint, challenger=one)) for one in (True, False))
    found = gain(LOANS, joint)
    assert found is not None
    assert mine is not None
    assert theirs is not None
    assert found.value == pytest.approx(mine.value - theirs.value, abs=1e-6)
    other = gain(LOANS, turned(joint))
    assert other is not None
    assert other.value == pytest.approx(-found.value)
    if found.margin is not None:
        assert other.margin == pytest.approx(found.margin)


@given(cells)
def test_where_good_cases_are_good_for_both_pairing_is_surer(some: list[int]) -> None:
    """The variance of a difference is that of both less twice what they vary together."""
    joint = jointly(some)
    mine, theirs = (worth(LOANS, marginal(joint, challenger=one)) for one in (True, False))
    found = gain(LOANS, joint)
    if not (found and mine and theirs and found.margin is not None):
        return
    apart = difference(mine, theirs)
    if apart.margin is None:
        return
    n = sum(some)
    together = sum(
        (LOANS.of(a, c) - mine.value) * (LOANS.of(b, c) - theirs.value) * count
        for (a, b, c), count in joint.items()
    ) / (n - 1)
    slack = 1e-6 * apart.margin
    assert (found.margin <= apart.margin + slack) is (together >= -1e-6) or abs(together) < 1e-3


@given(cases, st.floats(0, 1), st.floats(0, 1))
def test_moving_a_threshold_brings_what_comparing_two_models_would(
    rows: list[tuple[float, bool]], to: float, since: float
) -> None:
    joint: dict[tuple[bool, bool, bool], int] = {}
    for score, outcome in rows:
        key = (score >= to, score >= since, outcome)
        joint[key] = joint.get(key, 0) + 1
    scores, good = [score for score, _ in rows], [came for _, came in rows]
    found = moved(LOANS, counted(scores, good, to), counted(scores, good, since))
    wanted = gain(LOANS, joint)
    assert found is not None
    assert wanted is not None
    assert found.value == pytest.approx(wanted.value)
    assert (found.low is None) == (wanted.low is None)


@given(cells, st.integers(1, 10**6))
def test_a_year_is_so_many_cases(some: list[int], year: int) -> None:
    found = gain(LOANS, jointly(some))
    assert found is not None
    assert found.for_cases(year).value == pytest.approx(found.value * year)
    assert found.for_cases(year).is_gain is found.is_gain

"""The gate rule: pass by intersection-union at 90%, fail by Holm at 95%, else inconclusive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.checks.engine import gate
from governance.checks.engine.gate import GroupRate, Tolerance

FOUR_FIFTHS = Tolerance("ratio", 0.80)
FIVE_POINTS = Tolerance("difference", 0.05)


def verdict(rates, tolerance=FOUR_FIFTHS, reference=None):
    judged = gate.judged(gate.compare("selection_rate", rates, tolerance, reference), tolerance)
    return gate.overall(judged), judged


def test_the_boston_mortgages_are_too_close_to_call():
    found, (pair,) = verdict([GroupRate("white", 1527, 1681), GroupRate("not white", 218, 308)])
    assert found == "inconclusive"
    assert round(pair.value, 3) == 0.779
    assert pair.needed.group == "not white"
    assert pair.needed.rows == 1800
    assert pair.needed.in_proportion == 1400
    assert pair.needed.leans == "fail"


def test_hmda_is_too_close_to_call():
    found, (pair,) = verdict([GroupRate("white", 1852, 2041), GroupRate("Black", 243, 339)])
    assert found == "inconclusive"
    assert round(pair.value, 4) == 0.7900


def test_as_many_rows_as_said_take_the_interval_clear():
    rates = [GroupRate("white", 1527, 1681), GroupRate("not white", 218, 308)]
    needed = verdict(rates)[1][0].needed
    share = 218 / 308

    def grown(rows):
        return verdict([rates[0], GroupRate("not white", share * (308 + rows), 308 + rows)])

    assert grown(needed.rows)[1][0].at_90.high < 0.80
    assert grown(needed.rows_to_fail)[0] == "fail"


def test_the_federal_example_of_four_groups():
    rates = [GroupRate(name, k, 100) for name, k in zip("ABCD", (60, 45, 48, 51), strict=True)]
    to_highest = {one.a.group: one.value for one in gate.compare("r", rates, FOUR_FIFTHS, "A")}
    assert {name: round(value, 2) for name, value in to_highest.items()} == {
        "B": 0.75, "C": 0.80, "D": 0.85,
    }  # fmt: skip
    exact = [GroupRate("A", 60_000_000, 10**8), GroupRate("C", 48_000_000, 10**8)]
    assert verdict(exact)[0] == "inconclusive"  # exactly at the limit is not flagged


def test_it_passes_when_every_pair_is_inside():
    assert verdict([GroupRate("A", 700, 1000), GroupRate("B", 690, 1000)])[0] == "pass"


def test_it_fails_when_a_pair_is_clearly_outside():
    assert verdict([GroupRate("A", 700, 1000), GroupRate("B", 400, 1000)])[0] == "fail"


def test_holm_asks_more_of_one_pair_among_many():
    pair = [GroupRate("A", 700, 1000), GroupRate("B", 101, 200)]
    alone = verdict(pair)[1][0]
    among = verdict([*pair, *(GroupRate(name, 640, 1000) for name in "CDEF")])[1][0]
    assert among.p > alone.p


def test_a_ratio_of_two_empty_rates_is_not_computable():
    found, (pair,) = verdict([GroupRate("A", 0, 100), GroupRate("B", 0, 100)])
    assert found == "inconclusive"
    assert pair.value is None
    assert "single case" in pair.note


def test_one_group_alone_is_inconclusive():
    assert verdict([GroupRate("A", 50, 100)])[0] == "inconclusive"


def test_the_rule_seldom_passes_at_the_margin_and_seldom_fails_the_fair():
    rng = np.random.default_rng(5)
    fair = [
        verdict([GroupRate(str(g), rng.binomial(400, 0.3), 400) for g in range(5)], FIVE_POINTS)[0]
        for _ in range(150)
    ]
    margin = [
        verdict(
            [
                GroupRate(str(g), rng.binomial(4000, 0.35 if g == 0 else 0.3), 4000)
                for g in range(3)
            ],
            FIVE_POINTS,
        )[0]
        for _ in range(150)
    ]
    assert fair.count("fail") <= 3
    assert margin.count("pass") <= 12


@settings(max_examples=30, deadline=None)
@given(
    counts=st.lists(st.tuples(st.integers(1, 99), st.just(100)), min_size=2, max_size=4),
    data=st.data(),
)
def test_order_and_names_of_groups_change_nothing(counts, data):
    rates = [GroupRate(str(place), k, n) for place, (k, n) in enumerate(counts)]
    shuffled = data.draw(st.permutations(rates))
    renamed = [GroupRate(f"group {rate.group}", rate.count, rate.n) for rate in shuffled]
    assert verdict(rates)[0] == verdict(renamed)[0]
    values = sorted(one.p for one in verdict(rates)[1])
    assert values == pytest.approx(sorted(one.p for one in verdict(renamed)[1]))


def test_rows_are_rounded_up_to_two_digits():
    assert [gate.round_up(n) for n in (1, 9.2, 99, 101, 1377, 1798)] == [1, 10, 99, 110, 1400, 1800]

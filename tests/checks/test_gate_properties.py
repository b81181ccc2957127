"""The two rules inside the gate: intersection-union for a pass, Holm's for a fail."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.checks.engine import gate, gate_contrasts
from governance.checks.engine.gate import GroupRate, Tolerance
from governance.checks.engine.gate_contrasts import Contrast

TOLERANCES = [Tolerance("ratio", 0.80), Tolerance("difference", 0.05)]
COUNTS = st.lists(st.tuples(st.integers(1, 299), st.just(300)), min_size=2, max_size=5)


def rates_of(counts):
    return [GroupRate(f"g{place}", k, n) for place, (k, n) in enumerate(counts)]


def raw_and_judged(counts, tolerance):
    compared = gate.compare("rate", rates_of(counts), tolerance)
    raw = {(one.a.group, one.b.group): one.p for one in compared}
    judged = gate.judged(compared, tolerance)
    return raw, {(one.a.group, one.b.group): one for one in judged}


@settings(max_examples=40, deadline=None)
@given(counts=COUNTS, place=st.sampled_from([0, 1]))
def test_holm_is_the_textbook_step_down(counts, place):
    raw, judged = raw_and_judged(counts, TOLERANCES[place])
    floor, wanted = 0.0, {}
    for step, (pair, p) in enumerate(sorted(raw.items(), key=lambda item: item[1])):
        floor = max(floor, min(1.0, p * (len(raw) - step)))
        wanted[pair] = floor
    assert sorted(one.p for one in judged.values()) == pytest.approx(sorted(wanted.values()))
    for pair, one in judged.items():
        assert one.p >= raw[pair]
        assert (one.verdict == "fail") == (one.p <= 0.05)


@settings(max_examples=40, deadline=None)
@given(counts=COUNTS, place=st.sampled_from([0, 1]))
def test_a_pass_is_every_pairs_pass_without_correction(counts, place):
    tolerance = TOLERANCES[place]
    _, judged = raw_and_judged(counts, tolerance)
    alone = []
    for (a, b), one in judged.items():
        two = [rate for rate in rates_of(counts) if rate.group in (a, b)]
        (single,) = gate.judged(gate.compare("rate", two, tolerance), tolerance)
        assert (single.verdict == "pass") == (one.verdict == "pass")
        alone.append(single.verdict == "pass")
    assert (gate.overall(list(judged.values())) == "pass") == all(alone)


@settings(max_examples=40, deadline=None)
@given(counts=COUNTS, place=st.sampled_from([0, 1]), few=st.integers(0, 9))
def test_a_group_not_assessed_changes_no_comparison(counts, place, few):
    tolerance = TOLERANCES[place]
    rates = rates_of(counts)
    small = GroupRate("small", few, 9, assessed=False, why="<10 rows")
    assert gate.compare("rate", [*rates, small], tolerance) == gate.compare(
        "rate", rates, tolerance
    )


def test_holm_of_three_by_hand():
    """p of .01, .02 and .04 become .03, .04 and .04 (Holm 1979)."""
    tolerance = Tolerance("difference", 0.05)
    ordered = {0.01: 2.5758293, 0.02: 2.3263479, 0.04: 2.0537489}
    contrasts = [
        Contrast(f"g{p}", "white", 0.05 + 0.02 * z, 0.02, 100, 100) for p, z in ordered.items()
    ]
    judged = gate.judged(list(gate_contrasts.compare("rate", contrasts, tolerance)), tolerance)
    found = {one.a.group: round(one.p, 6) for one in judged}
    assert found == {"g0.01": 0.03, "g0.02": 0.04, "g0.04": 0.04}
    assert {one.verdict for one in judged} == {"fail"}


@settings(max_examples=40, deadline=None)
@given(
    value=st.floats(-0.3, 0.3), error=st.floats(0.005, 0.2), growth=st.floats(1.1, 50),
)  # fmt: skip
def test_contrasts_narrow_as_data_grow(value, error, growth):
    one = Contrast("a", "b", value, error, 100, 100)
    wide, narrow = one.interval(0.9), one.interval(0.9, growth)
    assert wide.low < narrow.low < value < narrow.high < wide.high

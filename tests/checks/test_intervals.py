"""Published intervals, to the digits they were printed with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.checks.engine import intervals

NEWCOMBE_1998 = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1.0)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ((10, 10, 0, 10), (0.6075, 1.0)),
]
WILSON = [
    ((81, 263), (0.2553, 0.3662)),
    ((15, 148), (0.0624, 0.1605)),
    ((0, 20), (0.0, 0.1611)),
    ((1, 29), (0.0061, 0.1718)),
]


@pytest.mark.parametrize(("counts", "printed"), NEWCOMBE_1998)
def test_newcombe_reproduces_his_table(counts, printed):
    found = intervals.newcombe(*counts, 0.95)
    assert (round(found.low, 4), round(found.high, 4)) == printed


@pytest.mark.parametrize(("counts", "printed"), WILSON)
def test_wilson_reproduces_newcombes_table(counts, printed):
    found = intervals.wilson(*counts, 0.95)
    assert (round(found.low, 4), round(found.high, 4)) == printed


def test_the_boston_mortgage_ratio():
    at_90 = intervals.ratio(218, 308, 1527, 1681, 0.90)
    at_95 = intervals.ratio(218, 308, 1527, 1681, 0.95)
    assert (round(at_90.low, 3), round(at_90.high, 3)) == (0.733, 0.829)
    assert (round(at_95.low, 3), round(at_95.high, 3)) == (0.724, 0.838)


def test_the_hmda_ratio():
    at_90 = intervals.ratio(243, 339, 1852, 2041, 0.90)
    at_95 = intervals.ratio(243, 339, 1852, 2041, 0.95)
    assert (round(at_90.low, 3), round(at_90.high, 3)) == (0.746, 0.837)
    assert (round(at_95.low, 4), round(at_95.high, 4)) == (0.7378, 0.8458)


def test_koopman_reproduces_his_example():
    found = intervals.koopman(36, 40, 16, 80, 0.95)
    assert (round(found.low, 2), round(found.high, 2)) == (2.94, 7.15)


def test_a_ratio_of_a_group_without_a_case_starts_at_zero():
    found = intervals.ratio(0, 50, 20, 100, 0.95)
    assert found.low == 0.0
    assert 0 < found.high < 1


@given(
    n=st.integers(5, 400), m=st.integers(5, 400),
    a=st.floats(0.05, 0.95), b=st.floats(0.05, 0.95), factor=st.integers(2, 9),
)  # fmt: skip
def test_intervals_narrow_as_data_grow(n, m, a, b, factor):
    for kind in (intervals.newcombe, intervals.ratio):
        small = kind(a * n, n, b * m, m, 0.9)
        large = kind(a * n * factor, n * factor, b * m * factor, m * factor, 0.9)
        assert large.high - large.low < small.high - small.low


@given(n=st.integers(1, 200), m=st.integers(1, 200), data=st.data())
def test_swapping_groups_mirrors_the_interval(n, m, data):
    a, b = data.draw(st.integers(1, n)), data.draw(st.integers(1, m))
    there, back = intervals.ratio(a, n, b, m, 0.9), intervals.ratio(b, m, a, n, 0.9)
    assert there.low == pytest.approx(1 / back.high, rel=1e-6)
    forth, over = intervals.newcombe(a, n, b, m, 0.9), intervals.newcombe(b, m, a, n, 0.9)
    assert forth.low == pytest.approx(-over.high, abs=1e-12)

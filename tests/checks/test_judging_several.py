"""One figure of many subjects: corrections, intervals of every kind of figure, what is told."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from governance.checks.engine import estimates
from governance.checks.engine.intervals import newcombe, wilson
from governance.checks.judge import judge
from governance.policy import threshold_in_words

shares = st.lists(st.floats(0, 1), min_size=1, max_size=12)
CHECK = "robustness.stability"
LIMIT = {"every": "decisions_changed", "at_most": 0.10}


def evidence(*rows, **more):
    told = {"spoken": "share of decisions changed", "join": "under", "rows": list(rows), **more}
    return {"facts": {"several": {"decisions_changed": told}}}


def share(subject, count, n):
    return {"subject": subject, "value": count / n, "count": count, "n": n}


@given(shares)
def test_benjamini_hochberg_is_scipys(p):
    expected = stats.false_discovery_control(p, method="bh")
    assert estimates.benjamini_hochberg(p) == pytest.approx(list(expected), abs=1e-12)


@given(shares)
def test_holm_lies_between_no_correction_and_bonferronis(p):
    for raw, adjusted in zip(p, estimates.holm(p), strict=True):
        assert raw - 1e-12 <= adjusted <= min(1.0, raw * len(p)) + 1e-12


def test_holm_gives_the_worked_figures():
    assert estimates.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_each_kind_of_figure_has_its_interval():
    of_count = estimates.interval(share("x", 81, 263), 0.95)
    assert (round(of_count.low, 4), round(of_count.high, 4)) == (0.2553, 0.3662)
    assert of_count == wilson(81, 263, 0.95)
    pair = {"value": 0.2, "n": 70, "a": [56, 70], "b": [48, 80]}
    assert estimates.interval(pair, 0.95) == newcombe(56, 70, 48, 80, 0.95)
    exact = estimates.interval({"value": 0.3, "n": 5}, 0.95)
    assert exact.low == exact.high == 0.3
    cut = estimates.interval({"value": 0.99, "n": 5, "se": 0.1, "most": 1.0}, 0.95)
    assert cut.high == 1.0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(61, 400), st.floats(0.02, 0.6))
def test_the_p_value_and_the_interval_never_disagree(count, n, limit):
    figure = share("x", count, n)
    p = estimates.beyond(figure, limit, above=True)
    assert (p <= 0.025 - 1e-9) <= (estimates.interval(figure, 0.95).low >= limit - 1e-9)
    if estimates.interval(figure, 0.95).low > limit + 1e-9:
        assert p <= 0.025 + 1e-9


@settings(max_examples=60, deadline=None)
@given(st.floats(-0.05, 2), st.floats(1e-4, 0.2), st.floats(0, 0.2))
def test_intervals_of_distances_hold_the_figure_and_grow_with_confidence(value, se, slope):
    figure = {"value": value, "n": 100, "se": se, "slope": slope}
    narrow, wide = (estimates.interval(figure, level) for level in (0.90, 0.95))
    assert wide.low - 1e-12 <= narrow.low <= value <= max(narrow.high, value)
    assert 0 <= narrow.high <= wide.high + 1e-12


@pytest.mark.parametrize(
    ("rows", "verdict", "said"),
    [
        ([share("noise", 10, 1000)], "pass", "is 0.010, 90% interval 0.006 to 0.017: at most 0.1."),
        ([share("noise", 300, 1000)], "fail", "above 0.1 beyond doubt"),
        ([share("noise", 95, 1000)], "inconclusive", "too close to 0.1 to call with 1,000 rows"),
        ([share("a", 300, 1000), share("b", 310, 1000)], "fail", "The same holds for 1 more."),
        ([], "inconclusive", "nothing could be measured"),
    ],
)
def test_the_verdict_and_its_sentence(rows, verdict, said):
    found = judge(CHECK, evidence(*rows), LIMIT)
    assert found.verdict == verdict
    assert said in found.sentence
    json.dumps(found.to_json())


def test_many_looks_are_corrected_for():
    """One of forty at p = 0.01 is what chance brings: alone it fails, among forty it does not."""
    odd = share("odd", 128, 1000)
    rest = [share(f"s{place}", 20, 1000) for place in range(39)]
    assert judge(CHECK, evidence(odd), LIMIT).verdict == "fail"
    assert judge(CHECK, evidence(odd, *rest), LIMIT).verdict == "inconclusive"


def test_chance_seldom_fails_any_of_many():
    rng, failed = np.random.default_rng(0), 0
    for _ in range(150):
        rows = [
            share(f"s{k}", int(count), 500) for k, count in enumerate(rng.binomial(500, 0.1, 20))
        ]
        failed += judge(CHECK, evidence(*rows), LIMIT).verdict == "fail"
    assert failed / 150 <= 0.06


def test_what_was_not_assessed_blocks_unless_the_policy_notes_it():
    rows = [share("noise", 10, 1000), {"subject": "gap", "value": None, "n": 9, "why": "few rows"}]
    assert judge(CHECK, evidence(*rows), LIMIT).verdict == "inconclusive"
    found = judge(CHECK, evidence(*rows), {**LIMIT, "not_assessed": "note"})
    assert found.verdict == "pass"
    assert "Not assessed: gap (few rows)." in found.sentence


def test_thresholds_are_told_in_words():
    assert threshold_in_words(LIMIT) == "every decisions changed at most 0.1"
    assert threshold_in_words({"require": "all", "except": ["young"]}) == (
        "every statement must hold, except young"
    )
    assert threshold_in_words({"require": ["owner", "human_oversight"]}) == (
        "owner, human oversight must hold"
    )


def test_judging_needs_nothing_heavy():
    program = (
        "import sys; from governance.checks.judge import judge; "
        "judge('data.drift', {'facts': {}}, {'every': 'psi', 'at_most': 0.1}); "
        "judge('security.formats', {'facts': {}}, {'require': 'all'}); "
        "print([m for m in ('numpy', 'scipy', 'polars', 'altair') if m in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"

"""Every figure shared with fairlearn agrees to 1e-12 on 200 random data sets, half weighted.

Where fairlearn gives 0, 1 or NaN for want of a denominator we say "not computable": the table is
``DEGENERATE``, and docs/checks/fairness.md shows it.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from fairlearn import metrics
from sklearn.metrics import accuracy_score, precision_score

from governance.checks.engine import parity
from governance.checks.engine.group_rates import share
from governance.counting.cells import gathered, tally, top_of

CLOSE = 1e-12
RATES = {
    "selection_rate": metrics.selection_rate,
    "true_positive_rate": metrics.true_positive_rate,
    "false_positive_rate": metrics.false_positive_rate,
    "true_negative_rate": metrics.true_negative_rate,
    "false_negative_rate": metrics.false_negative_rate,
    "positive_predictive_value": lambda y, p, sample_weight=None: precision_score(
        y, p, sample_weight=sample_weight, zero_division=0
    ),
    "negative_predictive_value": lambda y, p, sample_weight=None: precision_score(
        1 - y, 1 - p, sample_weight=sample_weight, zero_division=0
    ),
    "accuracy": accuracy_score,
}
DEGENERATE = {  # what fairlearn answers where we say "not computable"
    "selection_rate": None,  # always has a denominator in a group that has rows
    "accuracy": None,
    "true_positive_rate": 0.0,  # no favourable outcome recorded in the group
    "false_negative_rate": 0.0,
    "false_positive_rate": 0.0,  # no unfavourable outcome recorded in the group
    "true_negative_rate": 0.0,
    "positive_predictive_value": 0.0,  # nobody selected in the group
    "negative_predictive_value": 0.0,  # everybody selected in the group
}
ODDS = ("true_positive_rate", "false_positive_rate")
SUMMARIES = {"difference": parity.difference, "ratio": parity.ratio}


def drawn(seed: int, weighted: bool):
    """A data set of 2 to 6 groups; every fourth is so small that denominators run out."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 20)) if seed % 4 == 0 else int(rng.integers(40, 600))
    group = rng.choice([f"g{k}" for k in range(rng.integers(2, 7))], n)
    label = (rng.random(n) < rng.uniform(0.1, 0.9)).astype(int)
    prediction = (rng.random(n) < rng.uniform(0.1, 0.9)).astype(int)
    weight = rng.uniform(0.1, 5.0, n) if weighted else None
    return group, label, prediction, weight


def cells_of(group, label, prediction, weight):
    frame = pl.DataFrame({"group": group, "label": label, "prediction": prediction})
    if weight is None:
        return gathered(tally(frame, ["group"]), lambda key: str(key[0]))
    frame = frame.with_columns(weight=pl.Series(weight))
    counted = tally(frame, ["group"], "weight", top_of(float(weight.max())))
    return gathered(counted, lambda key: str(key[0]))


def agrees(mine, theirs, empty) -> bool:
    """Equal, or not computable where fairlearn has the stand-in of the table (or a NaN)."""
    if mine is None:
        return math.isnan(theirs) or empty is None or theirs == empty
    return abs(mine - theirs) <= CLOSE


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_rates_and_summaries_are_fairlearns(start):
    for seed in range(start, start + 20):
        group, label, prediction, weight = drawn(seed, weighted=seed % 2 == 1)
        cells = cells_of(group, label, prediction, weight)
        more = None if weight is None else {name: {"sample_weight": weight} for name in RATES}
        frame = metrics.MetricFrame(
            metrics=RATES, y_true=label, y_pred=prediction, sensitive_features=group,
            sample_params=more,
        )  # fmt: skip
        every_rate(cells, frame, seed)
        if len(cells) > 1:
            every_summary(cells, frame, seed)


def every_rate(cells, frame, seed):
    for name in RATES:
        for cell in cells:
            mine, theirs = share(cell, name), float(frame.by_group[name][cell.group])
            assert agrees(mine, theirs, DEGENERATE[name]), (seed, name, cell.group)
            if mine is None:
                assert DEGENERATE[name] is not None


def every_summary(cells, frame, seed):
    """Of one rate, and of two at once as equalized odds: what fairlearn's named functions do."""
    for method in (parity.BETWEEN, parity.OVERALL):
        for kind, summary in SUMMARIES.items():
            theirs = getattr(frame, kind)(method=method)
            for name in RATES:
                mine = parity.of_rate(cells, name, summary, method)
                same(mine, float(theirs[name]), cells, (name,), kind, (seed, name, method))
            both = [float(theirs[name]) for name in ODDS]
            worst = min(both) if kind == "ratio" else max(both)
            for agg, value in (("worst_case", worst), ("mean", sum(both) / 2)):
                mine = parity.equalized_odds(cells, summary, method, agg)
                same(mine, value, cells, ODDS, kind, (seed, agg, method))


def same(mine, theirs, cells, rates, kind, what):
    """Equal to 1e-12, or not computable for the reason we give."""
    if mine is None:
        assert not computable(cells, rates, kind), what
    else:
        assert abs(mine - theirs) <= CLOSE, what


@pytest.mark.parametrize("seed", [1, 2, 3, 6, 7, 10])
def test_the_named_summaries_are_fairlearns(seed):
    group, label, prediction, weight = drawn(seed, weighted=seed % 2 == 1)
    cells = cells_of(group, label, prediction, weight)
    ours = parity.summaries(cells, ("selection_rate", *ODDS))
    assert len(ours) == 6
    for name, mine in ours.items():
        theirs = getattr(metrics, name)(
            label, prediction, sensitive_features=group, sample_weight=weight
        )
        assert mine == pytest.approx(theirs, abs=CLOSE), name


def computable(cells, rates, kind) -> bool:
    """Whether every group has a denominator, and some group has a case to divide by."""
    for rate in rates:
        values = [share(cell, rate) for cell in cells]
        if any(value is None for value in values) or (kind == "ratio" and max(values) == 0):
            return False
    return True


def test_one_group_has_nothing_to_be_compared_with():
    cells = cells_of(np.array(["a"] * 8), np.array([0, 1] * 4), np.array([0, 1] * 4), None)
    assert parity.of_rate(cells, "selection_rate", parity.difference) is None
    assert parity.of_rate(cells, "selection_rate", parity.ratio) is None


def test_nobody_selected_has_no_ratio():
    group, label = np.array(["a", "b"] * 4), np.array([0, 1] * 4)
    cells = cells_of(group, label, np.zeros(8, dtype=int), None)
    assert parity.of_rate(cells, "selection_rate", parity.ratio) is None
    assert parity.of_rate(cells, "selection_rate", parity.difference) == 0.0

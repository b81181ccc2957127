"""Figures that are means over rows, or smooth functions of means, each with its parts per row.

Regression errors, log-loss and Brier. The parts give standard errors for weighted and unweighted
rows alike and paired differences between two models (see ``figures.Linear``).

Sources: Brier, Monthly Weather Review 78 (1950) 1-3; Good, JRSS B 14 (1952) 107-114 (log-loss);
Deville, Survey Methodology 25 (1999) 193-203 (linearisation).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import intervals
from governance.checks.engine.bootstrap import effective_rows
from governance.checks.engine.figures import Figure, Linear, missing
from governance.checks.engine.intervals import Interval

Floats = NDArray[np.float64]
Weight = Floats | None
SMALLEST = float(np.finfo(np.float64).eps)  # probabilities are kept this far from 0 and 1


def mean(values: Floats, weight: Weight = None) -> Linear:
    """The mean, weighted when ``weight`` is given."""
    n = len(values)
    share = np.full(n, 1.0 / n) if weight is None else weight / weight.sum()
    value = float((share * values).sum()) if weight is not None else float(values.mean())
    return Linear(value, share * (values - value) * _small_sample(n), n)


def _small_sample(n: int) -> float:
    return float(np.sqrt(n / (n - 1))) if n > 1 else 1.0


def log_losses(probability: Floats, label: NDArray[np.integer]) -> Floats:
    """Minus the logarithm of the probability given to what happened; (n,) or (n, K) scores."""
    given = _given(np.clip(probability, SMALLEST, 1 - SMALLEST), label)
    return np.asarray(-np.log(given))


def brier_losses(probability: Floats, label: NDArray[np.integer]) -> Floats:
    """Squared distance to what happened; over all classes when there are several."""
    if probability.ndim == 1:
        return np.asarray(np.square(probability - label))
    happened = np.zeros_like(probability)
    happened[np.arange(len(label)), label] = 1.0
    return np.asarray(np.square(probability - happened).sum(1))


def _given(probability: Floats, label: NDArray[np.integer]) -> Floats:
    if probability.ndim == 1:
        return np.where(label == 1, probability, 1 - probability)
    return np.asarray(probability[np.arange(len(label)), label])


def mae(label: Floats, prediction: Floats, weight: Weight = None) -> Linear:
    return mean(np.abs(label - prediction), weight)


def bias(label: Floats, prediction: Floats, weight: Weight = None) -> Linear:
    """Mean of predicted minus recorded: above 0, the model says too much."""
    return mean(prediction - label, weight)


def rmse(label: Floats, prediction: Floats, weight: Weight = None) -> Linear:
    squared = mean(np.square(label - prediction), weight)
    value = float(np.sqrt(squared.value))
    return Linear(value, squared.parts / (2 * value) if value else squared.parts, squared.n)


def r2(label: Floats, prediction: Floats, weight: Weight = None) -> Linear | None:
    """1 - residual over total sum of squares; None when the outcome is constant."""
    if len(label) < 2 or label.min() == label.max():
        return None
    share = np.full(len(label), 1.0 / len(label)) if weight is None else weight / weight.sum()
    centre = float((share * label).sum())
    residual, total = np.square(label - prediction), np.square(label - centre)
    left, whole = float((share * residual).sum()), float((share * total).sum())
    if whole == 0.0:
        return None
    ratio = left / whole
    parts = -share * (residual - ratio * total) / whole * _small_sample(len(label))
    return Linear(1.0 - ratio, parts, len(label))


REGRESSION: Mapping[str, Callable[[Floats, Floats, Weight], Linear | None]] = {
    "mae": mae,
    "rmse": rmse,
    "r2": r2,
    "bias": bias,
}


def median_error(label: Floats, prediction: Floats, weight: Weight = None) -> Figure:
    """The median absolute error, with the interval of order statistics (no distribution assumed).

    Source: Woodruff, JASA 47 (1952) 635-646; weights enter by the effective number of rows.
    """
    errors = np.abs(label - prediction)
    if len(errors) < 6:
        return missing("median_ae", "fewer than six rows", len(errors))
    order = np.argsort(errors, kind="stable")
    ordered = errors[order]
    rows = float(len(errors))
    share = np.arange(1, len(errors) + 1) / rows
    value = float(np.median(errors))
    if weight is not None:
        value = weighted_median(errors, weight)
        share, rows = np.cumsum(weight[order]) / weight.sum(), effective_rows(weight)

    def at(confidence: float) -> Interval:
        half = intervals.z_of(confidence) * 0.5 / np.sqrt(rows)
        low, high = np.searchsorted(share, [0.5 - half, 0.5 + half])
        return Interval(
            min(value, float(ordered[max(0, low - 1)])),
            max(value, float(ordered[min(len(ordered) - 1, high)])),
        )

    return Figure("median_ae", value, len(errors), at(0.90), at(0.95))


def weighted_median(values: Floats, weight: Floats) -> float:
    """The middle of the weight; the mean of two values where it falls between them."""
    held = weight > 0
    order = np.argsort(values[held], kind="stable")
    ordered, reach = values[held][order], np.cumsum(weight[held][order])
    half = reach[-1] / 2
    place = int(np.searchsorted(reach, half, side="left"))
    if np.isclose(reach[place], half, rtol=1e-12, atol=0.0) and place + 1 < len(ordered):
        return float((ordered[place] + ordered[place + 1]) / 2)
    return float(ordered[place])

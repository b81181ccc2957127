"""ROC AUC as the exact rank statistic, with DeLong's variance.

Sources: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845; the fast form by Sun and
Xu, IEEE Signal Processing Letters 21 (2014) 1389-1393; the logit scale: Pepe, The Statistical
Evaluation of Medical Tests (2003), 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import intervals
from governance.checks.engine.figures import Linear
from governance.checks.engine.intervals import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Auc:
    """``value`` None when not computable (``note`` says why)."""

    value: float | None
    error: float
    positives: int
    negatives: int
    note: str = ""

    def interval(self, confidence: float) -> Interval | None:
        """DeLong's error on the logit scale, which stays within [0, 1] and covers at small n too.

        Where the variance is nothing (perfect separation) DeLong's would have no width, so Wilson's
        interval on the size of the smaller class stands in for it.
        """
        if self.value is None:
            return None
        if self.error == 0.0 or not 0.0 < self.value < 1.0:
            fewer = min(self.positives, self.negatives)
            return intervals.wilson(self.value * fewer, fewer, confidence)
        odds = np.log(self.value / (1 - self.value))
        half = intervals.z_of(confidence) * self.error / (self.value * (1 - self.value))
        low, high = 1 / (1 + np.exp(-odds + half)), 1 / (1 + np.exp(-odds - half))
        return Interval(float(low), float(high))


def auc(label: NDArray[np.int8], score: Floats, weight: Floats | None = None) -> Auc:
    """The AUC of ``score`` for ``label`` (0/1), ties counted half."""
    m, n = int((label == 1).sum()), int((label != 1).sum())
    why = why_not(label, score, weight)
    if why:
        return Auc(None, 0.0, m, n, f"Not computable: {why}.")
    found = linear(label, score, weight)
    return Auc(found.value, found.error, m, n)


def why_not(label: NDArray[np.int8], score: Floats, weight: Floats | None = None) -> str:
    """Why ranking figures are not computable; empty when they are."""
    if weight is not None:
        label, score = label[weight > 0], score[weight > 0]
    m = int((label == 1).sum())
    n = len(label) - m
    if m < 2 or n < 2:
        have = "only one outcome" if m == 0 or n == 0 else "fewer than two cases of one outcome"
        return f"the rows hold {have}"
    if score.min() == score.max():
        return "the model gives every row the same score"
    return ""


def linear(label: NDArray[np.int8], score: Floats, weight: Floats | None = None) -> Linear:
    """The AUC with DeLong's structural components as its parts, row by row.

    Their squares add up to DeLong's variance, and the differences of two models' parts on the same
    rows to his variance of the difference. Needs two rows of each class.
    """
    given = np.ones(len(score)) if weight is None else weight
    positive = label == 1
    _, place = np.unique(score, return_inverse=True)
    size = int(place.max()) + 1
    high = np.bincount(place, weights=given * positive, minlength=size)
    low = np.bincount(place, weights=given * ~positive, minlength=size)
    below = np.cumsum(low) - low / 2  # weight of unfavourable rows below, ties half
    above = high.sum() - np.cumsum(high) + high / 2
    total = high.sum() * low.sum()
    value = float((high * below).sum() / total)
    share = np.where(positive, below[place] / low.sum(), above[place] / high.sum()) - value
    m, n = int((positive & (given > 0)).sum()), int((~positive & (given > 0)).sum())
    grown = np.where(positive, np.sqrt(m / max(1, m - 1)), np.sqrt(n / max(1, n - 1)))
    class_weight = np.where(positive, high.sum(), low.sum())
    return Linear(value, share * given / class_weight * grown, len(score))


def of_bins(cells: NDArray[np.int64]) -> Auc:
    """The AUC of rows counted by outcome and bin of score, shape (2, bins), ties inside a bin half.

    DeLong's components are the same for all rows of one outcome in a bin, so his variance is a sum
    over bins.
    """
    low, high = cells.astype(np.float64)
    n, m = low.sum(), high.sum()
    if m < 2 or n < 2:
        have = "only one outcome" if m == 0 or n == 0 else "fewer than two cases of one outcome"
        return Auc(None, 0.0, int(m), int(n), f"Not computable: the rows hold {have}.")
    if ((low + high) > 0).sum() == 1:
        same = "Not computable: every score lies in the same bin."
        return Auc(None, 0.0, int(m), int(n), same)
    below, above = np.cumsum(low) - low / 2, m - np.cumsum(high) + high / 2
    value = float((high * below).sum() / (m * n))
    spread = (high * (below / n - value) ** 2).sum() / (m * (m - 1))
    spread += (low * (above / m - value) ** 2).sum() / (n * (n - 1))
    return Auc(value, float(np.sqrt(spread)), int(m), int(n))


def average_precision(
    label: NDArray[np.int8], score: Floats, weight: Floats | None = None
) -> float:
    """PR AUC as average precision: precision at every threshold, weighted by the recall gained.

    The trapezium under the curve is too kind (Davis and Goadrich, ICML 2006).
    """
    hits, misses = _from_the_top(label, score, weight)
    gained = np.diff(hits, prepend=0.0)
    taken = hits + misses
    precision = np.where(taken > 0, hits / np.where(taken > 0, taken, 1.0), 0.0)
    return float((gained * precision).sum() / hits[-1])


def ks(label: NDArray[np.int8], score: Floats, weight: Floats | None = None) -> float:
    """The largest distance between the distributions of score of the two outcomes."""
    hits, misses = _from_the_top(label, score, weight)
    return float(np.abs(hits / hits[-1] - misses / misses[-1]).max())


def _from_the_top(
    label: NDArray[np.int8], score: Floats, weight: Floats | None
) -> tuple[Floats, Floats]:
    """Weight of favourable and unfavourable rows at or above each distinct score, from the top."""
    given = np.ones(len(score)) if weight is None else weight
    _, place = np.unique(-score, return_inverse=True)
    high = np.bincount(place, weights=given * (label == 1))
    low = np.bincount(place, weights=given * (label != 1))
    return np.cumsum(high), np.cumsum(low)


def midranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], dtype=np.float64)


def curve(
    label: NDArray[np.int8], score: Floats, points: int = 120, weight: Floats | None = None
) -> list[tuple[float, float]]:
    """(false-positive rate, true-positive rate) along the ROC curve, thinned to ``points``."""
    hits, misses = _from_the_top(label, score, weight)
    x, y = np.append(0.0, misses / misses[-1]), np.append(0.0, hits / hits[-1])
    if len(x) > points:
        keep = np.unique(np.linspace(0, len(x) - 1, points).round().astype(int))
        x, y = x[keep], y[keep]
    return [(round(float(a), 5), round(float(b), 5)) for a, b in zip(x, y, strict=True)]

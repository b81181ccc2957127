"""ROC AUC as the exact rank statistic, with DeLong's variance.

Sources: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845; the fast form by Sun and
Xu, IEEE Signal Processing Letters 21 (2014) 1389-1393.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import intervals
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
        """DeLong's interval, cut to [0, 1].

        Where the variance is nothing (perfect separation) DeLong's would have no width, so Wilson's
        interval on the size of the smaller class stands in for it.
        """
        if self.value is None:
            return None
        if self.error == 0.0:
            fewer = min(self.positives, self.negatives)
            return intervals.wilson(self.value * fewer, fewer, confidence)
        half = intervals.z_of(confidence) * self.error
        return Interval(max(0.0, self.value - half), min(1.0, self.value + half))


def auc(label: NDArray[np.int8], score: Floats) -> Auc:
    """The AUC of ``score`` for ``label`` (0/1), ties counted half."""
    positive, negative = score[label == 1], score[label == 0]
    m, n = len(positive), len(negative)
    if m < 2 or n < 2:
        have = "only one outcome" if m == 0 or n == 0 else "fewer than two cases of one outcome"
        return Auc(None, 0.0, m, n, f"Not computable: the rows hold {have}.")
    if score.min() == score.max():
        return Auc(None, 0.0, m, n, "Not computable: the model gives every row the same score.")
    together = midranks(np.concatenate([positive, negative]))
    above = (together[:m] - midranks(positive)) / n
    below = 1.0 - (together[m:] - midranks(negative)) / m
    value = float(above.mean())
    variance = float(above.var(ddof=1)) / m + float(below.var(ddof=1)) / n
    return Auc(value, float(np.sqrt(max(0.0, variance))), m, n)


def midranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], dtype=np.float64)


def curve(label: NDArray[np.int8], score: Floats, points: int = 120) -> list[tuple[float, float]]:
    """(false-positive rate, true-positive rate) along the ROC curve, thinned to ``points``."""
    order = np.argsort(-score, kind="stable")
    ranked, ordered = label[order], score[order]
    last = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    hits = np.cumsum(ranked)[last] / max(1, int(ranked.sum()))
    misses = np.cumsum(1 - ranked)[last] / max(1, int((1 - ranked).sum()))
    x, y = np.concatenate([[0.0], misses]), np.concatenate([[0.0], hits])
    if len(x) > points:
        keep = np.unique(np.linspace(0, len(x) - 1, points).round().astype(int))
        x, y = x[keep], y[keep]
    return [(round(float(a), 5), round(float(b), 5)) for a, b in zip(x, y, strict=True)]

"""Figures of groups that are no plain proportions: an AUC, a mean residual, a calibration gap.

Each has a standard error on a scale of its own; two groups are compared by adding the squared
distances to their own limits, as Newcombe does for proportions (MOVER). Plain Python.

Sources: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702 (MOVER); Pepe, The Statistical
Evaluation of Medical Tests (2003), 5.2 (logit scale of an AUC).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from governance.checks.engine import intervals
from governance.checks.engine.intervals import Interval

SCALES = ("linear", "log", "logit", "share")


@dataclass(frozen=True)
class GroupEstimate:
    """``value`` of a group with its standard ``error``, from ``n`` rows.

    ``scale`` is where the error is normal: ``linear``, ``log`` (positive figures), ``logit``
    (figures between 0 and 1), or ``share``: Wilson's interval of ``value`` among ``n`` rows, for
    figures at the end of their range, where an error would be nothing.
    """

    group: str
    value: float
    error: float
    n: float
    scale: str = "linear"
    assessed: bool = True
    why: str = ""
    rows: int | None = None

    @property
    def rate(self) -> float:
        return self.value

    @property
    def count(self) -> float:
        """Nothing to divide by exactly when this is 0, as with a proportion."""
        return self.value

    @property
    def shown(self) -> int:
        return int(self.n) if self.rows is None else self.rows

    def grown(self, factor: float) -> GroupEstimate:
        """The same figure from ``factor`` times the rows."""
        return replace(self, error=self.error / math.sqrt(factor), n=self.n * factor)

    def interval(self, confidence: float) -> Interval:
        if self.scale == "share":
            return intervals.wilson(self.value * self.n, self.n, confidence)
        half = intervals.z_of(confidence) * self.error
        if self.scale == "log":
            wide = math.exp(half / self.value)
            return Interval(self.value / wide, self.value * wide)
        if self.scale == "logit":
            odds = math.log(self.value / (1 - self.value))
            half /= self.value * (1 - self.value)
            return Interval(1 / (1 + math.exp(half - odds)), 1 / (1 + math.exp(-half - odds)))
        return Interval(self.value - half, self.value + half)


def difference(a: GroupEstimate, b: GroupEstimate, confidence: float) -> Interval:
    """The interval of a minus b, from the intervals of both."""
    mine, theirs = a.interval(confidence), b.interval(confidence)
    value = a.value - b.value
    return Interval(
        value - math.hypot(a.value - mine.low, theirs.high - b.value),
        value + math.hypot(mine.high - a.value, b.value - theirs.low),
    )


def ratio(a: GroupEstimate, b: GroupEstimate, confidence: float) -> Interval:
    """The interval of a over b for positive figures, from the errors of their logarithms."""
    half = intervals.z_of(confidence) * math.hypot(a.error / a.value, b.error / b.value)
    value = a.value / b.value
    return Interval(value * math.exp(-half), value * math.exp(half))

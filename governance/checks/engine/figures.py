"""One number with the two intervals of the gate rule, and the ways to come by them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import JSON, Measurement
from governance.checks.engine import intervals, record
from governance.checks.engine.intervals import Interval

Floats = NDArray[np.float64]
WHOLE = Interval(-math.inf, math.inf)
UNIT = Interval(0.0, 1.0)
SIGNED = Interval(-1.0, 1.0)
POSITIVE = Interval(0.0, math.inf)


@dataclass(frozen=True)
class Figure:
    """``value`` None when not computable; ``note`` then says why. No interval: no sampling error
    was measured, and the judge simply compares the value."""

    name: str
    value: float | None
    n: int = 0
    at_90: Interval | None = None
    at_95: Interval | None = None
    note: str = ""
    group: str = ""

    @property
    def known(self) -> float:
        """The value of a figure that is computable."""
        if self.value is None:
            raise ValueError(f"{self.name} is not computable: ask first")
        return self.value

    @property
    def sure(self) -> Interval:
        """The 90% interval, as sentences tell it; of no width where none was measured."""
        return self.at_90 or Interval(self.known, self.known)

    def interval(self, confidence: float) -> Interval | None:
        return self.at_95 if confidence == 0.95 else self.at_90

    def measurement(self, confidence: float, group: str = "") -> Measurement:
        where, between = group or self.group, self.interval(confidence)
        if self.value is None or between is None:
            return Measurement(self.name, self.value, n=self.n, group=where, note=self.note)
        return Measurement(
            self.name, self.value, between.low, between.high, confidence, self.n, where, self.note
        )

    def named(self, name: str) -> Figure:
        return replace(self, name=name)

    def scaled(self, name: str, factor: float, shift: float) -> Figure:
        """``factor`` (above 0) times the figure plus ``shift``: Gini from AUC."""

        def moved(one: Interval | None) -> Interval | None:
            if one is None:
                return None
            return Interval(factor * one.low + shift, factor * one.high + shift)

        value = None if self.value is None else factor * self.value + shift
        return replace(
            self, name=name, value=value, at_90=moved(self.at_90), at_95=moved(self.at_95)
        )


@dataclass(frozen=True)
class Linear:
    """A figure as a sum over rows to first order: its variance is the sum of squared ``parts``.

    The parts (the infinitesimal jackknife, to which the bootstrap of the same rows converges) are
    what makes paired comparisons simple: those of two models on the same rows are subtracted.
    """

    value: float
    parts: Floats
    n: int

    @property
    def error(self) -> float:
        return float(np.sqrt(np.square(self.parts).sum()))

    def minus(self, other: Linear) -> Linear:
        """The difference on the same rows, in the same order."""
        return Linear(self.value - other.value, self.parts - other.parts, self.n)

    def figure(self, name: str, within: Interval = WHOLE) -> Figure:
        """The normal interval; Wilson's for a share that every row agrees on."""
        if self.n < 2:
            return missing(name, "fewer than two rows", self.n)
        if within == UNIT and self.error < 1e-12:
            return proportion(name, self.value * self.n, self.n)
        return normal(name, self.value, self.error, self.n, within)


def missing(name: str, why: str, n: int = 0) -> Figure:
    """A figure that cannot be computed: ``why`` completes "Not computable: "."""
    return Figure(name, None, n, note=f"Not computable: {why}.")


def normal(
    name: str, value: float, error: float, n: int, within: Interval = WHOLE, note: str = ""
) -> Figure:
    """The normal interval, cut to ``within``."""

    def at(confidence: float) -> Interval:
        half = intervals.z_of(confidence) * error
        return Interval(max(within.low, value - half), min(within.high, value + half))

    return Figure(name, value, n, at(0.90), at(0.95), note)


def proportion(name: str, count: float, n: float, rows: int | None = None) -> Figure:
    """``count`` of ``n`` with Wilson's interval; ``n`` may be an effective number of rows."""
    if n <= 0:
        return missing(name, "no rows to divide by")
    at_90, at_95 = intervals.wilson(count, n, 0.90), intervals.wilson(count, n, 0.95)
    return Figure(name, count / n, int(n) if rows is None else rows, at_90, at_95)


def bootstrapped(
    name: str, value: float, draws: Floats, n: int, within: Interval = UNIT, fewest: float = 0.0
) -> Figure:
    """The percentile interval of ``draws``, those that are not computable left out.

    Where every draw is the same (a perfect score) it would have no width: Wilson's interval on
    ``fewest`` rows, the smallest denominator, stands in for it.
    """
    sound = draws[np.isfinite(draws)]
    if len(sound) < 0.5 * len(draws):
        return Figure(name, value, n, note="Too few rows for an interval.")
    if np.ptp(sound) < 1e-12 and fewest > 0 and within == UNIT:
        shares = proportion(name, value * fewest, fewest)
        return Figure(name, value, n, shares.at_90, shares.at_95)

    def at(confidence: float) -> Interval:
        tail = (1 - confidence) / 2
        low, high = np.quantile(sound, [tail, 1 - tail])
        return Interval(
            max(within.low, min(float(low), value)), min(within.high, max(float(high), value))
        )

    return Figure(name, value, n, at(0.90), at(0.95))


def judged(found: Sequence[Figure]) -> Mapping[str, JSON]:
    """``facts["intervals"]``: what a bound is judged by."""
    return {
        one.name: record.both(one.value, one.n, one.at_90, one.at_95)
        for one in found
        if one.value is not None and one.at_90 is not None and one.at_95 is not None
    }

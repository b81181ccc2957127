"""The gate rule for comparisons that come with an error of their own.

A contrast between two groups may be estimated from all rows together (a coefficient, a
Mantel-Haenszel estimate, the change of a gap against the champion): no two rates stand behind it,
only a value and its standard error. Pass, fail and inconclusive follow ``gate`` exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.checks.engine import intervals
from governance.checks.engine.gate import (
    FAIL_AT,
    PASS_AT,
    Comparison,
    Needed,
    Tolerance,
    more_rows,
)
from governance.checks.engine.group_estimates import GroupEstimate
from governance.checks.engine.intervals import Interval


@dataclass(frozen=True)
class Contrast:
    """``value`` of ``a`` against ``b`` with its standard ``error`` on ``scale``.

    ``scale`` is ``linear``, ``log`` (the error is that of the logarithm) or ``logit``. ``value``
    None is not computable, and ``note`` says why. ``b`` is empty where one group stands alone.
    """

    a: str
    b: str
    value: float | None
    error: float
    n_a: int
    n_b: int
    scale: str = "linear"
    note: str = ""

    @classmethod
    def of(cls, published: Mapping[str, Any]) -> Contrast:
        names = ("a", "b", "value", "error", "n_a", "n_b", "scale", "note")
        return cls(**{name: published[name] for name in names if name in published})

    @property
    def n(self) -> int:
        """Rows of the smaller side."""
        return min(self.n_a, self.n_b) if self.b else self.n_a

    @property
    def smaller(self) -> str:
        return self.a if not self.b or self.n_a <= self.n_b else self.b

    def interval(self, confidence: float, growth: float = 1.0) -> Interval:
        """Its interval, or the one ``growth`` times the rows would give."""
        assert self.value is not None
        half = intervals.z_of(confidence) * self.error / math.sqrt(growth)
        middle = self._to(self.value)
        return Interval(self._from(middle - half), self._from(middle + half))

    def p_outside(self, bounds: Interval) -> float:
        """The smallest alpha whose 1 - alpha interval lies wholly outside; 1 for a value inside."""
        assert self.value is not None
        if bounds.low <= self.value <= bounds.high:
            return 1.0
        edge = bounds.low if self.value < bounds.low else bounds.high
        if self.error <= 0:
            return 0.0
        return math.erfc(abs(self._to(self.value) - self._to(edge)) / self.error / math.sqrt(2))

    def _to(self, value: float) -> float:
        if self.scale == "log":
            return math.log(value)
        return math.log(value / (1 - value)) if self.scale == "logit" else value

    def _from(self, value: float) -> float:
        if self.scale == "log":
            return math.exp(value)
        return 1 / (1 + math.exp(-value)) if self.scale == "logit" else value


def compare(
    name: str, contrasts: Sequence[Contrast], tolerance: Tolerance
) -> dict[Comparison, Contrast]:
    """Every contrast measured against ``tolerance``, not yet adjusted for their number."""
    found = {}
    for one in contrasts:
        a = GroupEstimate(one.a, 0.0, one.error, one.n_a)
        b = GroupEstimate(one.b, 0.0, one.error, one.n_b)
        if one.value is None:
            found[Comparison(name, a, b, None, None, None, 1.0, "", note=one.note)] = one
            continue
        found[
            Comparison(
                rate=name, a=a, b=b, value=one.value, at_90=one.interval(PASS_AT),
                at_95=one.interval(FAIL_AT), p=one.p_outside(tolerance.bounds), verdict="",
            )
        ] = one  # fmt: skip
    return found


def needed(one: Contrast, tolerance: Tolerance, tests: int) -> Needed:
    """How many more rows of its smaller group, others in proportion, would settle it."""
    leans_pass = one.value is not None and (
        tolerance.bounds.low <= one.value <= tolerance.bounds.high
    )

    def rows(confidence: float) -> int | None:
        def settled(growth: float) -> bool:
            interval = one.interval(confidence, growth)
            return tolerance.holds(interval) if leans_pass else tolerance.broken(interval)

        return more_rows(max(1, one.n), settled)

    strict = 1 - (1 - FAIL_AT) / tests
    return Needed(
        group=one.smaller,
        rows=None,
        in_proportion=rows(PASS_AT),
        rows_to_fail=None if leans_pass else rows(strict),
        leans="pass" if leans_pass else "fail",
    )

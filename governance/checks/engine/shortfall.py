"""How much worse a segment does than all other rows, with its interval. Plain Python.

For decisions the loss is the share of wrong ones, with Newcombe's interval of the difference; for
numbers, and for weighted rows, it is a mean with a normal interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from governance.checks.base import JSON
from governance.checks.engine import intervals
from governance.checks.engine.intervals import Interval


@dataclass(frozen=True)
class Segment:
    """``loss`` is the mean loss of its ``n`` rows, ``rest`` that of the ``others`` other rows.

    ``error`` is None for shares of rows; else the standard error of the difference.
    """

    name: str
    n: int
    loss: float
    others: int
    rest: float
    error: float | None = None

    @property
    def value(self) -> float:
        return self.loss - self.rest

    def interval(self, confidence: float) -> Interval:
        if self.error is not None:
            half = intervals.z_of(confidence) * self.error
            return Interval(self.value - half, self.value + half)
        count, rest = round(self.loss * self.n), round(self.rest * self.others)
        return intervals.newcombe(count, self.n, rest, self.others, confidence)

    def simultaneous(self, searched: int, confidence: float = 0.95) -> Interval:
        """The interval that still covers when it is the worst of ``searched`` segments."""
        return self.interval(1 - (1 - confidence) / max(1, searched))

    @property
    def p(self) -> float:
        """One-sided p for doing no worse than the rest."""
        if self.error is not None:
            spread = self.error
        else:
            share = (self.loss * self.n + self.rest * self.others) / (self.n + self.others)
            spread = math.sqrt(share * (1 - share) * (1 / self.n + 1 / self.others))
        if spread <= 0.0:
            return 1.0 if self.value <= 0 else 0.0
        return 0.5 * math.erfc(self.value / spread / math.sqrt(2))

    def to_json(self) -> JSON:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Segment:
        return cls(**stored)


def holm(p: list[float]) -> list[float]:
    """Holm-adjusted p-values, in the order given. Source: Holm, Scand. J. Stat. 6 (1979) 65-70."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    adjusted, floor = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        floor = max(floor, min(1.0, p[place] * (len(p) - rank)))
        adjusted[place] = floor
    return adjusted

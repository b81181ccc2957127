"""What decisions are worth: a profit or cost for each kind of outcome turns confusion counts into
money, with the interval that the sample allows. Pure.

A case brings one of four amounts, so the mean of n cases has the variance of that discrete
distribution over n; the interval is the normal one (Wasserman, *All of Statistics*, 2004, ch. 6.3).
Two models are compared case by case on the same rows, which is why their joint counts are asked
for: what both decide alike cancels out and adds no noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
FEWEST: Final = 30
"""Cases below which the normal interval says nothing."""


@dataclass(frozen=True, slots=True)
class Payoff:
    """What one case brings, in units of ``currency``; a cost is negative. A *positive* is a case
    that the model says yes to; it is true when the outcome was the positive class."""

    currency: str
    true_positive: Decimal
    false_positive: Decimal
    false_negative: Decimal
    true_negative: Decimal

    def of(self, decided: bool, outcome: bool) -> float:
        if decided:
            return float(self.true_positive if outcome else self.false_positive)
        return float(self.false_negative if outcome else self.true_negative)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases of each kind a model decided at one threshold."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def n(self) -> int:
        return self.true_positive + self.false_positive + self.false_negative + self.true_negative


@dataclass(frozen=True, slots=True)
class Estimate:
    """Money a case, with its interval at ``CONFIDENCE``; no interval of fewer than 30 cases."""

    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def is_gain(self) -> bool | None:
        """Whether it is above zero beyond doubt; None when the interval does not tell."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return None
        return self.low > 0

    def for_cases(self, cases: int) -> Estimate:
        """The same for so many cases, a year's say."""
        low, high = (None if bound is None else bound * cases for bound in (self.low, self.high))
        return Estimate(self.value * cases, low, high, self.n)


def worth(payoff: Payoff, counts: Counts) -> Estimate | None:
    """Money a case; None of no cases."""
    return _mean(
        (
            (payoff.of(True, True), counts.true_positive),
            (payoff.of(True, False), counts.false_positive),
            (payoff.of(False, True), counts.false_negative),
            (payoff.of(False, False), counts.true_negative),
        )
    )


Joint = Mapping[tuple[bool, bool, bool], int]
"""(what the challenger decided, what the champion decided, the outcome) -> cases."""


def gain(payoff: Payoff, joint: Joint) -> Estimate | None:
    """What the challenger brings a case beyond the champion, on the same rows; None of none."""
    return _mean(
        (payoff.of(challenger, outcome) - payoff.of(champion, outcome), count)
        for (challenger, champion, outcome), count in joint.items()
    )


@dataclass(frozen=True, slots=True)
class At:
    """One threshold: a case is decided positively from this score on."""

    threshold: float
    counts: Counts
    worth: Estimate


def explore(
    payoff: Payoff, scores: Sequence[float], outcomes: Sequence[bool], thresholds: Iterable[float]
) -> list[At]:
    """What each threshold would be worth on these cases; empty of no cases."""
    if not scores:
        return []
    ranked = sorted(zip(scores, outcomes, strict=True), reverse=True)
    positives = sum(outcome for _, outcome in ranked)
    found, place, true, false = [], 0, 0, 0
    for threshold in sorted(set(thresholds), reverse=True):
        while place < len(ranked) and ranked[place][0] >= threshold:
            true += ranked[place][1]
            false += not ranked[place][1]
            place += 1
        counts = Counts(true, false, positives - true, len(ranked) - positives - false)
        estimate = worth(payoff, counts)
        if estimate is not None:
            found.append(At(threshold, counts, estimate))
    return found[::-1]


def best(explored: Sequence[At]) -> At | None:
    """The threshold worth most; of several the lowest."""
    return max(explored, key=lambda one: (one.worth.value, -one.threshold), default=None)


def _mean(amounts: Iterable[tuple[float, int]]) -> Estimate | None:
    """Of (amount, how many cases brought it)."""
    weighed = [(amount, count) for amount, count in amounts if count]
    n = sum(count for _, count in weighed)
    if not n:
        return None
    mean = sum(amount * count for amount, count in weighed) / n
    if n < FEWEST:
        return Estimate(mean, None, None, n)
    variance = sum((amount - mean) ** 2 * count for amount, count in weighed) / (n - 1)
    margin = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * sqrt(variance / n)
    return Estimate(mean, mean - margin, mean + margin, n)

"""What decisions are worth: a profit or cost for each kind of outcome turns confusion counts into
money, with the interval that the sample allows. Pure.

A case brings one of four amounts, so the mean of n cases has the variance of that discrete
distribution over n; the interval is the normal one (Wasserman, *All of Statistics*, 2004, ch. 6.3).
Two models are compared case by case on the same rows, which is why their joint counts are asked
for: what both decide alike cancels out and adds no noise. Of counts that were made apart the
variances add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import hypot, sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
FEWEST: Final = 30
"""Cases below which the normal interval says nothing."""
FEWEST_OTHERS: Final = 6
"""Cases that bring another amount than the commonest, below which it says nothing either: six of
six on one side is the least that a sign test tells from chance at 5%."""


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

    @property
    def said_yes(self) -> int:
        return self.true_positive + self.false_positive


@dataclass(frozen=True, slots=True)
class Estimate:
    """Money a case, with its interval at ``CONFIDENCE``. Where the sample allows none, ``why_open``
    says why, to complete "no interval: ". ``varies`` unless every case brings the same."""

    value: float
    low: float | None
    high: float | None
    n: int
    why_open: str = ""
    varies: bool = True

    @property
    def is_gain(self) -> bool | None:
        """Whether it is above zero beyond doubt; None when the interval does not tell."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return None
        return self.low > 0

    @property
    def margin(self) -> float | None:
        return None if self.low is None else self.value - self.low

    def for_cases(self, cases: int) -> Estimate:
        """The same for so many cases, a year's say."""
        low, high = (None if bound is None else bound * cases for bound in (self.low, self.high))
        return Estimate(self.value * cases, low, high, self.n, self.why_open)


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


def difference(mine: Estimate, theirs: Estimate) -> Estimate:
    """What one brings a case beyond the other, when each was counted by itself: variances add up.
    Of the same rows, where good cases mostly are good for both, that is wider than need be."""
    value, n = mine.value - theirs.value, min(mine.n, theirs.n)
    if mine.margin is None or theirs.margin is None:
        return Estimate(value, None, None, n, mine.why_open or theirs.why_open)
    margin = hypot(mine.margin, theirs.margin)
    return Estimate(value, value - margin, value + margin, n)


def marginal(joint: Joint, *, challenger: bool) -> Counts:
    """The counts of one of the two, on the rows that both decided."""

    def cases(decided: bool, outcome: bool) -> int:
        return sum(
            count
            for (mine, theirs, came), count in joint.items()
            if came is outcome and (mine if challenger else theirs) is decided
        )

    return Counts(cases(True, True), cases(True, False), cases(False, True), cases(False, False))


def turned(joint: Joint) -> dict[tuple[bool, bool, bool], int]:
    """The same with challenger and champion in each other's place."""
    return {(theirs, mine, outcome): n for (mine, theirs, outcome), n in joint.items()}


@dataclass(frozen=True, slots=True)
class At:
    """One threshold: a case is decided positively from this score on."""

    threshold: float
    counts: Counts
    worth: Estimate


def explore(payoff: Payoff, counted: Iterable[tuple[float, Counts]]) -> list[At]:
    """What each threshold would be worth, the lowest first; those of no cases are left out."""
    found = []
    for threshold, counts in sorted(counted, key=lambda one: one[0]):
        if (estimate := worth(payoff, counts)) is not None:
            found.append(At(threshold, counts, estimate))
    return found


def best(explored: Sequence[At]) -> At | None:
    """The threshold worth most; of several the lowest."""
    return max(explored, key=lambda one: (one.worth.value, -one.threshold), default=None)


def moved(payoff: Payoff, to: Counts, since: Counts) -> Estimate | None:
    """What deciding the same rows by another threshold of the same score would bring a case beyond
    the one that they were decided by. Of two thresholds the higher says yes to some of those whom
    the lower says yes to, so that the joint counts follow. None when the two are not so."""
    lower, higher, turn = (to, since, False) if to.said_yes >= since.said_yes else (since, to, True)
    won = lower.true_positive - higher.true_positive
    lost = lower.false_positive - higher.false_positive
    if won < 0 or lost < 0 or lower.n != higher.n:
        return None
    joint = {
        (True, False, True): won,
        (True, False, False): lost,
        (True, True, True): higher.true_positive,
        (True, True, False): higher.false_positive,
        (False, False, True): lower.false_negative,
        (False, False, False): lower.true_negative,
    }
    return gain(payoff, turned(joint) if turn else joint)


def _mean(amounts: Iterable[tuple[float, int]]) -> Estimate | None:
    """Of (amount, how many cases brought it)."""
    cases: dict[float, int] = {}
    for amount, count in amounts:
        if count:
            cases[amount] = cases.get(amount, 0) + count
    n = sum(cases.values())
    if not n:
        return None
    mean = sum(amount * count for amount, count in cases.items()) / n
    if why := _why_open(cases, n):
        return Estimate(mean, None, None, n, why, varies=len(cases) > 1)
    variance = sum((amount - mean) ** 2 * count for amount, count in cases.items()) / (n - 1)
    margin = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * sqrt(variance / n)
    return Estimate(mean, mean - margin, mean + margin, n)


def _why_open(cases: Mapping[float, int], n: int) -> str:
    """Why the normal interval would say too much."""
    if n < FEWEST:
        return f"there are {n} cases, and it takes {FEWEST}"
    others = n - max(cases.values())
    if others < FEWEST_OTHERS:
        some = "none brings" if not others else f"{others} bring{'s' if others == 1 else ''}"
        return f"of {n:,} cases {some} another amount than the rest, and it takes {FEWEST_OTHERS}"
    return ""

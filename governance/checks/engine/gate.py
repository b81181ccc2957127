"""The gate rule: pass, fail or inconclusive for rates of groups held against a tolerance.

1. *pass* iff for every pair of groups (or each against the reference) the 90% interval lies inside
   the tolerance. Intersection-union: no correction is needed, a false pass happens at most 5% of
   the time.
2. *fail* iff the interval of some pair lies wholly outside at 95%, Holm-adjusted over the pairs.
3. else *inconclusive*, saying how many more rows would settle it and of which group.
4. Groups under the floor are listed as not assessed; the policy says what follows.

Plain Python, so that a judgement can be repeated anywhere from the counts in the evidence. What is
no proportion of a group of its own is judged by the same rule in ``gate_contrasts``.

Sources: Berger, Technometrics 24 (1982) 295-300 (intersection-union); Holm, Scandinavian Journal of
Statistics 6 (1979) 65-70.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any, TypeVar

from governance.checks.engine import group_estimates, intervals
from governance.checks.engine.group_estimates import GroupEstimate
from governance.checks.engine.intervals import Interval

PASS_AT, FAIL_AT = 0.90, 0.95
_MOST_ROWS = 10_000_000


@dataclass(frozen=True)
class GroupRate:
    """``count`` of ``n`` rows of a group; not ``assessed`` when under the floor, and ``why``.

    Of weighted rows ``count`` and ``n`` are effective numbers, and ``rows`` are those there are.
    """

    group: str
    count: float
    n: float
    assessed: bool = True
    why: str = ""
    rows: int | None = None

    @property
    def rate(self) -> float:
        return self.count / self.n

    @property
    def shown(self) -> int:
        """How many rows there are, as people count them."""
        return int(self.n) if self.rows is None else self.rows

    def grown(self, factor: float) -> GroupRate:
        """The same rate with ``factor`` times the rows."""
        return replace(self, count=self.count * factor, n=self.n * factor)


Group = GroupRate | GroupEstimate
OneKind = TypeVar("OneKind", bound=Group)


@dataclass(frozen=True)
class Tolerance:
    """``ratio`` within [limit, 1/limit], ``difference`` within [-limit, limit], ``most`` up to it.

    ``gap`` is a difference in the figure's own unit, which may be beyond 1.
    """

    kind: str
    limit: float

    @property
    def bounds(self) -> Interval:
        if self.kind == "ratio":
            return Interval(self.limit, 1 / self.limit)
        return Interval(-math.inf if self.kind == "most" else -self.limit, self.limit)

    def point(self, a: Group, b: Group) -> float:
        return a.rate / b.rate if self.kind == "ratio" else a.rate - b.rate

    def interval(self, a: Group, b: Group, confidence: float) -> Interval:
        if isinstance(a, GroupEstimate) and isinstance(b, GroupEstimate):
            found = group_estimates.ratio if self.kind == "ratio" else group_estimates.difference
            return found(a, b, confidence)
        assert isinstance(a, GroupRate)
        assert isinstance(b, GroupRate)
        of = intervals.ratio if self.kind == "ratio" else intervals.newcombe
        return of(a.count, a.n, b.count, b.n, confidence)

    def holds(self, interval: Interval) -> bool:
        return self.bounds.low <= interval.low and interval.high <= self.bounds.high

    def broken(self, interval: Interval) -> bool:
        return interval.high < self.bounds.low or interval.low > self.bounds.high


@dataclass(frozen=True)
class Needed:
    """How many more rows would settle a pair, its rates staying as they are.

    ``rows`` of ``group`` alone take the 90% interval clear of the limit; ``in_proportion`` is the
    same when every group grows alike (still counted in rows of ``group``); ``rows_to_fail``, when
    the pair leans towards a fail, is what the stricter 95% rule asks. None: no number would do.
    """

    group: str
    rows: int | None
    in_proportion: int | None
    rows_to_fail: int | None
    leans: str


@dataclass(frozen=True)
class Comparison:
    """One pair held against the tolerance. ``p`` is Holm-adjusted, for being outside it.

    ``about`` is what the groups are groups of, where several attributes are judged together.
    """

    rate: str
    a: Group
    b: Group
    value: float | None
    at_90: Interval | None
    at_95: Interval | None
    p: float
    verdict: str
    needed: Needed | None = None
    note: str = ""
    about: str = ""

    @property
    def to_settle(self) -> dict[str, Any]:
        """``needed`` as evidence tells it; empty when nothing is."""
        return asdict(self.needed) if self.needed else {}


def pairs(rates: Sequence[OneKind], reference: str | None = None) -> list[tuple[OneKind, OneKind]]:
    """Each assessed group against the reference, or the lower of each pair against the higher.

    Orientation never depends on the order or names of groups, except where two are alike in all.
    """
    assessed = [rate for rate in rates if rate.assessed]
    if reference is not None:
        base = [rate for rate in assessed if rate.group == reference]
        return [(rate, base[0]) for rate in assessed if base and rate.group != reference]
    ordered = sorted(assessed, key=lambda rate: (rate.rate, rate.n, rate.group))
    return list(combinations(ordered, 2))


def compare(
    rate_name: str,
    rates: Sequence[Group],
    tolerance: Tolerance,
    reference: str | None = None,
) -> list[Comparison]:
    """Every pair measured against ``tolerance``, not yet adjusted for the number of pairs."""
    return [_measured(rate_name, a, b, tolerance) for a, b in pairs(rates, reference)]


Needing = Callable[[Comparison, Tolerance, int], Needed]


def judged(
    comparisons: Sequence[Comparison], tolerance: Tolerance, needing: Needing | None = None
) -> list[Comparison]:
    """``comparisons`` with Holm-adjusted p, verdict and rows needed, the worst first."""
    needing = needing or _needed
    ordered = sorted(comparisons, key=lambda one: one.p)
    computable = sum(1 for one in ordered if one.value is not None)
    result, floor = [], 0.0
    for position, one in enumerate(ordered):
        if one.at_90 is None:
            result.append(replace(one, verdict="inconclusive"))
            continue
        floor = max(floor, min(1.0, one.p * max(1, computable - position)))
        one = replace(one, p=floor, verdict=_verdict(one.at_90, floor, tolerance))
        if one.verdict == "inconclusive":
            one = replace(one, needed=needing(one, tolerance, max(1, computable - position)))
        result.append(one)
    return sorted(result, key=lambda one: _distance(one, tolerance))


def overall(comparisons: Sequence[Comparison]) -> str:
    """Fail if any pair fails, pass if all pass (and there is one), else inconclusive."""
    verdicts = {one.verdict for one in comparisons}
    if "fail" in verdicts:
        return "fail"
    return "pass" if verdicts == {"pass"} else "inconclusive"


def _measured(name: str, a: Group, b: Group, tolerance: Tolerance) -> Comparison:
    if isinstance(a, GroupEstimate) and tolerance.kind == "ratio" and not a.rate * b.rate:
        note = f"A figure of 0 for {a.group if a.rate == 0 else b.group} has no ratio."
        return Comparison(name, a, b, None, None, None, 1.0, "", note=note)
    if tolerance.kind == "ratio" and b.count == 0:
        if a.count == 0:
            note = f"Neither {a.group} nor {b.group} has a single case, so there is no ratio."
            return Comparison(name, a, b, None, None, None, 1.0, "", note=note)
        a, b = b, a
    return Comparison(
        rate=name,
        a=a,
        b=b,
        value=tolerance.point(a, b),
        at_90=tolerance.interval(a, b, PASS_AT),
        at_95=tolerance.interval(a, b, FAIL_AT),
        p=_p_outside(a, b, tolerance),
        verdict="",
    )


def _verdict(at_90: Interval, adjusted_p: float, tolerance: Tolerance) -> str:
    if adjusted_p <= 1 - FAIL_AT:
        return "fail"
    return "pass" if tolerance.holds(at_90) else "inconclusive"


def _distance(one: Comparison, tolerance: Tolerance) -> tuple[int, float]:
    """Sort key: not computable first, then the furthest beyond (or nearest to) the limit."""
    if one.value is None:
        return (0, 0.0)
    if tolerance.kind == "ratio":
        return (1, min(one.value, 1 / one.value) if one.value > 0 else 0.0)
    return (1, -one.value if tolerance.kind == "most" else -abs(one.value))


def _p_outside(a: Group, b: Group, tolerance: Tolerance) -> float:
    """The smallest alpha whose 1 - alpha interval lies wholly outside; 1 if the value is inside."""
    bounds, point = tolerance.bounds, tolerance.point(a, b)
    if bounds.low <= point <= bounds.high:
        return 1.0
    low, high = 1e-12, 1.0 - 1e-9
    if tolerance.broken(tolerance.interval(a, b, 1 - low)):
        return low
    for _ in range(50):
        half = math.sqrt(low * high)
        if tolerance.broken(tolerance.interval(a, b, 1 - half)):
            high = half
        else:
            low = half
    return high


def _needed(one: Comparison, tolerance: Tolerance, tests: int) -> Needed:
    small, large = (one.a, one.b) if one.a.n <= one.b.n else (one.b, one.a)
    assert one.value is not None
    leans_pass = tolerance.bounds.low <= one.value <= tolerance.bounds.high

    def clear(confidence: float, both: bool) -> Callable[[float], bool]:
        def test(factor: float) -> bool:
            grown = {small.group: small.grown(factor), large.group: large}
            if both:
                grown[large.group] = large.grown(factor)
            interval = tolerance.interval(grown[one.a.group], grown[one.b.group], confidence)
            return tolerance.holds(interval) if leans_pass else tolerance.broken(interval)

        return test

    def rows(confidence: float, both: bool) -> int | None:
        return more_rows(max(1, small.shown), clear(confidence, both))

    strict = 1 - (1 - FAIL_AT) / tests
    return Needed(
        group=small.group,
        rows=rows(PASS_AT, False),
        in_proportion=rows(PASS_AT, True),
        rows_to_fail=None if leans_pass else rows(strict, False),
        leans="pass" if leans_pass else "fail",
    )


def more_rows(n: float, settled: Callable[[float], bool]) -> int | None:
    """The rows to add to ``n`` until ``settled(growth factor)``; rounded up to two digits."""
    top = _MOST_ROWS / n
    if not settled(top):
        return None
    low, high = 1.0, top
    for _ in range(60):
        half = math.sqrt(low * high)
        low, high = (low, half) if settled(half) else (half, high)
    return round_up(n * (high - 1))


def round_up(rows: float) -> int:
    """Two significant digits, never less than asked: 1377 becomes 1400."""
    whole = max(1, math.ceil(rows - 1e-6))
    step = int(10 ** max(0, len(str(whole)) - 2))
    return math.ceil(whole / step) * step

"""Confidence intervals with nothing but ``math``, so that the judge needs no numpy.

Counts may be fractions, so that "how many more rows" can be searched with rates held as observed.

Sources: Wilson 1927; Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10; Katz,
Baptista, Azen and Pike, Biometrics 34 (1978) 469-474; Koopman, Biometrics 40 (1984) 513-517.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def z_of(confidence: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95."""
    return _NORMAL.inv_cdf(0.5 + confidence / 2)


def wilson(count: float, n: float, confidence: float) -> Interval:
    """The score interval of a proportion; stays within [0, 1] and is sound at 0 and n."""
    if n <= 0:
        raise ValueError("a proportion needs at least one row")
    z = z_of(confidence)
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == n else min(1.0, middle + half)
    return Interval(low, high)


def newcombe(count_a: float, n_a: float, count_b: float, n_b: float, confidence: float) -> Interval:
    """The hybrid score interval of the difference of two proportions, a minus b."""
    a, b = wilson(count_a, n_a, confidence), wilson(count_b, n_b, confidence)
    share_a, share_b = count_a / n_a, count_b / n_b
    difference = share_a - share_b
    low = difference - math.hypot(share_a - a.low, b.high - share_b)
    high = difference + math.hypot(a.high - share_a, share_b - b.low)
    return Interval(max(-1.0, low), min(1.0, high))


def ratio(count_a: float, n_a: float, count_b: float, n_b: float, confidence: float) -> Interval:
    """The interval of the ratio of two proportions, a over b.

    The log interval (Katz) where each group has both outcomes, Koopman's score interval elsewhere.
    Needs ``count_b`` > 0; the upper end may be infinite in Koopman's when b is rare.
    """
    if count_b <= 0:
        raise ValueError("a ratio needs at least one case in the group below the line")
    if 0 < count_a < n_a and 0 < count_b < n_b:
        point = (count_a / n_a) / (count_b / n_b)
        error = math.sqrt(1 / count_a - 1 / n_a + 1 / count_b - 1 / n_b)
        width = math.exp(z_of(confidence) * error)
        return Interval(point / width, point * width)
    return koopman(count_a, n_a, count_b, n_b, confidence)


def koopman(count_a: float, n_a: float, count_b: float, n_b: float, confidence: float) -> Interval:
    """The score interval of a ratio of proportions, by inverting the score statistic."""
    limit = z_of(confidence) ** 2
    point = (count_a / n_a) / (count_b / n_b)

    def inside(log_ratio: float) -> bool:
        return _score(count_a, n_a, count_b, n_b, math.exp(log_ratio)) <= limit

    centre = math.log(point) if point > 0 else math.log(0.5 / n_a)
    low = 0.0 if count_a == 0 else math.exp(_edge(inside, centre, -1))
    return Interval(low, math.exp(_edge(inside, centre, +1)))


def _score(count_a: float, n_a: float, count_b: float, n_b: float, rho: float) -> float:
    """Koopman's statistic for the hypothesis that a's rate is ``rho`` times b's."""
    total = n_a + n_b
    middle = rho * (n_a + count_b) + count_a + n_b
    root = math.sqrt(max(0.0, middle * middle - 4 * rho * total * (count_a + count_b)))
    rate_a = (middle - root) / (2 * total)
    rate_b = rate_a / rho
    off_a, off_b = count_a - n_a * rate_a, count_b - n_b * rate_b
    spread_a, spread_b = n_a * rate_a * (1 - rate_a), n_b * rate_b * (1 - rate_b)
    return _part(off_a, spread_a) + _part(off_b, spread_b)


def _part(off: float, spread: float) -> float:
    if spread <= 1e-15:
        return 0.0 if abs(off) < 1e-9 else math.inf
    return off * off / spread


def _edge(inside: Callable[[float], bool], centre: float, direction: int) -> float:
    """Where ``inside`` (true at ``centre``) stops being true, walking in ``direction``."""
    near, far = centre, centre + direction * 0.5
    for _ in range(60):
        if not inside(far):
            break
        near, far = far, far + direction * 2 * abs(far - centre)
        if abs(far) > 600:
            return far
    for _ in range(80):
        half = (near + far) / 2
        near, far = (half, far) if inside(half) else (near, half)
    return (near + far) / 2


def paired(both: float, first: float, second: float, neither: float, confidence: float) -> Interval:
    """The hybrid score interval of the difference of two proportions of the same rows.

    ``both`` rows are right by either, ``first`` and ``second`` by one alone. Source: Newcombe,
    Statistics in Medicine 17 (1998) 2635-2650, method 10.
    """
    n = both + first + second + neither
    a, b = wilson(both + first, n, confidence), wilson(both + second, n, confidence)
    share_a, share_b = (both + first) / n, (both + second) / n
    down_a, up_a = share_a - a.low, a.high - share_a
    down_b, up_b = share_b - b.low, b.high - share_b
    phi = _correlation(both, first, second, neither)
    low = down_a**2 - 2 * phi * down_a * up_b + up_b**2
    high = up_a**2 - 2 * phi * up_a * down_b + down_b**2
    difference = share_a - share_b
    return Interval(
        max(-1.0, difference - math.sqrt(max(0.0, low))),
        min(1.0, difference + math.sqrt(max(0.0, high))),
    )


def _correlation(both: float, first: float, second: float, neither: float) -> float:
    """Phi of the 2x2 table, drawn towards 0 by half a row as Newcombe does."""
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    if product == 0:
        return 0.0
    cross = both * neither - first * second
    if cross > 0:
        cross = max(0.0, cross - (both + first + second + neither) / 2)
    return cross / math.sqrt(product)

"""Two groups compared within strata, and the strata put together. Plain Python.

Sources: Mantel and Haenszel, JNCI 22 (1959) 719-748; Greenland and Robins, Biometrics 41 (1985)
55-68 (ratio of rates); Sato, Biometrics 45 (1989) 1323-1324 (difference of rates); Robins, Breslow
and Greenland, Biometrics 42 (1986) 311-323 (odds ratio).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stratum:
    """``a`` of ``n_a`` rows of one group and ``b`` of ``n_b`` of the other, at one condition."""

    name: str
    a: float
    n_a: float
    b: float
    n_b: float

    @property
    def n(self) -> float:
        return self.n_a + self.n_b

    @property
    def difference(self) -> float:
        return self.a / self.n_a - self.b / self.n_b


@dataclass(frozen=True)
class Pooled:
    """An estimate over all strata with its error (of its logarithm for ratios); None: no such."""

    value: float | None
    error: float = 0.0
    note: str = ""


def usable(strata: Sequence[Stratum]) -> list[Stratum]:
    """Strata that hold both groups: the others compare nobody."""
    return [one for one in strata if one.n_a > 0 and one.n_b > 0]


def difference(strata: Sequence[Stratum]) -> Pooled:
    """The common difference of rates, a minus b."""
    kept = usable(strata)
    whole = sum(one.n_a * one.n_b / one.n for one in kept)
    if whole <= 0:
        return Pooled(None, note="no stratum holds both groups")
    value = sum((one.a * one.n_b - one.b * one.n_a) / one.n for one in kept) / whole
    p = sum(
        (one.n_a**2 * one.b - one.n_b**2 * one.a + one.n_a * one.n_b * (one.n_b - one.n_a) / 2)
        / one.n**2
        for one in kept
    )
    q = sum((one.a * (one.n_b - one.b) + one.b * (one.n_a - one.a)) / (2 * one.n) for one in kept)
    variance = (value * p + q) / whole**2
    if variance <= 0:
        return Pooled(None, note="all rows have the same outcome")
    return Pooled(value, math.sqrt(variance))


def ratio(strata: Sequence[Stratum]) -> Pooled:
    """The common ratio of rates, a over b."""
    kept = usable(strata)
    above = sum(one.a * one.n_b / one.n for one in kept)
    below = sum(one.b * one.n_a / one.n for one in kept)
    if above <= 0 or below <= 0:
        return Pooled(None, note="one of the groups has no case in any stratum with both groups")
    spread = sum(
        (one.n_a * one.n_b * (one.a + one.b) - one.a * one.b * one.n) / one.n**2 for one in kept
    )
    error = math.sqrt(max(0.0, spread) / (above * below))
    return Pooled(above / below, error) if error > 0 else Pooled(None, note="it has no spread")


def odds_ratio(strata: Sequence[Stratum]) -> Pooled:
    """The common odds ratio, a over b."""
    parts = [
        (
            one.a * (one.n_b - one.b) / one.n,
            one.b * (one.n_a - one.a) / one.n,
            (one.a + one.n_b - one.b) / one.n,
            (one.b + one.n_a - one.a) / one.n,
        )
        for one in usable(strata)
    ]
    r, s = sum(part[0] for part in parts), sum(part[1] for part in parts)
    if r <= 0 or s <= 0:
        return Pooled(None, note="one of the groups has only one outcome")
    variance = (
        sum(p * ra for ra, _, p, _ in parts) / (2 * r * r)
        + sum(p * sa + q * ra for ra, sa, p, q in parts) / (2 * r * s)
        + sum(q * sa for _, sa, _, q in parts) / (2 * s * s)
    )
    return Pooled(r / s, math.sqrt(variance))


def chi_squared(strata: Sequence[Stratum], corrected: bool = True) -> float | None:
    """Cochran-Mantel-Haenszel's statistic, one degree of freedom; with Yates's correction."""
    off = spread = 0.0
    for one in usable(strata):
        events = one.a + one.b
        if one.n <= 1:
            continue
        off += one.a - one.n_a * events / one.n
        spread += one.n_a * one.n_b * events * (one.n - events) / (one.n**2 * (one.n - 1))
    if spread <= 0:
        return None
    half = min(0.5, abs(off)) if corrected else 0.0
    return (abs(off) - half) ** 2 / spread


def p_of_chi_squared(statistic: float) -> float:
    """Upper tail of one degree of freedom."""
    return math.erfc(math.sqrt(statistic / 2))


def heterogeneity(strata: Sequence[Stratum]) -> tuple[float, int]:
    """Cochran's Q of the strata's differences about their common value, and its freedom.

    Rates are drawn in by half a case so that strata at 0 or 1 have a spread too.
    """
    parts = []
    for one in usable(strata):
        p = (one.a + 0.5) / (one.n_a + 1)
        q = (one.b + 0.5) / (one.n_b + 1)
        variance = p * (1 - p) / one.n_a + q * (1 - q) / one.n_b
        parts.append((one.difference, 1 / variance))
    if not parts:
        return 0.0, 0
    middle = sum(value * weight for value, weight in parts) / sum(weight for _, weight in parts)
    return sum(weight * (value - middle) ** 2 for value, weight in parts), len(parts) - 1

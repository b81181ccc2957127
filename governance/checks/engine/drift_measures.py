"""How far two histograms are apart, beside what chance alone would show, with standard errors.

Counts ``a`` (reference, n rows) and ``b`` (current, m rows) over the same B bins; c = 1/n + 1/m.
Without any drift PSI / c, JS 8 ln 2 / c and the chi-squared statistic follow the chi-squared law
with k = B - 1 degrees of freedom (Yurdakul and Naranjo, Journal of Risk Model Validation 14, 2020;
Lin, IEEE Trans. Information Theory 37, 1991), so PSI is (B - 1) c on average though nothing moved.
What is judged is the excess over that mean. Its variance at a true distance t is 2 k c^2 (no drift)
plus t times the delta method's variance per unit of distance, as in the non-central chi-squared
law; ``estimates`` inverts that for the interval.

The total variation distance and Kolmogorov and Smirnov's are not smooth at no drift: chance adds
the null mean there and next to nothing far away. Their excess may be too low by up to that mean,
and their intervals allow for it (``bias``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from governance.checks.base import JSON

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST_IN_BIN = 10
_BRIDGES = 2000


@dataclass(frozen=True)
class Effect:
    """A distance as it is (``raw``), its mean and 95th percentile without drift, and the error of
    raw - null: ``se``, with ``slope`` or ``bias`` as ``estimates`` understands them."""

    raw: float
    null: float
    null_95: float | None
    se: float
    slope: float | None = None
    bias: float | None = None

    @property
    def excess(self) -> float:
        return self.raw - self.null

    def figure(self, subject: str, n: int, p: float) -> JSON:
        """As the judge reads it."""
        return {
            "subject": subject, "value": self.excess, "n": n, "p": p,
            "se": self.se, "slope": self.slope, "bias": self.bias,
            "raw": self.raw, "null": self.null, "null_95": self.null_95,
        }  # fmt: skip


def compared_bins(a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Without empty bins, and with bins of fewer than ten rows in all put together as one."""
    both = a + b
    kept = both >= FEWEST_IN_BIN
    rare = (both > 0) & ~kept
    if not rare.any():
        return a[kept], b[kept]
    return np.append(a[kept], a[rare].sum()), np.append(b[kept], b[rare].sum())


def psi_null(n: int, m: int, bins: int) -> tuple[float, float]:
    """Mean and 95th percentile of PSI between two samples of one unchanged population."""
    c, k = 1 / n + 1 / m, bins - 1
    return c * k, c * float(special.chdtri(k, 0.05)) if k else 0.0


def shares(a: Ints, b: Ints) -> tuple[Floats, Floats]:
    """Shares of both; half a row is added to every bin of both when one is empty somewhere."""
    half = 0.5 if (a == 0).any() or (b == 0).any() else 0.0
    first, second = a + half, b + half
    return first / first.sum(), second / second.sum()


def psi(a: Ints, b: Ints) -> Effect:
    """The population stability index, the sum of (q - p) ln(q / p)."""
    p, q = shares(a, b)
    n, m = int(a.sum()), int(b.sum())
    ratio = np.log(q / p)
    raw = float(((q - p) * ratio).sum())
    null, null_95 = psi_null(n, m, len(a))
    spread = _variance(p, -ratio + 1 - q / p) / n + _variance(q, ratio + 1 - p / q) / m
    return _smooth(raw, null, null_95, spread, 1 / n + 1 / m, len(a) - 1)


def js(a: Ints, b: Ints) -> Effect:
    """The Jensen-Shannon divergence in bits: 0 alike, 1 disjoint."""
    p, q = shares(a, b)
    n, m = int(a.sum()), int(b.sum())
    middle = (p + q) / 2
    to_p, to_q = np.log2(p / middle) / 2, np.log2(q / middle) / 2
    raw = float((p * to_p + q * to_q).sum())
    scale = (1 / n + 1 / m) / (8 * math.log(2))
    null, k = scale * (len(a) - 1), len(a) - 1
    null_95 = scale * float(special.chdtri(k, 0.05)) if k else 0.0
    spread = _variance(p, to_p) / n + _variance(q, to_q) / m
    return _smooth(raw, null, null_95, spread, scale, k)


def phi_squared(a: Ints, b: Ints) -> tuple[Effect, float]:
    """The chi-squared statistic of homogeneity over all rows (Cohen's w squared), and its p."""
    n, m = int(a.sum()), int(b.sum())
    total = n + m
    pooled = (a + b) / total
    statistic = float(
        ((a - n * pooled) ** 2 / (n * pooled)).sum() + ((b - m * pooled) ** 2 / (m * pooled)).sum()
    )
    k = len(a) - 1
    if k == 0:
        return Effect(0.0, 0.0, 0.0, 0.0), 1.0
    null_95 = float(special.chdtri(k, 0.05)) / total
    effect = Effect(statistic / total, k / total, null_95, math.sqrt(2 * k) / total, 4 / total)
    return effect, float(special.chdtrc(k, statistic))


def tvd(a: Ints, b: Ints) -> Effect:
    """The total variation distance: the share of rows that would have to move."""
    n, m = int(a.sum()), int(b.sum())
    p, q = a / n, b / m
    pooled = (a + b) / (n + m)
    raw = float(np.abs(p - q).sum() / 2)
    null = float(np.sqrt(2 / math.pi * pooled * (1 - pooled) * (1 / n + 1 / m)).sum() / 2)
    sign = np.sign(q - p) / 2
    error = math.sqrt(_variance(p, sign) / n + _variance(q, sign) / m)
    return Effect(raw, null, None, error, bias=null)


def ks(a: Ints, b: Ints, seed: int) -> Effect:
    """Kolmogorov and Smirnov's distance at the inner edges of ordered bins.

    A lower bound of the distance between the values themselves. Its law without drift is that of
    a Brownian bridge looked at in the edges only, drawn 2,000 times.
    """
    n, m = int(a.sum()), int(b.sum())
    first, second = np.cumsum(a) / n, np.cumsum(b) / m
    gaps = np.abs(first - second)
    worst = int(np.argmax(gaps))
    scale = math.sqrt(1 / n + 1 / m)
    bridges = _bridges((a + b) / (n + m), seed)
    p, q = float(first[worst]), float(second[worst])
    error = math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    null_95 = float(np.quantile(bridges, 0.95)) * scale
    null = float(bridges.mean()) * scale
    return Effect(float(gaps[worst]), null, null_95, error, bias=null)


def ks_of_values(x: Floats, y: Floats) -> Effect:
    """The same between the values themselves; its law is Kolmogorov's (1933)."""
    x, y = np.sort(x), np.sort(y)
    points = np.concatenate([x, y])
    first = np.searchsorted(x, points, side="right") / len(x)
    second = np.searchsorted(y, points, side="right") / len(y)
    gaps = np.abs(first - second)
    worst = int(np.argmax(gaps))
    scale = math.sqrt(1 / len(x) + 1 / len(y))
    p, q = float(first[worst]), float(second[worst])
    error = math.sqrt(p * (1 - p) / len(x) + q * (1 - q) / len(y))
    null = math.sqrt(math.pi / 2) * math.log(2) * scale
    null_95 = float(special.kolmogi(0.05)) * scale
    return Effect(float(gaps[worst]), null, null_95, error, bias=null)


def _bridges(share: Floats, seed: int) -> Floats:
    draws = np.random.default_rng(seed).standard_normal((_BRIDGES, len(share))) * np.sqrt(share)
    centred = draws - share * draws.sum(axis=1, keepdims=True)
    return np.asarray(np.abs(np.cumsum(centred, axis=1)).max(axis=1), dtype=np.float64)


def _variance(share: Floats, gradient: Floats) -> float:
    return float((share * gradient**2).sum() - (share * gradient).sum() ** 2)


def _smooth(raw: float, null: float, null_95: float, spread: float, scale: float, k: int) -> Effect:
    if k == 0:  # one bin: nothing can move
        return Effect(0.0, 0.0, 0.0, 0.0)
    slope = spread / raw if raw > 0 else 4 * scale
    return Effect(raw, null, null_95, math.sqrt(2 * k) * scale, slope)

"""Intervals and p-values of one published figure, with nothing but ``math``, for check and judge.

A figure is a mapping with ``value`` and ``n`` and one of: ``count`` (a proportion: Wilson), ``a``
and ``b`` as (count, n) (a difference of proportions: Newcombe), ``se`` (normal, cut to ``least``
and ``most``), or none of them (exact: no sampling error).

With ``slope`` the variance at a true value t is ``se``^2 + slope t, which is how distances between
histograms behave; the interval inverts that, as Wilson's does for proportions. With ``bias`` the
figure may be too low by anything up to it, and the upper end allows for that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from governance.checks.engine.intervals import Interval, newcombe, wilson, z_of

_NORMAL = NormalDist()
_NO_ERROR = 1e-200


def interval(figure: Mapping[str, Any], confidence: float) -> Interval:
    """The two-sided interval of ``figure``."""
    if figure.get("count") is not None:
        return wilson(figure["count"], figure["n"], confidence)
    if figure.get("a") is not None:
        (count_a, n_a), (count_b, n_b) = figure["a"], figure["b"]
        return newcombe(count_a, n_a, count_b, n_b, confidence)
    value = float(figure["value"])
    if figure.get("se") is None:
        return Interval(value, value)
    if figure.get("slope") is not None:
        return _of_distance(value, float(figure["se"]), float(figure["slope"]), z_of(confidence))
    half = z_of(confidence) * float(figure["se"])
    if figure.get("bias") is not None:
        return Interval(value - half, value + float(figure["bias"]) + half)
    least, most = figure.get("least", -math.inf), figure.get("most", math.inf)
    return Interval(max(least, value - half), min(most, value + half))


def _of_distance(value: float, se: float, slope: float, z: float) -> Interval:
    """All t that (value - t)^2 <= z^2 (se^2 + slope t) allows; a true distance is never negative,
    so the upper end is not either.

    Estimates of distances are skewed to the right, which the lower end allows for by Cornish and
    Fisher's correction with the skewness of the non-central chi-squared law. The upper end is left
    as it is: without the correction it errs on the safe side.
    """
    low = _end(value, se, slope, z, -1)
    for _ in range(3):
        at = max(0.0, low)
        spread = se * se + slope * at
        if spread <= _NO_ERROR:
            break
        skew = (se * se * slope + 1.5 * at * slope * slope) / spread**1.5
        low = _end(value, se, slope, z + max(0.0, z * z - 1) * skew / 6, -1)
    return Interval(min(low, value), max(_end(value, se, slope, z, +1), value, 0.0))


def _end(value: float, se: float, slope: float, z: float, side: int) -> float:
    middle = value + z * z * slope / 2
    root = z * math.sqrt(max(0.0, value * slope + z * z * slope * slope / 4 + se * se))
    if side < 0 and (value <= 0 or middle - root <= 0):
        return min(0.0, value - z * se)
    return middle + side * root


def beyond(figure: Mapping[str, Any], limit: float, *, above: bool) -> float:
    """One-sided p-value of "not beyond ``limit``": small when the figure surely is.

    Found from the interval, so that test and interval never disagree: the largest confidence at
    which the interval still lies wholly beyond the limit.
    """
    low, high = 0.0, 1.0
    point = interval(figure, 1e-9)
    if not (point.low > limit if above else point.high < limit):
        return 0.5
    if not {"count", "a", "slope", "bias"} & {k for k, v in figure.items() if v is not None}:
        se = float(figure.get("se") or 0.0)
        away = abs(float(figure["value"]) - limit)
        return _NORMAL.cdf(-away / se) if se > _NO_ERROR else 0.0
    for _ in range(50):
        middle = (low + high) / 2
        found = interval(figure, min(middle, 1 - 1e-12))
        clear = found.low > limit if above else found.high < limit
        low, high = (middle, high) if clear else (low, middle)
    return (1 - low) / 2


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (Scandinavian Journal of Statistics 6, 1979)."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    adjusted, running = [0.0] * len(p), 0.0
    for rank, place in enumerate(order):
        running = max(running, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = running
    return adjusted


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Adjusted p-values that bound the false discovery rate (JRSS B 57, 1995, 289-300)."""
    order = sorted(range(len(p)), key=lambda place: p[place], reverse=True)
    adjusted, running = [0.0] * len(p), 1.0
    for rank, place in enumerate(order):
        running = min(running, p[place] * len(p) / (len(p) - rank))
        adjusted[place] = running
    return adjusted

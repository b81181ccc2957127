"""How well scores mean what they say within each group: calibration error and its curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from governance.checks import charts_groups
from governance.checks.base import Chart, Measurement
from governance.checks.engine.group_estimates import GroupEstimate
from governance.checks.engine.group_rows import Rows

BINS = 10


def curves(
    found: list[Rows], estimates: Mapping[str, list[GroupEstimate]], title: str
) -> tuple[list[Measurement], list[Chart]]:
    """The expected calibration error of every assessed group, and one picture of all curves."""
    assessed = {one.group for one in estimates["calibration_gap"] if one.assessed}
    kept = [rows for rows in found if rows.group in assessed]
    measured = [_error(rows, title) for rows in kept]
    if not kept:
        return measured, []
    drawn = {rows.group: _curve(rows) for rows in kept[: len(charts_groups.TONES)]}
    said = "; ".join(
        f"{name}: scored {points[-1][0]:.0%} at the top, recorded {points[-1][1]:.0%}"
        for name, points in drawn.items()
    )
    chart = charts_groups.calibration(
        f"Recorded against predicted by {title}",
        f"Tenths of each group's rows by score; the {len(drawn)} largest groups",
        drawn,
        alt=f"Recorded against predicted share by {title}. {said}.",
    )
    return measured, [chart]


def _binned(rows: Rows) -> list[tuple[float, float, float]]:
    """(weight, mean score, mean label) of up to ten bins of equally many rows, ties together."""
    ranked = np.searchsorted(rows.score, rows.score, side="left")  # rows are sorted by score
    place = np.minimum(ranked * BINS // rows.n, BINS - 1)
    weight = np.bincount(place, weights=rows.given, minlength=BINS)
    score = np.bincount(place, weights=rows.given * rows.score, minlength=BINS)
    label = np.bincount(place, weights=rows.given * rows.label, minlength=BINS)
    return [
        (float(w), float(s / w), float(y / w))
        for w, s, y in zip(weight, score, label, strict=True)
        if w > 0
    ]


def _curve(rows: Rows) -> list[tuple[float, float]]:
    return [(round(score, 5), round(label, 5)) for _, score, label in _binned(rows)]


def _error(rows: Rows, title: str) -> Measurement:
    """The mean distance of recorded from predicted, beside what chance alone would show."""
    bins = _binned(rows)
    whole = sum(weight for weight, _, _ in bins)
    value = sum(weight * abs(label - score) for weight, score, label in bins) / whole
    share = rows.effective / whole
    chance = sum(
        weight * np.sqrt(2 / np.pi * score * (1 - score) / max(1.0, weight * share))
        for weight, score, _ in bins
    )
    note = f"Perfect calibration would show about {float(chance / whole):.3f} with so many rows."
    return Measurement("ece", float(value), n=rows.n, group=f"{title}: {rows.group}", note=note)

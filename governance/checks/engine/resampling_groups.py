"""Bootstraps all groups' figures at once from their cells: exactly the row bootstrap.

Every replicate is one multinomial draw of all cells together, so the groups' sizes vary as they
would if rows were drawn again. Its cost does not depend on how many rows there are. Weighted rows
are drawn as ``bootstrap.resampled_sums`` does.

Sources: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 6 and 14.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import bootstrap
from governance.checks.engine.group_rates import RATES, quartet
from governance.checks.engine.intervals import Interval
from governance.counting.cells import Cells

Floats = NDArray[np.float64]
FIGURES = (*RATES, "balanced_accuracy", "f1")


def table(cells: Sequence[Cells]) -> NDArray[np.int64]:
    """Rows selected rightly, wrongly, missed, refused rightly, shape (groups, 4)."""
    return np.array([quartet(cell) for cell in cells], dtype=np.int64).reshape(-1, 4)


def sums(cells: Sequence[Cells]) -> Floats:
    """The cells themselves, as weights where the rows have them, shape (groups, 4)."""
    if cells and cells[0].masses is not None:
        return np.array([[mass.sum for mass in cell.masses or ()] for cell in cells])
    return table(cells).astype(np.float64)


def drawn(cells: Sequence[Cells], seed: int, replicates: int = bootstrap.REPLICATES) -> Floats:
    """Draws of the cells of every group, shape (replicates, groups, 4)."""
    if cells and cells[0].masses is not None:
        masses = [mass for cell in cells for mass in cell.masses or ()]
        sums = np.array([mass.sum for mass in masses])
        squares = np.array([mass.sum_of_squares for mass in masses])
        found = bootstrap.resampled_sums(sums, squares, seed, replicates)
    else:
        counts = table(cells).ravel()
        found = bootstrap.resampled_counts(counts, seed, replicates).astype(np.float64)
    return found.reshape(replicates, -1, 4)


def figures(cells: Floats, names: Sequence[str] = FIGURES) -> Mapping[str, Floats]:
    """Every named figure of (..., 4) cells; NaN where its denominator is empty."""
    hit, false, missed, _ = np.moveaxis(cells, -1, 0)
    found: dict[str, Floats] = {}
    for name in names:
        if name == "f1":
            found[name] = _over(2 * hit, 2 * hit + false + missed)
        elif name == "balanced_accuracy":
            both = figures(cells, ("true_positive_rate", "true_negative_rate"))
            found[name] = sum(both.values(), np.zeros(())) / 2
        else:
            counted, among = RATES[name]
            found[name] = _over(_sum(cells, counted), _sum(cells, among))
    return found


def interval(draws: Floats, confidence: float) -> Interval | None:
    """The percentile interval of one figure's draws; None when too few of them are computable."""
    usable = draws[np.isfinite(draws)]
    if len(usable) < 0.9 * len(draws):
        return None
    low, high = bootstrap.percentile(usable, confidence)
    return Interval(float(low), float(high))


def intervals_of(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Percentile intervals of (replicates, groups) draws, where all of them are computable."""
    tail = (1 - confidence) / 2
    ordered = np.sort(draws, axis=0)
    places = (len(ordered) - 1) * np.array([tail, 1 - tail])
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, len(ordered) - 1)
    part = (places - below)[:, None]
    low, high = ordered[below] * (1 - part) + ordered[above] * part
    return low, high


def _sum(cells: Floats, places: Sequence[int]) -> Floats:
    total = cells[..., places[0]]
    for place in places[1:]:
        total = total + cells[..., place]
    return np.asarray(total, dtype=np.float64)


def _over(count: Floats, of: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(count / of, dtype=np.float64)

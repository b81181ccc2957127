"""Scores counted in at most 1,024 bins a class: AUC, PR AUC and KS from counts shards add up.

Ties inside a bin count half. With no more distinct scores than bins every score has a bin of its
own and the figures are exact; otherwise they agree with the exact ones to about four decimals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import bootstrap

Floats = NDArray[np.float64]
BINS = 1024
FIXED: Floats = np.arange(1, BINS) / BINS  # for probabilities, the same whatever the data


def edges(score: Floats, bins: int = BINS) -> Floats:
    """Inner edges: between distinct scores where few, else quantiles of all scores.

    Taken once on all scores (or on the reference) and used for every class, group and shard.
    """
    distinct = np.unique(score)
    if len(distinct) <= bins:
        return np.asarray(distinct[1:], dtype=np.float64)
    ordered = np.sort(score)
    places = (np.arange(1, bins) * len(ordered)) // bins
    return np.unique(ordered[places])


def counted(label: NDArray[np.int8], score: Floats, inner: Floats) -> NDArray[np.int64]:
    """Rows by class (0, 1) and bin, shape (2, bins); a score on an edge is in the bin above."""
    size = len(inner) + 1
    cell = _bin_of(score, inner) + size * label.astype(np.int64)
    return np.bincount(cell, minlength=2 * size).reshape(2, size).astype(np.int64)


def _bin_of(score: Floats, inner: Floats) -> NDArray[np.int64]:
    """The bin of every score; without a search where the edges are ``FIXED``, which are exact."""
    if inner is FIXED:
        return np.clip(score * BINS, 0, BINS - 1).astype(np.int64)
    return np.searchsorted(inner, score, side="right").astype(np.int64)


def summed(
    label: NDArray[np.int8], score: Floats, inner: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """Sums of weights and of squared weights by class and bin."""
    size = len(inner) + 1
    cell = _bin_of(score, inner) + size * label.astype(np.int64)
    sums = np.bincount(cell, weights=weight, minlength=2 * size)
    squares = np.bincount(cell, weights=weight**2, minlength=2 * size)
    return np.reshape(sums, (2, size)).astype(float), np.reshape(squares, (2, size)).astype(float)


def auc(cells: NDArray[np.generic]) -> Floats:
    """ROC AUC of (..., 2, bins) counts; NaN with one class only."""
    low, high = _halves(cells)
    below = np.cumsum(low, axis=-1) - low / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((high * below).sum(-1) / (low.sum(-1) * high.sum(-1)))


def average_precision(cells: NDArray[np.generic]) -> Floats:
    """PR AUC as average precision (steps at the bins); NaN without favourable outcomes."""
    low, high = _halves(cells)
    hits = np.cumsum(high[..., ::-1], axis=-1)
    taken = hits + np.cumsum(low[..., ::-1], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(taken > 0, hits / np.where(taken > 0, taken, 1), 0.0)
        return np.asarray((precision * high[..., ::-1]).sum(-1) / high.sum(-1))


def ks(cells: NDArray[np.generic]) -> Floats:
    """The largest distance of the two classes' distribution functions; NaN with one class only."""
    low, high = _halves(cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.cumsum(low, -1) / low.sum(-1, keepdims=True)
        apart = apart - np.cumsum(high, -1) / high.sum(-1, keepdims=True)
    return np.asarray(np.abs(apart).max(-1))


def draws(
    label: NDArray[np.int8],
    score: Floats,
    weight: Floats | None,
    seed: int,
    replicates: int = bootstrap.REPLICATES,
) -> Floats:
    """Bootstrap draws of the cells, shape (replicates, 2, bins)."""
    inner = edges(score)
    size = len(inner) + 1
    if weight is None:
        cells = counted(label, score, inner).ravel()
        drawn = bootstrap.resampled_counts(cells, seed, replicates)
        return drawn.reshape(replicates, 2, size).astype(np.float64)
    sums, squares = summed(label, score, inner, weight)
    made = bootstrap.resampled_sums(sums.ravel(), squares.ravel(), seed, replicates)
    return made.reshape(replicates, 2, size)


def _halves(cells: NDArray[np.generic]) -> tuple[Floats, Floats]:
    """The unfavourable and the favourable class as floats."""
    both = np.asarray(cells, dtype=np.float64)
    return both[..., 0, :], both[..., 1, :]

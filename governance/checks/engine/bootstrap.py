"""The bootstrap by multinomial resampling of counts: exactly the row bootstrap, at any size.

Weighted rows are resampled by a Poisson bootstrap on the sums of each cell, so that they too need
only a few numbers per cell, which shards add up.

Sources: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 6; Chamandy,
Muralidharan, Najmi and Naidu, Estimating Uncertainty for Massive Data Streams (Google, 2012).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
REPLICATES = 1000


def resampled_counts(
    counts: NDArray[np.int64], seed: int, replicates: int = REPLICATES
) -> NDArray[np.int64]:
    """``replicates`` draws of the cell counts, shape (replicates, cells)."""
    total = int(counts.sum())
    return np.random.default_rng(seed).multinomial(total, counts / total, size=replicates)


def resampled_sums(
    sums: Floats, squares: Floats, seed: int, replicates: int = REPLICATES
) -> Floats:
    """Poisson-bootstrap draws of the cells' sums of weights, shape (replicates, cells).

    ``squares`` are the sums of squared weights. A row's weight times a Poisson(1) number has the
    weight as mean and its square as variance; the draw is a scaled Poisson number with the same
    mean and variance for the whole cell, which is exact where a cell's weights are equal.
    """
    safe = np.where(sums > 0, sums, 1.0)
    scale = np.where(sums > 0, squares / safe, 0.0)
    expected = np.where(squares > 0, sums**2 / np.where(squares > 0, squares, 1.0), 0.0)
    drawn = np.random.default_rng(seed).poisson(expected, size=(replicates, len(sums)))
    return np.asarray(drawn * scale, dtype=np.float64)


def totals(place: NDArray[np.integer], values: Floats, size: int) -> Floats:
    """Sums of ``values`` by place, 0 <= place < size."""
    return np.bincount(place, weights=values, minlength=size).astype(np.float64)


def effective_rows(weight: Floats) -> float:
    """Kish's effective sample size: rows of equal weight that would say as much."""
    return float(weight.sum() ** 2 / np.square(weight).sum())


def resampled_means(rows: Floats, seed: int, replicates: int = REPLICATES) -> Floats:
    """Means of each column of ``rows`` over bootstrap samples, shape (replicates, columns)."""
    n = rows.shape[0]
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=replicates)
    return np.asarray(weights @ rows / n, dtype=np.float64)


def percentile(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The percentile interval of each column of ``draws``."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return low, high


def ranks(values: Floats) -> NDArray[np.int64]:
    """Rank 1 for the largest in each row; equal values keep the order of columns."""
    order = np.argsort(-values, axis=-1, kind="stable")
    result = np.empty_like(order)
    np.put_along_axis(
        result, order, np.broadcast_to(np.arange(1, values.shape[-1] + 1), order.shape), -1
    )
    return result

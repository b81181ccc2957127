"""The bootstrap by multinomial resampling of counts: exactly the row bootstrap, at any size."""

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

"""How well scores put graded rows in order: concordance and NDCG.

Sources: Harrell, Lee and Mark, Statistics in Medicine 15 (1996) 361-387 (concordance); Järvelin and
Kekäläinen, ACM TOIS 20 (2002) 422-446 (NDCG); McSherry and Najork, ECIR 2008 (tied scores).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def concordance(relevance: Floats, score: Floats) -> float | None:
    """How often, of two rows of different grade, the better has the higher score; ties half.

    The ROC AUC when there are two grades. None when all grades, or all scores, are the same.
    """
    from scipy.stats import kendalltau

    n = len(relevance)
    same_grade, same_score = _tied(relevance), _tied(score)
    pairs = n * (n - 1) / 2
    if pairs - same_grade <= 0 or pairs - same_score <= 0:
        return None
    tau = float(kendalltau(relevance, score, variant="b").statistic)
    net = round(tau * float(np.sqrt((pairs - same_grade) * (pairs - same_score))))
    return 0.5 + net / (2 * (pairs - same_grade))


def _tied(values: Floats) -> float:
    _, count = np.unique(values, return_counts=True)
    return float((count.astype(np.float64) * (count - 1) / 2).sum())


def ndcg(relevance: Floats, score: Floats, k: int | None = None) -> float | None:
    """Discounted gain of the order by score over that of the best order; tied scores averaged.

    Gains are the grades themselves, discounts 1 / log2(place + 1), cut after ``k`` places. None
    when no row has a grade above 0.
    """
    discount = 1.0 / np.log2(np.arange(2, len(score) + 2))
    if k is not None:
        discount[k:] = 0.0
    best = float((np.sort(relevance)[::-1] * discount).sum())
    if best <= 0.0:
        return None
    _, place, count = np.unique(-score, return_inverse=True, return_counts=True)
    gain = np.bincount(place, weights=relevance) / count
    until = np.cumsum(count) - 1
    reached = np.cumsum(discount)[until]
    return float((gain * np.diff(reached, prepend=0.0)).sum() / best)

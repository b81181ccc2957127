"""The model that tries to tell a group from the features, held out fold by fold.

Gradient-boosted trees of fixed size on one thread, so that the same rows and seed give the same
figures to the last bit. AUCs are taken within each fold, since scores of models fitted on different
rows are not comparable, and then averaged.

Sources: LeDell, Petersen and van der Laan, Electronic Journal of Statistics 9 (2015) 1583-1607
(interval of a cross-validated AUC); Breiman, Machine Learning 45 (2001) 5-32 (shuffled features).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import CheckError
from governance.checks.engine import roc

Floats = NDArray[np.float64]
FOLDS = 5
_SHUFFLES = 2
_MOST_CATEGORIES = 250


@dataclass(frozen=True)
class Told:
    """The AUC with its standard error; for every feature what is lost when it is shuffled, with
    the error of that over folds, and its AUC alone (above 0.5 whichever way it points)."""

    auc: float
    error: float
    drops: tuple[float, ...]
    drop_errors: tuple[float, ...]
    alone: tuple[float, ...]


def coded(values: pl.Series) -> pl.Series:
    """A feature as numbers: categories by how common they are, the rarest together."""
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        return values.cast(pl.Float64).fill_nan(None)
    if values.dtype.is_temporal():
        return values.cast(pl.Int64).cast(pl.Float64)
    texts = values.cast(pl.String)
    found = texts.drop_nulls().value_counts().sort(["count", texts.name], descending=[True, False])
    names = found.get_column(texts.name).to_list()
    places = [float(min(place, _MOST_CATEGORIES)) for place in range(len(names))]
    if not names:
        return texts.cast(pl.Float64)
    return texts.replace_strict(names, places, default=None, return_dtype=pl.Float64)


def told(features: Floats, belongs: NDArray[np.bool_], seed: int) -> Told:
    """How well ``belongs`` can be told from ``features``, shape (rows, features)."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(seed)
    label = belongs.astype(np.int8)
    if min(int(label.sum()), len(label) - int(label.sum())) < 2 * FOLDS:
        raise CheckError("A group has too few rows to be told from the others by folds.")
    fold = _folds(label, rng)
    aucs, variances, drops = [], [], []
    with threadpool_limits(limits=1):
        for one in range(FOLDS):
            held = fold == one
            model = HistGradientBoostingClassifier(
                max_iter=80, max_leaf_nodes=15, learning_rate=0.1, min_samples_leaf=20,
                early_stopping=False, random_state=0,
            )  # fmt: skip
            model.fit(features[~held], label[~held])
            score = model.predict_proba(features[held])[:, 1]
            found = roc.auc(label[held], score)
            value = 0.5 if found.value is None else found.value
            aucs.append(value)
            variances.append(found.error**2)
            drops.append(_lost(model, features[held], label[held], value, rng))
    each = np.array(drops)
    return Told(
        auc=float(np.mean(aucs)),
        error=float(np.sqrt(np.sum(variances)) / FOLDS),
        drops=tuple(float(x) for x in each.mean(0)),
        drop_errors=tuple(float(x) for x in each.std(0, ddof=1) / np.sqrt(FOLDS)),
        alone=tuple(_alone(features[:, k], label) for k in range(features.shape[1])),
    )


def _folds(label: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int64]:
    """The fold of every row, each with the same share of both."""
    fold = np.empty(len(label), dtype=np.int64)
    for value in (0, 1):
        places = rng.permutation(np.flatnonzero(label == value))
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def _lost(
    model: object, features: Floats, label: NDArray[np.int8], value: float, rng: np.random.Generator
) -> list[float]:
    """The AUC lost on held-out rows when each feature in turn is shuffled."""
    lost = []
    for k in range(features.shape[1]):
        gone = 0.0
        for _ in range(_SHUFFLES):
            mixed = features.copy()
            mixed[:, k] = mixed[rng.permutation(len(mixed)), k]
            score = model.predict_proba(mixed)[:, 1]  # type: ignore[attr-defined]
            found = roc.auc(label, score)
            gone += value - (0.5 if found.value is None else found.value)
        lost.append(gone / _SHUFFLES)
    return lost


def _alone(values: Floats, label: NDArray[np.int8]) -> float:
    """The AUC of one feature by itself, empty values at the bottom."""
    known = np.where(np.isnan(values), -np.inf, values)
    if known.min() == known.max():
        return 0.5
    ranked = roc.midranks(np.where(np.isinf(known), np.nanmin(values) - 1, known))
    found = roc.auc(label, ranked).value
    return 0.5 if found is None else float(max(found, 1 - found))

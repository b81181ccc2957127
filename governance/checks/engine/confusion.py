"""Class metrics as functions of the confusion matrix alone, for one matrix or for many draws of it.

Rows are recorded classes, columns predicted ones; cells are counts or sums of weights. A figure
whose denominator is empty is NaN here, and "not computable" once it leaves the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINARY = ("accuracy", "balanced_accuracy", "recall", "specificity", "precision", "f1")
SEVERAL = (
    "accuracy", "balanced_accuracy",
    "precision_macro", "recall_macro", "f1_macro",
    "precision_weighted", "recall_weighted", "f1_weighted",
    "precision_micro", "recall_micro", "f1_micro",
)  # fmt: skip


def matrix(
    label: NDArray[np.integer], prediction: NDArray[np.integer], classes: int
) -> NDArray[np.int64]:
    """Counts by recorded and predicted class."""
    cell = label.astype(np.int64) * classes + prediction
    return np.bincount(cell, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def weighted(
    label: NDArray[np.integer],
    prediction: NDArray[np.integer],
    classes: int,
    weight: Floats,
) -> tuple[Floats, Floats]:
    """Sums of weights and of squared weights by recorded and predicted class."""
    cell = label.astype(np.int64) * classes + prediction
    sums = np.bincount(cell, weights=weight, minlength=classes**2)
    squares = np.bincount(cell, weights=weight**2, minlength=classes**2)
    shape = (classes, classes)
    return sums.reshape(shape).astype(float), squares.reshape(shape).astype(float)


def binary(cells: NDArray[np.generic]) -> Mapping[str, Floats]:
    """The figures of ``BINARY`` for (..., 2, 2) cells; class 1 is the favourable one."""
    c = np.asarray(cells, dtype=np.float64)
    negative, false, missed, hit = c[..., 0, 0], c[..., 0, 1], c[..., 1, 0], c[..., 1, 1]
    recall, specificity = _over(hit, hit + missed), _over(negative, negative + false)
    return {
        "accuracy": _over(hit + negative, c.sum((-1, -2))),
        "balanced_accuracy": (recall + specificity) / 2,
        "recall": recall,
        "specificity": specificity,
        "precision": _over(hit, hit + false),
        "f1": _over(2 * hit, 2 * hit + false + missed),
    }


def several(cells: NDArray[np.generic]) -> Mapping[str, Floats]:
    """The figures of ``SEVERAL`` for (..., K, K) cells.

    A class neither recorded nor predicted takes no part. A macro average is NaN when the figure of
    a class that takes part has an empty denominator; a weighted one when that class has rows.
    """
    c = np.asarray(cells, dtype=np.float64)
    hit, recorded, predicted = np.diagonal(c, axis1=-2, axis2=-1), c.sum(-1), c.sum(-2)
    total = c.sum((-1, -2))
    takes_part = (recorded + predicted) > 0
    of_class = {
        "precision": _over(hit, predicted),
        "recall": _over(hit, recorded),
        "f1": _over(2 * hit, recorded + predicted),
    }
    accuracy = _over(hit.sum(-1), total)
    seen = recorded > 0
    found = {
        "accuracy": accuracy,
        "balanced_accuracy": np.where(
            seen.sum(-1) > 1, _mean(of_class["recall"], seen.astype(float)), np.nan
        ),
    }
    for name, values in of_class.items():
        found[f"{name}_macro"] = _mean(values, takes_part.astype(float))
        found[f"{name}_weighted"] = _mean(values, recorded)
        found[f"{name}_micro"] = accuracy
    return found


def by_class(cells: NDArray[np.generic]) -> Mapping[str, Floats]:
    """Precision, recall and F1 of every class of one matrix."""
    c = np.asarray(cells, dtype=np.float64)
    hit, recorded, predicted = np.diagonal(c), c.sum(1), c.sum(0)
    return {
        "precision": _over(hit, predicted),
        "recall": _over(hit, recorded),
        "f1": _over(2 * hit, recorded + predicted),
    }


def why_not(name: str, cells: Floats, classes: Sequence[str]) -> str:
    """Why a figure of one matrix is not computable, to complete "Not computable: "."""
    recorded, predicted = cells.sum(1), cells.sum(0)
    if name == "balanced_accuracy" or (len(classes) == 2 and name in ("recall", "specificity")):
        return "only one outcome is recorded"
    if name == "f1":
        return "no row is favourable, neither recorded nor predicted"
    if name == "precision" and len(classes) == 2:
        return "no row is predicted favourable"
    empty = predicted if name.startswith("precision") else recorded
    names = [
        f"'{one}'"
        for one, n, other in zip(classes, empty, recorded + predicted, strict=True)
        if n == 0 and other > 0
    ]
    what = "predicted" if name.startswith("precision") else "recorded"
    return f"{', '.join(names)} is never {what}"


def _over(count: Floats, of: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(of > 0, count / np.where(of > 0, of, 1.0), np.nan))


def _mean(values: Floats, weight: Floats) -> Floats:
    """The mean along the last axis over what has weight; NaN if any of that is NaN."""
    used = np.where(weight > 0, values, 0.0)
    return _over((used * weight).sum(-1), weight.sum(-1))

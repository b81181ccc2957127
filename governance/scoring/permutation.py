"""Shapley values of a model known only by its answers: antithetic permutations, many rows at once.

Each of ``permutations`` orders of a row's features is walked forwards and backwards, so that the
values of a row always add up to its answer exactly, whatever the number of orders. A feature that
is "off" takes its values from the background rows, all others being kept (an independent, or
interventional, background). Source: Strumbelj and Kononenko (2014); Mitchell et al., Sampling
Permutations for Shapley Value Estimation (2022), for the antithetic pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_AT_ONCE = 200_000  # altered rows given to the model in one call


class Codes:
    """Columns as one float matrix and back: text becomes its place in a sorted list."""

    def __init__(self, columns: Mapping[str, NDArray[Any]], names: Sequence[str]) -> None:
        self._names = list(names)
        self._values: dict[str, NDArray[Any]] = {}
        coded = []
        for name in self._names:
            column = columns[name]
            if column.dtype.kind in "fiub":
                coded.append(column.astype(np.float64))
                continue
            texts = np.array(["" if value is None else str(value) for value in column])
            self._values[name], places = np.unique(texts, return_inverse=True)
            coded.append(places.astype(np.float64))
        self.matrix: Floats = np.column_stack(coded)

    def columns(self, matrix: Floats) -> dict[str, NDArray[Any]]:
        """The columns that ``matrix`` stands for."""
        decoded: dict[str, NDArray[Any]] = {}
        for place, name in enumerate(self._names):
            values = matrix[:, place]
            texts = self._values.get(name)
            decoded[name] = (
                values if texts is None else texts[values.astype(np.int64)].astype(object)
            )
        return decoded


def evaluations(features: int, background: int, permutations: int) -> int:
    """Altered rows the model answers for one explained row."""
    return max(1, 2 * permutations * (features - 1)) * background


def values(
    model: Callable[[Floats], Floats],
    rows: Floats,
    background: Floats,
    *,
    permutations: int,
    seed: int,
    progress: Callable[[float], None],
) -> tuple[Floats, Floats, Floats]:
    """(values, bases, outputs), shapes (rows, features, k), (k,), (rows, k) for k outputs.

    ``model`` takes a matrix and answers with shape (rows, k).
    """
    bases, outputs = model(background).mean(axis=0), model(rows)
    count, features = rows.shape
    found = np.zeros((count, features, outputs.shape[1]))
    rng = np.random.default_rng(seed)
    step = max(1, _AT_ONCE // evaluations(features, len(background), permutations))
    for start in range(0, count, step):
        part = slice(start, min(start + step, count))
        size = part.stop - start
        orders = rng.permuted(
            np.broadcast_to(np.arange(features), (size, permutations, features)).copy(), axis=2
        )
        found[part] = _part(model, rows[part], background, orders, bases, outputs[part])
        progress(min(1.0, part.stop / count))
    return found, bases, outputs


def _part(
    model: Callable[[Floats], Floats],
    rows: Floats,
    background: Floats,
    orders: NDArray[np.int64],
    bases: Floats,
    outputs: Floats,
) -> Floats:
    """Values of a few rows; ``orders`` has shape (rows, permutations, features)."""
    size, permutations, features = orders.shape
    answers = np.empty((size, permutations, 2, features + 1, outputs.shape[1]))
    # A walk forwards turns features on from none to all; the one backwards turns them off again.
    answers[:, :, 0, 0], answers[:, :, 0, -1] = bases, outputs[:, None]
    answers[:, :, 1, 0], answers[:, :, 1, -1] = outputs[:, None], bases
    if features > 1:
        masks = _masks(orders)
        altered = np.where(
            masks[..., None, :], rows[:, None, None, None, None, :], background
        ).reshape(-1, features)
        said = model(altered).reshape(*masks.shape[:-1], len(background), -1)
        answers[:, :, :, 1:-1] = said.mean(axis=-2)
    steps = np.diff(answers, axis=3)
    steps[:, :, 1] *= -1
    total = np.zeros((size, features, outputs.shape[1]))
    for permutation in range(permutations):
        for walk in (0, 1):
            order = orders[:, permutation]
            total[np.arange(size)[:, None], order] += steps[:, permutation, walk]
    mean: Floats = total / (2 * permutations)
    return mean


def _masks(orders: NDArray[np.int64]) -> Flags:
    """Which features are on, shape (rows, permutations, 2 walks, features - 1, features)."""
    features = orders.shape[-1]
    place = np.argsort(orders, axis=-1)  # when a feature's turn comes
    turned = place[:, :, None, :] < np.arange(1, features)[:, None]
    return np.stack([turned, ~turned], axis=2)

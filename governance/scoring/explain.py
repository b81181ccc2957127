"""Shapley values of a model known only by its answers. Runs in the child, imports shap late.

shap's permutation explainer over an independent background: each of ``permutations`` orders is
walked forwards and backwards (antithetic), so the values of a row always add up to its score
exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """How many rows to explain (or exactly which: ``only``), against how many background rows, in
    how many orders."""

    rows: int = 200
    background: int = 50
    permutations: int = 2
    seed: int = 0
    only: tuple[int, ...] = ()


@dataclass(frozen=True)
class Explained:
    """``values[i, j]``: what feature j adds to the score of row ``row_ids[i]`` over ``base``."""

    values: Floats
    row_ids: NDArray[np.int64]
    background_ids: NDArray[np.int64]
    base: float
    scores: Floats

    @property
    def additivity_error(self) -> float:
        """The largest distance between a score and base plus contributions."""
        return float(np.abs(self.base + self.values.sum(axis=1) - self.scores).max())


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


def explain(
    score: Callable[[Mapping[str, NDArray[Any]]], Floats],
    columns: Mapping[str, NDArray[Any]],
    names: Sequence[str],
    plan: Plan,
    progress: Progress,
) -> Explained:
    """Shapley values of ``score`` on a seeded sample of the rows of ``columns``."""
    import shap

    codes = Codes(columns, names)
    row_ids, background_ids = _drawn(codes.matrix.shape[0], plan)
    background = codes.matrix[background_ids]

    def model(matrix: Floats) -> Floats:
        return score(codes.columns(np.asarray(matrix, dtype=np.float64)))

    masker = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.explainers.Permutation(model, masker, seed=plan.seed)
    evaluations = plan.permutations * (2 * len(names) + 1)
    sample = codes.matrix[row_ids]
    values = np.zeros((len(row_ids), len(names)))
    step = max(1, len(row_ids) // 20)
    for start in range(0, len(row_ids), step):
        part = slice(start, start + step)
        found = explainer(sample[part], max_evals=evaluations, silent=True)
        values[part] = found.values
        progress(min(1.0, (start + step) / len(row_ids)))
    base = float(model(background).mean())
    return Explained(values, row_ids, background_ids, base, model(sample))


def _drawn(total: int, plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which rows to explain and which are the background, each in order."""
    drawn = np.random.default_rng(plan.seed).permutation(total)
    if plan.only:
        asked = np.asarray(plan.only, dtype=np.int64)
        others = drawn[~np.isin(drawn, asked)]
        return np.sort(asked), np.sort((others if len(others) else drawn)[: plan.background])
    # The background is drawn from the far end: on small data it overlaps the sample, no harm done.
    return np.sort(drawn[: plan.rows]), np.sort(drawn[::-1][: plan.background])

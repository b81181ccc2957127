"""A checked LightGBM model as a function from a table to answers. Runs in the child only.

An empty value goes the way each split has learnt for it (or counts as 0, where training saw none).
Text is refused. The library's own contributions are not asked for: up to 4.7.0 they write beyond
their array (CVE-2026-92786), so explanations are made by permutation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from governance.scoring import answers, lightgbm_trees, trees
from governance.scoring.answers import (
    Answers,
    Asked,
    Columns,
    Contributions,
    Malformed,
    Unusable,
    first_line,
)

_THREADS = 2  # rows are shared out among them, so no sum depends on how many there are
_MANY = 1_000  # rows; a few are not worth waking a thread
_OBJECTIVES = {
    "binary": ("binary",),
    "cross_entropy": ("binary", "regression"),
    "multiclass": ("multiclass",),
    "multiclassova": ("multiclass",),
    "lambdarank": ("ranking",),
    "rank_xendcg": ("ranking",),
    **dict.fromkeys(
        ("regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma",
         "tweedie"),
        ("regression",),
    ),
}  # fmt: skip


class LightgbmModel:
    """Boosted trees or a random forest; the objective must be one of the declared task."""

    libraries: tuple[str, ...] = ("lightgbm",)
    work = 0

    def __init__(self, path: Path, asked: Asked) -> None:
        import lightgbm

        file = lightgbm_trees.read(path)
        self.structure = f"{file.trees:,} trees with {file.nodes:,} nodes, all of them sound."
        self._asked, self._groups = asked, file.groups
        _fits(file.objective, asked.task)
        if (file.groups > 1) != (asked.task == "multiclass"):
            raise Malformed(f"The objective {file.objective} and {file.groups} classes do not fit.")
        self._order = _ordered(file.names, asked.features)
        if asked.task == "binary":
            answers.favourable_place(asked)
        try:
            self._booster = lightgbm.Booster(model_str=file.content)
        except lightgbm.basic.LightGBMError as error:
            raise Malformed(f"LightGBM refuses the model: {first_line(error)}") from error

    def answers(self, columns: Columns) -> Answers:
        import lightgbm

        matrix = answers.matrix(columns, self._order)
        try:
            threads = _THREADS if len(matrix) >= _MANY else 1
            said: Any = self._booster.predict(matrix, num_threads=threads)
        except lightgbm.basic.LightGBMError as error:
            raise Unusable(f"The model fails on these data: {first_line(error)}") from error
        found = np.asarray(said, dtype=np.float64)
        wanted = (len(matrix), self._groups) if self._groups > 1 else (len(matrix),)
        if found.shape != wanted:
            raise Unusable(f"The model gives {found.size:,} numbers for {len(matrix):,} rows.")
        if self._asked.task == "multiclass":
            return answers.several(found, self._asked)
        if self._asked.task == "binary":
            return answers.binary(found, self._asked)
        return answers.numbers(found)

    def contributions(self, columns: Columns) -> Contributions:
        raise NotImplementedError


def _ordered(names: tuple[str, ...], features: tuple[str, ...]) -> list[str]:
    """The declared features in the model's order; LightGBM writes a space in a name as _."""
    spelt = {name.replace(" ", "_"): name for name in features}
    counted = tuple(f"Column_{place}" for place in range(len(names)))
    if names == counted and not set(names) <= set(spelt):
        return trees.ordered((), len(names), features)  # trained without names
    return trees.ordered([spelt.get(name, name) for name in names], len(names), features)


def _fits(objective: str, task: str) -> None:
    if objective not in _OBJECTIVES:
        raise Unusable(
            f"We do not score models of the objective '{objective[:60]}'; known are "
            f"{', '.join(_OBJECTIVES)}."
        )
    tasks = _OBJECTIVES[objective]
    if task not in tasks:
        raise Unusable(
            f"The model was trained for {tasks[0]} (objective {objective}) and the version "
            f"declares {task}."
        )

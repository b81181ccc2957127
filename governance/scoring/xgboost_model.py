"""A checked XGBoost model as a function from a table to answers. Runs in the child only.

An empty value is missing to XGBoost and takes the way each split has learnt for it. Text is
refused. Contributions are the library's own: exact Shapley values over the trees' paths, in the
space of the margin.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from governance.scoring import answers, trees, xgboost_trees
from governance.scoring.answers import (
    Answers,
    Asked,
    Columns,
    Contributions,
    Floats,
    Malformed,
    Unusable,
    first_line,
)

_THREADS = 2  # rows are shared out among them, so no sum depends on how many there are
# Objective: the tasks it serves, and the space its margin is in.
_OBJECTIVES = {
    "binary:logistic": (("binary",), "log-odds"),
    "multi:softprob": (("multiclass",), "margin"),
    "multi:softmax": (("multiclass",), "margin"),
    "reg:logistic": (("regression", "binary"), "log-odds"),
    "reg:gamma": (("regression",), "log"),
    "reg:tweedie": (("regression",), "log"),
    "count:poisson": (("regression",), "log"),
    **dict.fromkeys(
        (
            "reg:squarederror",
            "reg:linear",
            "reg:squaredlogerror",
            "reg:absoluteerror",
            "reg:pseudohubererror",
            "reg:quantileerror",
        ),
        (("regression",), "identity"),
    ),
    **dict.fromkeys(("rank:pairwise", "rank:ndcg", "rank:map"), (("ranking",), "identity")),
}


class XgboostModel:
    """Boosted trees; the objective must be one of the declared task."""

    libraries: tuple[str, ...] = ("xgboost",)

    def __init__(self, path: Path, asked: Asked) -> None:
        import xgboost

        file = xgboost_trees.read(path)
        self.structure = (
            f"{file.trees:,} trees with {file.nodes:,} nodes, all of them sound.{file.note}"
        )
        self.work = file.work
        self._asked, self._groups = asked, file.groups
        self._link = _link(file.objective, asked.task)
        if (file.groups > 1) != (asked.task == "multiclass"):
            raise Malformed(f"The objective {file.objective} and {file.groups} classes do not fit.")
        self._order = trees.ordered(file.names, file.features, asked.features)
        if asked.task == "binary":
            self._favourable = answers.favourable_place(asked)
        xgboost.set_config(verbosity=0)
        try:
            self._booster = xgboost.Booster({"nthread": _THREADS})
            self._booster.load_model(file.content)
        except xgboost.core.XGBoostError as error:
            raise Malformed(f"XGBoost refuses the model: {first_line(error)}") from error

    def answers(self, columns: Columns) -> Answers:
        if self._asked.task == "multiclass":
            margin = self._predicted(columns, "margin")
            raised = np.exp(margin - margin.max(axis=1, keepdims=True))
            return answers.several(raised / raised.sum(axis=1, keepdims=True), self._asked)
        found = self._predicted(columns, "value")
        if self._asked.task == "binary":
            return answers.binary(found, self._asked)
        return answers.numbers(found)

    def contributions(self, columns: Columns) -> Contributions:
        """Of the margin, in the order of the declared features."""
        import xgboost

        matrix = xgboost.DMatrix(
            answers.matrix(columns, self._order), missing=np.nan, nthread=_THREADS
        )
        try:
            found = self._booster.predict(matrix, pred_contribs=True, validate_features=False)
            margin = self._booster.predict(matrix, output_margin=True, validate_features=False)
        except xgboost.core.XGBoostError as error:
            raise Unusable(f"The model cannot be explained: {first_line(error)}") from error
        rows = len(margin)
        given = np.asarray(found, dtype=np.float64).reshape(rows, self._groups, -1)
        outputs = np.asarray(margin, dtype=np.float64).reshape(rows, self._groups)
        if self._asked.task == "binary" and self._favourable == 0:
            given, outputs = -given, -outputs
        places = [self._order.index(name) for name in self._asked.features]
        return Contributions(
            values=given[:, :, places].transpose(0, 2, 1),
            bases=given[0, :, -1],
            outputs=outputs,
            link=self._link,
            method="XGBoost's own contributions (path-dependent TreeSHAP)",
        )

    def _predicted(self, columns: Columns, kind: str) -> Floats:
        import xgboost

        matrix = answers.matrix(columns, self._order)
        if np.isinf(matrix).any():
            raise Unusable("The data hold an infinite number, which XGBoost refuses.")
        try:
            found: Any = self._booster.inplace_predict(
                matrix, predict_type=kind, missing=np.nan, validate_features=False
            )
        except xgboost.core.XGBoostError as error:
            raise Unusable(f"The model fails on these data: {first_line(error)}") from error
        numbers: Floats = np.asarray(found, dtype=np.float64)
        wanted = (len(matrix), self._groups) if self._groups > 1 else (len(matrix),)
        if numbers.shape != wanted:
            raise Unusable(f"The model gives {numbers.size:,} numbers for {len(matrix):,} rows.")
        return numbers


def _link(objective: str, task: str) -> str:
    if objective not in _OBJECTIVES:
        raise Unusable(
            f"We do not score models of the objective '{objective[:60]}'; known are "
            f"{', '.join(_OBJECTIVES)}."
        )
    tasks, link = _OBJECTIVES[objective]
    if task not in tasks:
        raise Unusable(
            f"The model was trained for {tasks[0]} (objective {objective}) and the version "
            f"declares {task}."
        )
    return link

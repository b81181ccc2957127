"""A checked scikit-learn model out of a skops file, from a table to answers. Child only.

Only types on the server's own list are built, in a process that has nothing to lose. A model
trained on named columns gets them by name, whatever the order; one without names as declared.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.scoring import answers, skops_file, skops_trees, trees
from governance.scoring.answers import (
    Answers,
    Asked,
    Columns,
    Contributions,
    Floats,
    Malformed,
    Unusable,
    first_line,
    text,
)


class SkopsModel:
    """A classifier or regressor, with or without steps before it."""

    libraries: tuple[str, ...] = ("skops", "scikit-learn")
    work = 0

    def __init__(self, path: Path, asked: Asked) -> None:
        import skops.io

        file = skops_file.read(path)
        self._asked = asked
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._model: Any = skops.io.loads(file.content, trusted=sorted(file.types))
            count, nodes = skops_trees.check(self._model)
        except (Malformed, MemoryError):
            raise
        except Exception as error:  # whatever a library makes of a strange file
            raise Malformed(f"skops refuses the model: {first_line(error)}") from error
        grown = f", {count:,} trees with {nodes:,} nodes, all of them sound" if count else ""
        self.structure = f"{file.nodes:,} parts of allowed types, {file.arrays:,} arrays{grown}."
        self._classes = self._known_classes()
        self._order, self._named = self._columns()

    def _known_classes(self) -> tuple[str, ...]:
        """The classes that the model names, in its order. Raises Unusable for another task."""
        found = getattr(self._model, "classes_", None)
        if not callable(getattr(self._model, "predict", None)):
            raise Unusable(
                f"A {type(self._model).__name__} predicts nothing: save the whole model."
            )
        classifies = self._asked.task in ("binary", "multiclass")
        if (found is not None) != classifies:
            kind = "a regressor" if found is None else "a classifier"
            raise Unusable(
                f"The model is {kind} and its task is registered as {self._asked.task}: register "
                f"it under a model of the task {'regression' if found is None else 'binary'}, or "
                "save another one."
            )
        return () if found is None else tuple(text(one) for one in np.asarray(found).tolist())

    def _columns(self) -> tuple[list[str], bool]:
        """The features in the model's order, and whether it wants them by name."""
        named = getattr(self._model, "feature_names_in_", None)
        if named is not None:
            names = [str(name) for name in named]
            return trees.ordered(names, len(names), self._asked.features), True
        count = getattr(self._model, "n_features_in_", len(self._asked.features))
        return trees.ordered((), int(count), self._asked.features), False

    def answers(self, columns: Columns) -> Answers:
        rows = self._rows(columns)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return self._answered(rows)
        except (Unusable, MemoryError):
            raise
        except Exception as error:
            raise Unusable(f"The model fails on these data: {first_line(error)}") from error

    def contributions(self, columns: Columns) -> Contributions:
        raise NotImplementedError

    def _answered(self, rows: Any) -> Answers:
        asked = self._asked if self._asked.classes else replace(self._asked, classes=self._classes)
        if not self._classes:
            said: Floats = np.asarray(self._model.predict(rows), dtype=np.float64)
            if said.shape != (len(rows),):
                raise Unusable("The model gives more than one number a row.")
            return answers.numbers(said)
        if not hasattr(self._model, "predict_proba"):
            return self._labels(np.asarray(self._model.predict(rows)), asked)
        shares: Floats = np.asarray(self._model.predict_proba(rows), dtype=np.float64)
        if asked.task == "multiclass":
            return answers.several(shares, asked)
        if shares.ndim != 2 or shares.shape[1] != 2:
            raise answers.not_binary(len(self._classes))
        said_so = shares.argmax(axis=1) == answers.favourable_place(asked)  # its own way with ties
        found = answers.binary(np.ascontiguousarray(shares[:, 1]), asked)
        return replace(found, prediction=said_so.astype(np.int8))

    def _labels(self, found: NDArray[Any], asked: Asked) -> Answers:
        """Of a model that decides without probabilities."""
        named = dict(zip(self._classes, asked.classes, strict=True))
        decided = np.array([named[text(one)] for one in found.tolist()], dtype=object)
        if asked.task == "multiclass":
            return Answers(decided, classes=asked.classes, source="label")
        answers.favourable_place(asked)
        whether = np.asarray(decided == text(asked.favourable), dtype=np.int8)
        return Answers(whether, score=whether.astype(np.float64), source="label")

    def _rows(self, columns: Columns) -> Any:
        if self._named:
            import pandas

            return pandas.DataFrame({name: columns[name] for name in self._order}, copy=False)
        if all(columns[name].dtype.kind in "fiub" for name in self._order):
            return answers.matrix(columns, self._order)
        return np.column_stack([np.asarray(columns[name], dtype=object) for name in self._order])

"""An ONNX model as a function from a table to answers. Runs in the child only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.scoring import answers, mismatch, onnx_file, onnx_words
from governance.scoring.answers import (
    Answers,
    Asked,
    Columns,
    Contributions,
    Floats,
    Malformed,
    Unusable,
    as_numbers,
    text,
    texts,
)
from governance.scoring.mismatch import listed

_NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}


class OnnxModel:
    """A classifier or regressor with one float matrix as input, or one input per column.

    A classifier's outputs are a label and probabilities, as a matrix or as a list of maps
    (skl2onnx's zipmap); any other model gives one number a row.
    """

    libraries: tuple[str, ...] = ("onnxruntime", "onnx")
    work = 0

    def __init__(self, path: Path, asked: Asked) -> None:
        import onnxruntime

        self._asked = asked
        self._features = list(asked.features)
        file = onnx_file.read(path)
        self._declared = file.class_names
        self.structure = f"{file.nodes:,} operators of ONNX, no data outside the file."
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                file.content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise Malformed(onnx_words.refusal(error)) from error
        self._inputs = {item.name: item for item in self._session.get_inputs()}
        self._whole = self._check_inputs()
        self._column: int | None = None
        self._classes: tuple[str, ...] = ()

    def _check_inputs(self) -> bool:
        """Whether one matrix takes all features; raises Unusable if the features do not fit."""
        names = list(self._inputs)
        if len(names) == 1 and (len(self._features) > 1 or names[0] not in self._features):
            shape = self._inputs[names[0]].shape
            wide = shape[1] if len(shape) == 2 else None
            if isinstance(wide, int) and wide != len(self._features):
                raise Unusable(mismatch.width(wide, self._features))
            return True
        if set(names) - set(self._features):
            raise Unusable(mismatch.inputs(names, self._features))
        return False

    def answers(self, columns: Columns) -> Answers:
        """What the model says of every row; the first call settles which class is which."""
        results = self._run(columns)
        names = [item.name for item in self._session.get_outputs()]
        if self._asked.task in ("regression", "ranking"):
            return answers.numbers(_one_number(results))
        label, probabilities = _sorted_out(names, results)
        if label is None and probabilities is None:
            raise Unusable("The model gives neither a label nor probabilities.")
        if self._asked.task == "multiclass":
            return self._several(label, probabilities)
        if probabilities is None:
            decided = self._decided(label)
            return Answers(decided, score=decided.astype(np.float64), source="label")
        score = self._score(probabilities, label)
        decided = self._decided(label) if label is not None else (score >= 0.5).astype(np.int8)
        return Answers(decided, score=score, source="probability")

    def contributions(self, columns: Columns) -> Contributions:
        raise NotImplementedError

    def _run(self, columns: Columns) -> list[Any]:
        feed = self._feed(columns)
        try:
            return list(self._session.run(None, feed))
        except MemoryError:
            raise
        except UnicodeDecodeError as error:
            raise Unusable(answers.NO_TEXT) from error
        except Exception as error:
            if onnx_words.is_short_of_memory(error):
                raise MemoryError from error
            raise Unusable(onnx_words.failure(error, self._inputs, feed)) from error

    def _feed(self, columns: Columns) -> dict[str, NDArray[Any]]:
        if self._whole:
            item = next(iter(self._inputs.values()))
            kind = _NUMBERS.get(item.type, np.float32)
            return {item.name: answers.matrix(columns, self._features).astype(kind)}
        return {name: _fed(name, item, columns[name]) for name, item in self._inputs.items()}

    def _named(self, label: Any) -> NDArray[Any]:
        """Labels as text; numbers become the declared names where they are places of them."""
        found = texts(np.asarray(label).reshape(-1))
        stated = [text(name) for name in self._asked.classes]
        if not stated or set(found) <= set(stated):
            return found
        places = {str(place): name for place, name in enumerate(stated)}
        strange = sorted(set(found) - set(places))
        if strange:
            raise Unusable(
                f"The model answers {listed(strange)}; declared are {listed(stated)}. Register a "
                "version whose signature names its classes as the model does, in its own order."
            )
        return np.array([places[one] for one in found], dtype=object)

    def _decided(self, label: Any) -> NDArray[np.int8]:
        if self._asked.classes:
            return answers.decided(self._named(label), self._asked.favourable)
        return answers.decided(np.asarray(label).reshape(-1), self._asked.favourable)

    def _score(self, probabilities: Any, label: NDArray[Any] | None) -> Floats:
        if isinstance(probabilities, list):
            wanted = text(self._asked.favourable)
            keys = {text(key): key for key in probabilities[0]}
            if len(keys) > 2:
                raise answers.not_binary(len(keys))
            if wanted not in keys:
                raise Unusable(f"The model knows the classes {', '.join(keys)} and not {wanted}.")
            return np.array([float(row[keys[wanted]]) for row in probabilities])
        matrix = np.asarray(probabilities, dtype=np.float64)
        if matrix.ndim == 1 or matrix.shape[1] == 1:
            return matrix.reshape(-1)
        if matrix.shape[1] != 2:
            raise answers.not_binary(matrix.shape[1])
        if self._column is None:
            self._column = self._favourable_column(matrix, label)
        return np.ascontiguousarray(matrix[:, self._column])

    def _favourable_column(self, matrix: Floats, label: NDArray[Any] | None) -> int:
        """Which column belongs to the favourable class: as declared, or the one labels go with.

        A tensor does not name its classes. They are sorted, so it is the second for 0/1; labels
        tell for names such as "approved" and "refused".
        """
        if self._asked.classes:
            return answers.favourable_place(self._asked)
        if label is None:
            return 1
        decided = self._decided(label)
        if decided.min() == decided.max():
            return 1
        return int(matrix[decided == 1, 1].mean() >= matrix[decided == 0, 1].mean())

    def _several(self, label: Any, probabilities: Any) -> Answers:
        named = None if label is None else self._named(label)
        if probabilities is None:
            assert named is not None
            return Answers(named, classes=self._asked.classes, source="label")
        if isinstance(probabilities, list):
            keys = list(probabilities[0])
            shares = np.array([[row[key] for key in keys] for row in probabilities], np.float64)
            self._classes = tuple(text(key) for key in keys)
        else:
            shares = np.asarray(probabilities, dtype=np.float64)
        if shares.ndim != 2 or shares.shape[1] < 2:
            raise Unusable(
                "The model gives one number a row and the task is multiclass: register it under a "
                "model of the task regression or binary, or one that answers for every class."
            )
        if not self._classes and not self._asked.classes:
            self._classes = self._found_classes(shares, named)
        found = answers.several(shares, self._asked, self._classes)
        if named is None:
            return found
        return Answers(named, shares=shares, classes=found.classes, source="probability")

    def _found_classes(self, shares: Floats, label: NDArray[Any] | None) -> tuple[str, ...]:
        """Names of the columns: what an operator declares, else what goes with the labels."""
        wide = shares.shape[1]
        for names in reversed(self._declared):
            if len(names) == wide:
                return names
        counted = tuple(str(place) for place in range(wide))
        if label is None or set(label) <= set(counted):
            return counted
        best = shares.argmax(axis=1)
        seen = {int(place): set(label[best == place]) for place in np.unique(best)}
        if len(seen) != wide or any(len(names) != 1 for names in seen.values()):
            raise Unusable(
                f"The model does not say which of its {wide} columns is which class: "
                "declare the names of its classes in order."
            )
        return tuple(str(next(iter(seen[place]))) for place in range(wide))


def _one_number(results: list[Any]) -> Floats:
    if any(isinstance(one, list) or one.dtype.kind != "f" for one in results):
        raise Unusable(
            "The model is a classifier and the task wants a number for each row: register it under "
            "a model of the task binary or multiclass."
        )
    wide = sum(one.shape[1] if one.ndim > 1 else 1 for one in results)
    if wide != 1:
        raise Unusable(f"The model gives {wide} numbers a row; the task wants one.")
    return np.asarray(results[0], dtype=np.float64).reshape(-1)


def _sorted_out(names: list[str], results: list[Any]) -> tuple[NDArray[Any] | None, Any]:
    """(label, probabilities) among the outputs, by shape and kind rather than by name."""
    label, probabilities = None, None
    for name, result in zip(names, results, strict=True):
        real = not isinstance(result, list) and result.dtype.kind == "f"
        flat = real and result.ndim < 2
        if flat and ("label" in name.lower() or probabilities is not None):
            real = False  # a float label
        if isinstance(result, list) or real:
            probabilities = result
        elif label is None:
            label = result
    return label, probabilities


def _fed(name: str, item: Any, values: NDArray[Any]) -> NDArray[Any]:
    if item.type == "tensor(string)":
        fed = texts(values)
    elif item.type in _NUMBERS:
        fed = as_numbers(name, values).astype(_NUMBERS[item.type])
    else:
        raise Unusable(f"The model's input '{name}' is of a kind we do not feed: {item.type}.")
    return fed.reshape(-1, 1) if len(item.shape) == 2 else fed

"""An ONNX classifier as a function from a table to scores and decisions. Runs in the child only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 256 * 1024 * 1024
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
_NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
Columns = Mapping[str, NDArray[Any]]


class Unusable(Exception):
    """The model or the data cannot be used; the text is a sentence for the evidence."""


class OnnxClassifier:
    """A binary classifier with one float matrix as input, or one input per column.

    Its outputs are a label and probabilities, as a matrix or as a list of maps (skl2onnx's zipmap).
    """

    def __init__(self, path: Path, features: Sequence[str], favourable: Any) -> None:
        import onnxruntime

        self._features = list(features)
        self._favourable = favourable
        content = _checked(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise Unusable(f"onnxruntime refuses the model: {_first_line(error)}") from error
        self._inputs = {item.name: item for item in self._session.get_inputs()}
        self._whole = self._check_inputs()
        self._column: int | None = None

    def _check_inputs(self) -> bool:
        """Whether one matrix takes all features; raises Unusable if the features do not fit."""
        names = list(self._inputs)
        if len(names) == 1 and (len(self._features) > 1 or names[0] not in self._features):
            shape = self._inputs[names[0]].shape
            wide = shape[1] if len(shape) == 2 else None
            if isinstance(wide, int) and wide != len(self._features):
                raise Unusable(
                    f"The model takes {wide} features and {len(self._features)} are declared: "
                    + ", ".join(self._features) + "."
                )  # fmt: skip
            return True
        missing = [name for name in names if name not in self._features]
        if missing:
            raise Unusable(
                f"The model asks for inputs that are no declared features: {', '.join(missing)}."
            )
        return False

    def outputs(self, columns: Columns) -> tuple[NDArray[np.float64], NDArray[np.int8], str]:
        """(score, prediction, where the score came from) for every row."""
        results = self._run(columns)
        names = [item.name for item in self._session.get_outputs()]
        label, probabilities = _sorted_out(names, results)
        if probabilities is None:
            if label is None:
                raise Unusable("The model gives neither a label nor probabilities.")
            decided = self._decided(label)
            return decided.astype(np.float64), decided, "label"
        score = self._score(probabilities, label)
        decided = self._decided(label) if label is not None else (score >= 0.5).astype(np.int8)
        return score, decided, "probability"

    def score(self, columns: Columns) -> NDArray[np.float64]:
        """The probability of the favourable outcome for every row."""
        return self.outputs(columns)[0]

    def _run(self, columns: Columns) -> list[Any]:
        try:
            if self._whole:
                item = next(iter(self._inputs.values()))
                kind = _NUMBERS.get(item.type, np.float32)
                matrix = [_numbers(name, columns[name]) for name in self._features]
                return list(
                    self._session.run(None, {item.name: np.column_stack(matrix).astype(kind)})
                )
            feed = {name: _fed(name, item, columns[name]) for name, item in self._inputs.items()}
            return list(self._session.run(None, feed))
        except Unusable:
            raise
        except Exception as error:
            raise Unusable(f"The model fails on these data: {_first_line(error)}") from error

    def _decided(self, label: NDArray[Any]) -> NDArray[np.int8]:
        return same(label.reshape(-1), self._favourable)

    def _score(self, probabilities: Any, label: NDArray[Any] | None) -> NDArray[np.float64]:
        if isinstance(probabilities, list):
            wanted = _text(self._favourable)
            keys = {_text(key): key for key in probabilities[0]}
            if wanted not in keys:
                raise Unusable(f"The model knows the classes {', '.join(keys)} and not {wanted}.")
            return np.array([float(row[keys[wanted]]) for row in probabilities])
        matrix = np.asarray(probabilities, dtype=np.float64)
        if matrix.ndim == 1 or matrix.shape[1] == 1:
            return matrix.reshape(-1)
        if matrix.shape[1] != 2:
            raise Unusable(f"The model has {matrix.shape[1]} classes; only two are supported yet.")
        if self._column is None:
            self._column = self._favourable_column(matrix, label)
        return np.ascontiguousarray(matrix[:, self._column])

    def _favourable_column(self, matrix: NDArray[np.float64], label: NDArray[Any] | None) -> int:
        """Which column belongs to the favourable class: the one its labels go with.

        A tensor does not name its classes. They are sorted, so it is the second for 0/1; labels
        tell for names such as "approved" and "refused".
        """
        if label is None:
            return 1
        decided = self._decided(label)
        if decided.min() == decided.max():
            return 1
        return int(matrix[decided == 1, 1].mean() >= matrix[decided == 0, 1].mean())


def _checked(path: Path) -> bytes:
    """The file's bytes, after looking for what a model has no business holding."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unusable(f"The model has {size:,} bytes; the most we load is {MOST_BYTES:,}.")
    content = path.read_bytes()
    import onnx

    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:
        raise Unusable("The file is not an ONNX model.") from error
    if not model.graph.node:
        raise Unusable("The file is not an ONNX model: its graph is empty.")
    foreign = {item.domain for item in model.opset_import} - _DOMAINS
    if foreign:
        raise Unusable(f"The model uses operators from outside ONNX: {', '.join(sorted(foreign))}.")
    for graph in (model.graph, *model.functions):
        if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in _tensors(graph)):
            raise Unusable("The model points to data outside its file, which we refuse to follow.")
    return content


def _tensors(graph: Any) -> Iterator[Any]:
    """Every tensor of a graph or function, subgraphs included."""
    yield from getattr(graph, "initializer", ())
    for sparse in getattr(graph, "sparse_initializer", ()):
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                if inner.node or inner.initializer:
                    yield from _tensors(inner)


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
        texts = np.array([_text(value) for value in values], dtype=object)
    elif item.type in _NUMBERS:
        texts = _numbers(name, values).astype(_NUMBERS[item.type])
    else:
        raise Unusable(f"The model's input '{name}' is of a kind we do not feed: {item.type}.")
    return texts.reshape(-1, 1) if len(item.shape) == 2 else texts


def _numbers(name: str, values: NDArray[Any]) -> NDArray[np.float64]:
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise Unusable(
            f"The feature '{name}' holds text where the model wants a number."
        ) from error


def same(values: NDArray[Any], favourable: Any) -> NDArray[np.int8]:
    """1 where a value is the favourable one, whatever its type: 1, 1.0, True and "1" are alike."""
    wanted = _text(favourable)
    return np.array([_text(value) == wanted for value in values], dtype=np.int8)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return value.decode() if isinstance(value, bytes) else str(value)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]

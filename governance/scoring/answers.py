"""What every model answers, whatever its format: scores, decisions, classes. Runs in the child.

A model is asked for named columns and gives ``Answers``; how they are written is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from governance.scoring.mismatch import listed

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]
NO_TEXT = (
    "The model names its classes in bytes that are no UTF-8 text: save it with class names in "
    "UTF-8, or with numbers, and register that as a new version."
)
_BLOCK = 16_384  # rows
_LOOKED_AT = 10_000  # rows, for the values that a model answers with


@runtime_checkable
class Batched(Protocol):
    """Columns that lie in pieces, which need not be put together to go through them."""

    rows: int

    def blocks(self, names: Sequence[str], most: int) -> Iterable[Columns]: ...


class Unusable(Exception):
    """The model or the data cannot be used; the text is a sentence for the evidence."""


class Malformed(Unusable):
    """The file is not a sound model of its format, which was found before loading it."""


@dataclass(frozen=True)
class Asked:
    """What the version declares: its task, features in order, and what its classes are called.

    ``classes`` are names in the model's own order; empty when the model names them itself.
    """

    task: str
    features: tuple[str, ...]
    favourable: Any = 1
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """One row each. ``prediction``: 0/1 (binary), class names, or numbers (regression, ranking).

    ``score`` is the probability of the favourable outcome, or the number itself; several classes
    have ``shares`` instead, shape (rows, classes), unless the model gives classes only.
    """

    prediction: NDArray[Any]
    score: Floats | None = None
    shares: Floats | None = None
    classes: tuple[str, ...] = ()
    source: str = ""

    def outputs(self) -> Floats:
        """What an explanation explains, shape (rows, classes) or (rows, 1)."""
        if self.shares is not None:
            return self.shares
        if self.score is None:
            raise Unusable("The model gives classes without scores, so there is nothing to add up.")
        return self.score.reshape(-1, 1)


@dataclass(frozen=True)
class Contributions:
    """Exact contributions from the model itself, in the space where they add up.

    ``values[i, j, k]``: what feature j adds to output k of row i over ``bases[k]``; ``outputs`` has
    shape (rows, outputs) in the same space, which ``link`` names.
    """

    values: Floats
    bases: Floats
    outputs: Floats
    link: str
    method: str


class Model(Protocol):
    """A loaded model. ``structure`` says what was found sound in its file.

    ``work`` is what the library's own contributions of one row cost, in steps of some nanoseconds;
    0 where it has none that we trust.
    """

    libraries: tuple[str, ...]
    structure: str
    work: int

    def answers(self, columns: Columns) -> Answers:
        """Raises Unusable when the model fails on these rows."""

    def contributions(self, columns: Columns) -> Contributions:
        """Contributions from the library of the format; asked only where ``work`` is not 0."""


def binary(positive: Floats, asked: Asked) -> Answers:
    """Answers of a model that gives the probability of its second class."""
    score = positive if favourable_place(asked) == 1 else 1.0 - positive
    return Answers((score >= 0.5).astype(np.int8), score=score, source="probability")


def favourable_place(asked: Asked) -> int:
    """0 or 1: which of a model's two classes is the favourable one. Raises Unusable."""
    names = [text(name) for name in asked.classes] or ["0", "1"]
    wanted = text(asked.favourable)
    if len(names) != 2:
        raise Unusable(f"A binary model has two classes; {len(names)} are declared.")
    if wanted not in names:
        raise Unusable(
            f"The model's classes are {names[0]} and {names[1]}, and '{wanted}' is to be the "
            "favourable one: declare the names of its classes in order."
        )
    return names.index(wanted)


def not_binary(count: int) -> Unusable:
    return Unusable(
        f"The model has {count:,} classes and the task is binary: register it under a model of the "
        "task multiclass, or one with two classes."
    )


def several(shares: Floats, asked: Asked, names: Sequence[str] = ()) -> Answers:
    """Answers of a model that gives the probability of each class, ``names`` in its order."""
    wide = shares.shape[1]
    classes = tuple(text(name) for name in asked.classes or names) or tuple(map(str, range(wide)))
    if len(classes) != wide:
        raise Unusable(f"The model has {wide} classes and {len(classes)} are declared.")
    if len(set(classes)) != wide:
        raise Unusable(f"Two classes have the same name: {', '.join(classes)}.")
    decided = np.array(classes, dtype=object)[shares.argmax(axis=1)]
    return Answers(decided, shares=shares, classes=classes, source="probability")


def numbers(values: Floats) -> Answers:
    """Answers of a model that gives one number a row."""
    return Answers(values, score=values, source="number")


def matrix(columns: Columns, names: Sequence[str]) -> Floats:
    """The columns ``names`` side by side; empty values are NaN. Raises Unusable for text."""
    rows, blocks = _blocks(columns, names)
    found = np.empty((rows, len(names)))
    start = 0
    for block in blocks:
        end = start + len(block[names[0]])
        for place, name in enumerate(names):
            found[start:end, place] = as_numbers(name, block[name])
        start = end
    return found


def _blocks(columns: Columns, names: Sequence[str]) -> tuple[int, Iterable[Columns]]:
    """How many rows there are, and the columns by so many rows as a processor keeps at hand."""
    if not names:
        return 0, ()
    if isinstance(columns, Batched):
        return columns.rows, columns.blocks(names, _BLOCK)
    rows = len(columns[names[0]])
    return rows, (
        {name: columns[name][start : start + _BLOCK] for name in names}
        for start in range(0, rows, _BLOCK)
    )


def as_numbers(name: str, values: NDArray[Any]) -> Floats:
    try:
        return values.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise Unusable(
            f"The feature '{name}' holds text where the model wants a number."
        ) from error


def decided(values: NDArray[Any], favourable: Any) -> NDArray[np.int8]:
    """``same``, of what a model or a column decided. Raises Unusable when it decided in words of
    its own: several values, none of them the favourable one, are not decisions for nobody."""
    found = same(values, favourable)
    if found.any() or not len(values):
        return found
    names = sorted({text(value) for value in values[:_LOOKED_AT]})
    if len(names) > 1:
        raise Unusable(
            f"It answers {listed(names)} and never {text(favourable)!r}, which is the favourable "
            "outcome: say in the roles of the data which value that is ('favourable'), or register "
            "a model that answers with the values of the label."
        )
    return found


def for_every_row(found: Answers, rows: int) -> Answers:
    """Raises Unusable unless there is one answer a row."""
    if len(found.prediction) != rows:
        raise Unusable(
            f"The model answers {len(found.prediction):,} rows for {rows:,}: it must give one "
            "answer a row. Export it so that it keeps the first dimension, and register that as a "
            "new version."
        )
    return found


def same(values: NDArray[Any], favourable: Any) -> NDArray[np.int8]:
    """1 where a value is the favourable one, whatever its type: 1, 1.0, True and "1" are alike."""
    wanted = text(favourable)
    if values.dtype.kind in "fiub" and not isinstance(favourable, str):
        return np.asarray(values == favourable, dtype=np.int8)
    return np.array([text(value) == wanted for value in values], dtype=np.int8)


def texts(values: NDArray[Any]) -> NDArray[Any]:
    """Class names as text, one spelling for 1, 1.0, True and "1"."""
    return np.array([text(value) for value in values], dtype=object)


def text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise Unusable(NO_TEXT) from error


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]

"""Outcome, model output and weight of every row, read for each task, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import CheckError, CheckInput
from governance.checks.engine import reading
from governance.checks.engine.bootstrap import effective_rows

Floats = NDArray[np.float64]
TASKS = ("binary", "multiclass", "regression", "ranking")
MOST_CLASSES = 100
TWO = ("unfavourable", "favourable")
_SCORE = "score_"


@dataclass(frozen=True)
class Sample:
    """Rows of one data set, scored by one model.

    ``label`` and ``prediction`` are codes of ``classes`` (binary: 1 is the favourable outcome) or
    numbers (regression: the score; ranking: ``label`` is the grade). ``score`` has a column per
    class for several classes. ``frame`` holds the further columns asked for.
    """

    task: str
    label: NDArray[np.generic]
    prediction: NDArray[np.generic]
    score: Floats
    weight: Floats | None
    classes: tuple[str, ...]
    frame: pl.DataFrame

    @property
    def rows(self) -> int:
        return len(self.label)

    @property
    def codes(self) -> NDArray[np.int8]:
        """The label as class codes."""
        return self.label.astype(np.int8)

    @property
    def decided(self) -> NDArray[np.int8]:
        """The prediction as class codes."""
        return self.prediction.astype(np.int8)

    @property
    def grades(self) -> Floats:
        """The label as numbers."""
        return self.label.astype(np.float64)

    @property
    def effective(self) -> float:
        """Rows, or Kish's effective number of them when they are weighted."""
        return float(self.rows) if self.weight is None else effective_rows(self.weight)


def read(data: CheckInput, more: Sequence[str] = ()) -> Sample:
    """The validation rows, at least two. Raises CheckError."""
    if data.task not in TASKS:
        raise CheckError(f"There is no task '{data.task}': it is one of {', '.join(TASKS)}.")
    reader = {"binary": _binary, "multiclass": _several}.get(data.task, _numbers)
    sample = reader(data, more)
    if sample.rows < 2:
        raise CheckError("The data have one row only: performance needs at least two.")
    return sample


def training(data: CheckInput, more: Sequence[str] = ()) -> Sample:
    """The training rows as the candidate scores them. Raises CheckError when there are none."""
    if data.training is None or data.training_scores is None:
        raise CheckError(
            "There are no scores of the training data: register the version with its training "
            "data set, so that the model can be run on it too."
        )
    try:
        return read(replace(data, data=data.training, scores=data.training_scores), more)
    except CheckError as error:
        raise CheckError(f"The training data do not fit: {error}") from error


def champion(data: CheckInput, more: Sequence[str] = ()) -> Sample:
    """The validation rows as the champion scores them; ask only when ``champion_scores`` is set."""
    try:
        return read(replace(data, scores=data.champion_scores), more)
    except CheckError as error:
        raise CheckError(f"The champion's scores do not fit: {error}") from error


def tasks(data: CheckInput, check_id: str, *able: str) -> None:
    """Raises CheckError unless the data are for one of the tasks ``able``."""
    if data.task in TASKS and data.task not in able:
        raise CheckError(
            f"{check_id} is for {' and '.join(able)} models, and this one is for {data.task}."
        )


def _weight(data: CheckInput, source: pl.DataFrame) -> Floats | None:
    if not data.weight:
        return None
    return reading.weights(source.get_column(data.weight)).to_numpy()


def _binary(data: CheckInput, more: Sequence[str]) -> Sample:
    source = reading.outcomes(data, more)
    return Sample(
        task="binary",
        label=source.get_column("label").to_numpy(),
        prediction=source.get_column("prediction").to_numpy(),
        score=source.get_column("score").cast(pl.Float64).to_numpy(),
        weight=source.get_column("weight").to_numpy() if data.weight else None,
        classes=TWO,
        frame=source.select(more) if more else pl.DataFrame(),
    )


def _several(data: CheckInput, more: Sequence[str]) -> Sample:
    source = reading.frame(data, _columns(data, more))
    scores = reading.score_rows(data, source.height)
    named = [name for name in scores.columns if name.startswith(_SCORE)]
    decided = _texts(scores.get_column("prediction"), "predictions")
    label = _texts(source.get_column(data.label), f"label column '{data.label}'")
    seen = set(label.unique()) | set(decided.unique())
    classes = [name.removeprefix(_SCORE) for name in named] or sorted(seen)
    strange = sorted(seen - set(classes))
    if strange:
        raise CheckError(
            f"The class '{strange[0]}' is in the label column or the predictions, and the model "
            f"has no score for it: it scores {', '.join(classes)}."
        )
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise CheckError(
            f"There are {len(classes)} classes: this task wants 2 to {MOST_CLASSES}; "
            "a number to be predicted is the task regression."
        )
    return Sample(
        task="multiclass",
        label=_coded(label, classes),
        prediction=_coded(decided, classes),
        score=_matrix(scores, named),
        weight=_weight(data, source),
        classes=tuple(classes),
        frame=source.select(more) if more else pl.DataFrame(),
    )


def _columns(data: CheckInput, more: Sequence[str]) -> list[str]:
    return [data.label, *([data.weight] if data.weight else []), *more]


def _texts(values: pl.Series, what: str) -> pl.Series:
    """Class names as text, one spelling for 1, 1.0 and "1"."""
    reading.filled(values, what)
    distinct = values.unique().to_list()
    if len(distinct) > MOST_CLASSES:
        raise CheckError(
            f"The {what} holds {len(distinct):,} different values, more than {MOST_CLASSES} "
            "classes: a number to be predicted is the task regression."
        )
    new = [reading.as_text(value) for value in distinct]
    return values.replace_strict(distinct, new, return_dtype=pl.String)


def _coded(texts: pl.Series, classes: Sequence[str]) -> NDArray[np.int8]:
    places = list(range(len(classes)))
    return texts.replace_strict(list(classes), places, return_dtype=pl.Int8).to_numpy()


def _matrix(scores: pl.DataFrame, named: Sequence[str]) -> Floats:
    """The scores of every class, shape (rows, classes); (rows, 0) when there are none."""
    found = scores.select(pl.col(name).cast(pl.Float64).fill_nan(None) for name in named)
    for name in named:
        empty = found.get_column(name).null_count()
        if empty:
            raise CheckError(f"The model gave no {name} for {empty:,} of {found.height:,} rows.")
    if not named:
        return np.empty((scores.height, 0))
    return np.asarray(found.to_numpy(), dtype=np.float64)


def _numbers(data: CheckInput, more: Sequence[str]) -> Sample:
    source = reading.frame(data, _columns(data, more))
    scores = reading.score_rows(data, source.height)
    label = reading.numbers(source.get_column(data.label), f"label column '{data.label}'")
    given = "score" if "score" in scores.columns else "prediction"
    guess = reading.numbers(scores.get_column(given), "model's output")
    if data.task == "ranking" and label.min() < 0:
        raise CheckError("Grades of relevance are 0 or more; the label column has negative ones.")
    return Sample(
        task=data.task,
        label=label,
        prediction=guess,
        score=guess,
        weight=_weight(data, source),
        classes=(),
        frame=source.select(more) if more else pl.DataFrame(),
    )

"""Scores and decisions that came with the data: predictions only, there is no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from governance.scoring.answers import (
    Answers,
    Asked,
    Columns,
    Floats,
    Unusable,
    as_numbers,
    decided,
    numbers,
    texts,
)


def answers(
    columns: Columns,
    asked: Asked,
    score: Mapping[str, str] | str | None,
    prediction: str | None,
) -> Answers:
    """``score`` names the column of scores, or maps each class to its column."""
    if asked.task == "multiclass":
        return _classes(columns, score if isinstance(score, Mapping) else {}, prediction)
    assert score is None or isinstance(score, str)
    named = score or prediction
    assert named is not None  # the launcher has seen to it
    given = _numbers(columns, named)
    if asked.task != "binary":
        said = numbers(given)
        stated = given if prediction is None else _numbers(columns, prediction)
        return Answers(stated, score=said.score, source="column")
    if prediction is None:
        return Answers((given >= 0.5).astype(np.int8), score=given, source="column")
    return Answers(decided(columns[prediction], asked.favourable), score=given, source="column")


def _classes(columns: Columns, score: Mapping[str, str], prediction: str | None) -> Answers:
    shares = None
    if score:
        shares = np.column_stack([_numbers(columns, name) for name in score.values()])
    classes = tuple(score)
    if prediction is not None:
        stated: Any = texts(columns[prediction])
    else:
        assert shares is not None
        stated = np.array(classes, dtype=object)[shares.argmax(axis=1)]
    return Answers(stated, shares=shares, classes=classes, source="column")


def _numbers(columns: Columns, name: str) -> Floats:
    try:
        return as_numbers(name, columns[name])
    except Unusable as error:
        raise Unusable(f"The score column '{name}' holds text, not numbers.") from error

"""Reads what a check needs, and says in a sentence what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import CheckError, CheckInput
from governance.checks.engine import shards
from governance.counting.texts import MISSING, as_text

__all__ = ["MISSING", "as_text"]

MOST_GROUPS = 40


def lazy(path: Path) -> pl.LazyFrame:
    """A lazy frame over a file, or over the shards of a folder in order of name."""
    frames = shards.scans(shards.files_of(path))
    return frames[0] if len(frames) == 1 else pl.concat(frames, how="vertical_relaxed")


def frame(data: CheckInput, columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of the data, in its order. Raises CheckError for an unknown column."""
    return rows_of(data.data, columns)


def rows_of(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of a data set of the version, in its order; at least one row."""
    found = shards.whole(path, columns)
    if found.height == 0:
        raise CheckError("The data have no rows.")
    return found


def outcomes(data: CheckInput, more: Sequence[str] = ()) -> pl.DataFrame:
    """Columns ``label`` and ``prediction`` (0/1), ``score``, and ``more`` from the data.

    With a weight column declared, also ``weight``: finite, not negative, not all zero.
    """
    weight = [data.weight] if data.weight else []
    source = frame(data, [data.label, *weight, *more])
    scores = scored(data, source.height)
    label = binary(source.get_column(data.label), data.favourable, f"label column '{data.label}'")
    made = [label.alias("label"), scores.get_column("prediction"), scores.get_column("score")]
    if weight:
        made.append(weights(source.get_column(data.weight)).alias("weight"))
    return pl.DataFrame(made + [source.get_column(column) for column in dict.fromkeys(more)])


def weights(values: pl.Series) -> pl.Series:
    """Sample weights as numbers. Raises CheckError when they cannot be weights."""
    what = f"weight column '{values.name}'"
    if not values.dtype.is_numeric():
        raise CheckError(f"The {what} holds {values.dtype}, not numbers: name a column of numbers.")
    given = values.cast(pl.Float64).fill_nan(None)
    empty = given.null_count() + int(given.is_infinite().sum())
    if empty:
        raise CheckError(
            f"The {what} has {empty:,} of {given.len():,} values empty or infinite: "
            "give every row a weight."
        )
    negative = int((given < 0).sum())
    if negative:
        raise CheckError(f"The {what} has {negative:,} negative values: weights are 0 or more.")
    if not (given > 0).any():
        raise CheckError(f"The {what} is zero in every row: no row would count.")
    return given


def scored(data: CheckInput, rows: int) -> pl.DataFrame:
    """The child's scores of a binary model, one per row of the data."""
    scores = score_rows(data, rows)
    if "score" not in scores.columns:
        raise CheckError(
            f"The scores have columns {shards.listed(scores.columns)} and no 'score': "
            "this is no binary model, say which task it has."
        )
    empty = scores.get_column("score").fill_nan(None).null_count()
    if empty:
        raise CheckError(unscored(empty, rows, "validation"))
    prediction = binary(scores.get_column("prediction"), 1, "predictions")
    return scores.with_columns(prediction.alias("prediction"))


def unscored(empty: int, rows: int, what: str) -> str:
    """What is said of rows that have no score, and what to do about them."""
    return (
        f"The model gave no score for {empty:,} of {rows:,} {what} rows: it answers NaN "
        "there, most often because an input is empty or far out of range. Every row needs a number."
    )


def score_rows(data: CheckInput, rows: int) -> pl.DataFrame:
    """What the child wrote, in the order of the data, whatever the task."""
    if data.scores is None:
        raise CheckError("There are no scores: the model has not been run on these data.")
    scores = lazy(data.scores).collect()
    if not scores.get_column("row").is_sorted():  # a copy of them all: seldom needed
        scores = scores.sort("row")
    if scores.height != rows:
        raise CheckError(
            f"There are {scores.height:,} scores for {rows:,} rows: score these data again."
        )
    return scores


def filled(values: pl.Series, what: str) -> pl.Series:
    """``values`` when none is empty. Raises CheckError saying how many are."""
    if values.dtype.is_float():
        values = values.fill_nan(None)
    empty = values.null_count()
    if empty:
        raise CheckError(
            f"The {what} has {empty:,} empty values of {values.len():,}: "
            "fill them or leave those rows out."
        )
    return values


def numbers(values: pl.Series, what: str) -> NDArray[np.float64]:
    """``values`` as finite numbers. Raises CheckError when they are not."""
    if not values.dtype.is_numeric() and values.dtype != pl.Boolean:
        raise CheckError(f"The {what} holds {values.dtype}, not numbers.")
    given = filled(values, what).cast(pl.Float64)
    endless = int(given.is_infinite().sum())
    if endless:
        raise CheckError(f"The {what} has {endless:,} infinite values of {given.len():,}.")
    return given.to_numpy()


def binary(values: pl.Series, favourable: Any, what: str) -> pl.Series:
    """0/1 for a column with two values, 1 where it equals ``favourable``."""
    values = filled(values, what)
    texts = values.unique().to_list()
    distinct = {as_text(value) for value in texts}
    wanted = as_text(favourable)
    if len(distinct) > 2:
        raise CheckError(
            f"The {what} holds {len(distinct):,} different values; a binary outcome has two."
        )
    if wanted not in distinct and distinct - {"0", "false", "no"}:
        raise CheckError(
            f"The {what} holds {shards.listed(sorted(distinct))} and never {wanted}: "
            "say which value is the favourable one."
        )
    matching = [value for value in texts if as_text(value) == wanted]
    return values.is_in(matching).cast(pl.Int8)


def group_column(source: pl.DataFrame, columns: Sequence[str], data: CheckInput) -> pl.Series:
    """The group of every row as text: names joined by a times sign for an intersection."""
    parts = []
    for column in columns:
        values = source.get_column(column)
        if values.dtype.is_float():
            values = values.fill_nan(None)
        distinct = values.unique().to_list()
        few_enough(len(distinct), column)
        named = {value: group_name(value, column, data) for value in distinct}
        new = [named[value] for value in distinct]
        parts.append(values.replace_strict(distinct, new, return_dtype=pl.String))
    whole = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    return whole.select(pl.concat_str(pl.all(), separator=" × ").alias("group")).to_series()


def few_enough(values: int, column: str) -> None:
    """Raises CheckError when a column has too many different values to be groups."""
    if values > MOST_GROUPS:
        raise CheckError(
            f"The column '{column}' has {values:,} different values, too many to be "
            f"groups (at most {MOST_GROUPS}): put it into bands first."
        )


def group_name(value: Any, column: str, data: CheckInput) -> str:
    """What people call the group with this value of a sensitive column."""
    text = as_text(None if value != value else value)  # NaN is not stated either
    return data.group_names.get(column, {}).get(text, text)

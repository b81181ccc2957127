"""Reads what a check needs, and says in a sentence what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from governance.checks.base import CheckError, CheckInput

MOST_GROUPS = 40
MISSING = "(not stated)"


def lazy(path: Path) -> pl.LazyFrame:
    """A lazy frame over a Parquet, CSV or Arrow file."""
    if not path.exists():
        raise CheckError(f"The data file {path.name} is missing.")
    kind = path.suffix.lower()
    if kind == ".parquet":
        return pl.scan_parquet(path)
    if kind == ".csv":
        return pl.scan_csv(path, infer_schema_length=None)
    if kind == ".arrow":
        return pl.scan_ipc(path)
    raise CheckError(f"{path.name} is not a format we read: give Parquet, CSV or Arrow.")


def frame(data: CheckInput, columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of the data, in its order. Raises CheckError for an unknown column."""
    try:
        source = lazy(data.data)
        present = source.collect_schema().names()
        for column in columns:
            if column not in present:
                raise CheckError(
                    f"The data have no column '{column}'; they have {_listed(present)}."
                )
        found = source.select(list(dict.fromkeys(columns))).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CheckError(f"The data file {data.data.name} cannot be read: {error}") from error
    if found.height == 0:
        raise CheckError("The data have no rows.")
    return found


def outcomes(data: CheckInput, more: Sequence[str] = ()) -> pl.DataFrame:
    """Columns ``label`` and ``prediction`` (0/1), ``score``, and ``more`` from the data."""
    source = frame(data, [data.label, *more])
    scores = scored(data, source.height)
    label = binary(source.get_column(data.label), data.favourable, f"label column '{data.label}'")
    made = [label.alias("label"), scores.get_column("prediction"), scores.get_column("score")]
    return pl.DataFrame(made + [source.get_column(column) for column in dict.fromkeys(more)])


def scored(data: CheckInput, rows: int) -> pl.DataFrame:
    """The child's scores, one per row of the data."""
    if data.scores is None:
        raise CheckError("There are no scores: the model has not been run on these data.")
    scores = lazy(data.scores).collect().sort("row")
    if scores.height != rows:
        raise CheckError(
            f"There are {scores.height:,} scores for {rows:,} rows: score these data again."
        )
    empty = scores.get_column("score").fill_nan(None).null_count()
    if empty:
        raise CheckError(f"The model gave no score for {empty:,} of {rows:,} rows.")
    prediction = binary(scores.get_column("prediction"), 1, "predictions")
    return scores.with_columns(prediction.alias("prediction"))


def binary(values: pl.Series, favourable: Any, what: str) -> pl.Series:
    """0/1 for a column with two values, 1 where it equals ``favourable``."""
    if values.dtype.is_float():
        values = values.fill_nan(None)
    empty = values.null_count()
    if empty:
        raise CheckError(
            f"The {what} has {empty:,} empty values of {values.len():,}: "
            "fill them or leave those rows out."
        )
    texts = values.unique().to_list()
    distinct = {as_text(value) for value in texts}
    wanted = as_text(favourable)
    if len(distinct) > 2:
        raise CheckError(
            f"The {what} holds {len(distinct):,} different values; a binary outcome has two."
        )
    if wanted not in distinct and distinct - {"0", "false", "no"}:
        raise CheckError(
            f"The {what} holds {_listed(sorted(distinct))} and never {wanted}: "
            "say which value is the favourable one."
        )
    matching = [value for value in texts if as_text(value) == wanted]
    return values.is_in(matching).cast(pl.Int8)


def as_text(value: Any) -> str:
    """One spelling for 1, 1.0, True and "1"."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def group_column(source: pl.DataFrame, columns: Sequence[str], data: CheckInput) -> pl.Series:
    """The group of every row as text: names joined by a times sign for an intersection."""
    parts = []
    for column in columns:
        values = source.get_column(column)
        if values.dtype.is_float():
            values = values.fill_nan(None)
        distinct = values.unique().to_list()
        if len(distinct) > MOST_GROUPS:
            raise CheckError(
                f"The column '{column}' has {len(distinct):,} different values, too many to be "
                f"groups (at most {MOST_GROUPS}): put it into bands first."
            )
        named = {value: _name(as_text(value), column, data) for value in distinct}
        new = [named[value] for value in distinct]
        parts.append(values.replace_strict(distinct, new, return_dtype=pl.String))
    whole = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    return whole.select(pl.concat_str(pl.all(), separator=" × ").alias("group")).to_series()


def _name(text: str, column: str, data: CheckInput) -> str:
    given = data.group_names.get(column, {})
    return given.get(text, text)


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

"""Reads the datasets beside the validation set: reference, training, probes, further scores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from governance.checks.base import CheckError
from governance.checks.engine import reading, shards


def schema(path: Path | None, what: str) -> pl.Schema:
    """Names and types of the columns. ``what`` is how sentences call the data: reference."""
    try:
        return reading.lazy(_there(path, what)).collect_schema()
    except shards.UNREADABLE as error:
        raise CheckError(f"The {what} data cannot be read: {error}") from error


def columns(path: Path | None, names: Sequence[str], what: str) -> pl.LazyFrame:
    """A lazy frame of ``names`` only. Raises CheckError for a column that is not there."""
    present = schema(path, what).names()
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in present:
            raise CheckError(
                f"The {what} data have no column '{name}'; they have {_some(present)}."
            )
    return reading.lazy(_there(path, what)).select(wanted)


def collected(frame: pl.LazyFrame, what: str) -> pl.DataFrame:
    """The rows. Raises CheckError when there are none or they cannot be read."""
    try:
        found = frame.collect()
    except shards.UNREADABLE as error:
        raise CheckError(f"The {what} data cannot be read: {error}") from error
    if found.height == 0:
        raise CheckError(f"The {what} data have no rows.")
    return found


def scores(path: Path | None, rows: int, what: str, *, gaps: bool = False) -> pl.DataFrame:
    """The scores of ``what``, one a row, in order. Raises CheckError if they do not fit, or (unless
    ``gaps``) if any is missing."""
    found = collected(reading.lazy(_there(path, f"scored {what}")), f"scored {what}").sort("row")
    if found.height != rows:
        raise CheckError(
            f"There are {found.height:,} scores for {rows:,} rows of the {what} data: "
            "score them again."
        )
    empty = found.get_column("score").fill_nan(None).null_count() if "score" in found.columns else 0
    if empty and not gaps:
        raise CheckError(reading.unscored(empty, rows, what))
    return found


def _there(path: Path | None, what: str) -> Path:
    if path is None:
        raise CheckError(
            f"There are no {what} data: register the version with a dataset in that role."
        )
    return path


def _some(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

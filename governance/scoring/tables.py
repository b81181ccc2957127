"""Writes the columns the child needs, as Arrow: it never sees labels or other columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from governance.scoring import mismatch
from governance.scoring.failing import UnfitData

if TYPE_CHECKING:
    import polars as pl

ScoreColumn = Mapping[str, str] | str | None


def write(data: Path | pl.DataFrame, columns: Sequence[str], target: Path) -> int:
    """``columns`` of a table (Parquet, CSV, Arrow, a folder of shards); returns how many rows.
    Raises UnfitData."""
    import polars as pl

    with _readable(data):
        source = _lazy(data)
        _require(source, columns)
        # Written as it is read. Not compressed the child maps it into memory and copies little.
        source.select(columns).sink_ipc(
            target, compression="uncompressed", compat_level=pl.CompatLevel.oldest()
        )
        rows = int(pl.scan_ipc(target).select(pl.len()).collect().item())
    if rows == 0:
        raise UnfitData("The data have no rows to score.")
    return rows


def require(data: Path, columns: Sequence[str]) -> None:
    """Raises UnfitData, naming what differs, unless the table has all ``columns``."""
    with _readable(data):
        _require(_lazy(data), columns)


def _require(source: pl.LazyFrame, columns: Sequence[str]) -> None:
    if differs := mismatch.columns(columns, source.collect_schema().names()):
        raise UnfitData(differs)


@contextmanager
def _readable(data: Path | pl.DataFrame) -> Iterator[None]:
    """Whatever is raised of data that cannot be read is UnfitData."""
    from governance.checks.base import CheckError
    from governance.checks.engine.shards import UNREADABLE

    try:
        yield
    except CheckError as error:
        raise UnfitData(str(error)) from error
    except UNREADABLE as error:
        raise UnfitData(f"The data {_called(data)} cannot be read: {error}") from error


def class_columns(
    data: Path | pl.DataFrame, score: ScoreColumn, classes: Sequence[str]
) -> dict[str, str]:
    """Class to the column of its score: a mapping as it is, a text as the columns' prefix."""
    if score is None:
        return {}
    if isinstance(score, Mapping):
        return {str(name): column for name, column in score.items()}
    if classes:
        return {name: f"{score}{name}" for name in classes}

    with _readable(data):
        names = _lazy(data).collect_schema().names()
    found = {name.removeprefix(score): name for name in names if name.startswith(score)}
    found.pop("", None)
    if len(found) < 2:
        raise UnfitData(
            f"The data have {len(found)} columns that begin with '{score}': "
            "several classes need one column of scores each."
        )
    return found


def _lazy(data: Path | pl.DataFrame) -> pl.LazyFrame:
    from governance.checks.engine.reading import lazy

    return lazy(data) if isinstance(data, Path) else data.lazy()


def _called(data: Path | pl.DataFrame) -> str:
    return f"file {data.name}" if isinstance(data, Path) else "given"

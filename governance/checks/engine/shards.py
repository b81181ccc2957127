"""One file or a folder of shards as lazy frames: only the columns asked for are ever read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from governance.checks.base import CheckError
from governance.counting import csv_files

COUNTS = ".counts.json"
KINDS = (".parquet", ".csv", ".arrow")
# What polars raises of a file that is none: sometimes a panic, which is no Exception to Python.
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def files_of(path: Path) -> list[Path]:
    """The file itself, or the shards of a folder in order of name. Raises CheckError.

    All shards are of one kind; files whose names start with a dot or an underscore (``_SUCCESS``,
    ``.crc``), as engines leave them behind, are no shards.
    """
    if path.name.endswith(COUNTS):
        raise CheckError(f"This needs rows, and {path.name} is a counts file.")
    if not path.exists():
        raise CheckError(f"The data file {path.name} is missing.")
    if not (path.is_dir() or path.is_file()):
        raise CheckError(f"{path.name} is no file and no folder: save the data in one first.")
    if not path.is_dir():
        if path.suffix.lower() not in KINDS:
            raise CheckError(f"{path.name} is not a format we read: give Parquet, CSV or Arrow.")
        return [path]
    found = sorted(
        (one for one in path.iterdir() if one.is_file() and one.name[0] not in "._"),
        key=lambda one: one.name,
    )
    if not found:
        raise CheckError(f"The folder {path.name} holds no files: put the shards directly in it.")
    kinds = sorted({one.suffix.lower() for one in found})
    strange = [one.name for one in found if one.suffix.lower() not in KINDS]
    if strange:
        raise CheckError(
            f"{strange[0]} in the folder {path.name} is not a format we read: "
            "shards are Parquet, CSV or Arrow."
        )
    if len(kinds) > 1:
        raise CheckError(
            f"The folder {path.name} mixes {' and '.join(kinds)}: shards are all of one kind."
        )
    return found


def scan(file: Path, kind: str = "") -> pl.LazyFrame:
    """A lazy frame over one file; ``kind`` where its name does not tell."""
    return scans([file], kind)[0]


def scans(files: Sequence[Path], kind: str = "") -> list[pl.LazyFrame]:
    """A lazy frame over each file of one table, all of one ``kind``."""
    kind = kind or (files[0].suffix.lower() if files else "")
    if kind == ".csv":
        return csv_files.scans(files)
    read = pl.scan_parquet if kind == ".parquet" else pl.scan_ipc
    return [read(file) for file in files]


def columns_of(path: Path) -> list[str]:
    """The names of the columns, of the first shard when there are several."""
    files = files_of(path)
    try:
        return scan(files[0]).collect_schema().names()
    except UNREADABLE as error:
        raise CheckError(f"The data file {files[0].name} cannot be read: {error}") from error


def each(path: Path, columns: Sequence[str]) -> list[pl.LazyFrame]:
    """``columns`` of every shard, in order of name. Raises CheckError for an unknown column."""
    wanted = list(dict.fromkeys(columns))
    files = files_of(path)
    frames = []
    for file, source in zip(files, _opened(files, path), strict=True):
        where = f"The shard {file.name} has" if len(files) > 1 else "The data have"
        try:
            present = source.collect_schema().names()
        except UNREADABLE as error:
            raise CheckError(f"The data file {file.name} cannot be read: {error}") from error
        for column in wanted:
            if column not in present:
                have = "it has" if len(files) > 1 else "they have"
                raise CheckError(f"{where} no column '{column}'; {have} {listed(present)}.")
        frames.append(source.select(wanted))
    return frames


def _opened(files: Sequence[Path], path: Path) -> list[pl.LazyFrame]:
    try:
        return scans(files)
    except UNREADABLE as error:
        raise CheckError(f"The data file {path.name} cannot be read: {error}") from error


def whole(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of all shards one under the other, in one type each. Raises CheckError."""
    frames = each(path, columns)
    try:
        collected = [one.collect() for one in frames]
        if len(collected) == 1:
            return collected[0]
        alike = _alike(collected, path)
        return pl.concat(alike, how="vertical_relaxed", rechunk=False)
    except UNREADABLE as error:
        raise CheckError(f"The data file {path.name} cannot be read: {error}") from error


def _alike(frames: list[pl.DataFrame], path: Path) -> list[pl.DataFrame]:
    """``frames`` with empty columns in the type the others have. Raises CheckError if they differ.

    Whole and broken numbers are one kind; text and numbers are not, and are never mixed silently.
    """
    for name in frames[0].columns:
        held = {one.schema[name] for one in frames if one[name].null_count() < one.height}
        if len(held) > 1 and not all(kind.is_numeric() for kind in held):
            kinds = " and ".join(sorted(str(kind) for kind in held))
            raise CheckError(
                f"The shards of {path.name} disagree on the type of a column ({name} is {kinds}): "
                "write them all with one schema."
            )
        if len(held) == 1:
            kind = held.pop()
            frames = [
                one if one.schema[name] == kind else one.with_columns(pl.col(name).cast(kind))
                for one in frames
            ]
    return frames


def listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

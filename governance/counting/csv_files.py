"""CSV carries no types: here it gets them, once, whoever reads it afterwards and with what engine.

Nothing between two commas is a missing value; ``""`` is an empty text. A column whose values are
all ``true`` or ``false``, all whole numbers (of 64 bits), or all numbers, is that, over *all* files
of a table, so that it does not matter how rows are spread over them. Everything else is text as it
stands there: NA, None, null, yes, 2026-05-01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def scans(files: Sequence[Path | str]) -> list[pl.LazyFrame]:
    """A lazy frame for each file of one table. Raises PolarsError where one cannot be read."""
    import polars as pl

    own = [pl.scan_csv(file, infer_schema_length=None).collect_schema() for file in files]
    names = dict.fromkeys(name for schema in own for name in schema)
    kinds = {name: _kind(name, dict(zip(files, own, strict=True))) for name in names}
    return [
        pl.scan_csv(file, schema={name: kinds[name] for name in schema})
        for file, schema in zip(files, own, strict=True)
    ]


def _kind(name: str, own: Mapping[Path | str, pl.Schema]) -> pl.DataType:
    """The type of a column, from those that it would have in each file alone."""
    import polars as pl

    held = {schema[name] for schema in own.values() if name in schema}
    if len(held) > 1 and pl.String() in held:  # columns without any value are called texts too
        held = {
            schema[name]
            for file, schema in own.items()
            if name in schema and (schema[name] != pl.String() or _has_values(file, name))
        }
    if len(held) == 1 and held <= {pl.Boolean(), pl.Int64(), pl.Float64()}:
        return held.pop()
    return pl.Float64() if held == {pl.Int64(), pl.Float64()} else pl.String()


def _has_values(file: Path | str, name: str) -> bool:
    import polars as pl

    given = pl.scan_csv(file, infer_schema=False).select(pl.col(name).is_not_null().any())
    return bool(given.collect().item())

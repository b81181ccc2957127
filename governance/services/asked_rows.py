"""The rows that a decision is explained with: a sample of the validation data, and the one asked
about as the last. Called by workers, so polars is imported when it is needed."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from governance.checks.base import CheckError
from governance.columns import Column

if TYPE_CHECKING:
    import polars as pl

SAMPLE: Final = 500
_MOST_CATEGORIES: Final = 200


@dataclass(frozen=True)
class AskedRows:
    """``path`` holds ``sample`` rows and then, in ``place``, the one asked about. ``unusual`` says
    in sentences what of it no row of the validation data holds."""

    path: Path
    place: int
    values: dict[str, Any]
    sample: int
    total: int
    unusual: tuple[str, ...]


def write(
    data: Path, columns: Sequence[Column], inputs: Mapping[str, Any], *, seed: int, target: Path
) -> AskedRows:
    """Writes the rows as Arrow to ``target``. ``inputs`` is {values: {...}} or {row: number}.

    Raises CheckError in a sentence when data and inputs do not fit each other.
    """
    import polars as pl

    try:
        source = _source(data, columns)
        total = int(source.select(pl.len()).collect().item())
        row = inputs.get("row")
        if row is not None and row >= total:
            raise CheckError(
                f"The validation data have {total:,} rows, so there is no row {row:,}: they count "
                "from 0."
            )
        others = _sample(source, total, row, seed)
        if row is None:
            asked = _frame(columns, inputs["values"], others)
        else:
            asked = source.slice(row, 1).collect()
        unusual = _unusual(source, columns, asked)
    except (pl.exceptions.PolarsError, OSError) as error:
        # What polars says may quote the row, so only what kind of fault it is goes further.
        raise CheckError(
            f"The validation data cannot be read beside what is asked ({type(error).__name__})."
        ) from error
    pl.concat([others, asked]).write_ipc(target, compat_level=pl.CompatLevel.oldest())
    values = {name: _plain(value) for name, value in asked.row(0, named=True).items()}
    return AskedRows(target, others.height, values, others.height, total, unusual)


def _source(data: Path, columns: Sequence[Column]) -> pl.LazyFrame:
    """The inputs of the model, numbers of whatever width as one kind of number."""
    import polars as pl

    from governance.checks.engine import reading

    source = reading.lazy(data)
    present = source.collect_schema()
    missing = [column.title for column in columns if column.name not in present]
    if missing:
        raise CheckError(
            f"The validation data have no column for “{missing[0]}”, which the model reads: "
            "register the version with data that have all its inputs."
        )
    casts = []
    for column in columns:
        kind = present[column.name]
        if kind.is_numeric():
            casts.append(pl.col(column.name).cast(pl.Float64).fill_nan(None))
        elif kind == pl.Boolean:
            casts.append(pl.col(column.name))
        elif kind in (pl.String, pl.Categorical, pl.Enum):
            casts.append(pl.col(column.name).cast(pl.String))
        else:
            raise CheckError(
                f"“{column.title}” holds {kind} in the validation data: decisions are explained "
                "over numbers, truth values and texts."
            )
    return source.select(casts)


def _sample(source: pl.LazyFrame, total: int, row: int | None, seed: int) -> pl.DataFrame:
    import polars as pl

    drawn = random.Random(seed).sample(range(total), min(SAMPLE, total))  # noqa: S311  (a sample, no secret)
    ids = [each for each in drawn if each != row]
    if not ids:
        raise CheckError("The validation data have no other rows to hold the decision against.")
    place = "_" * (1 + max(len(name) for name in source.collect_schema().names()))
    numbered = source.with_row_index(place)
    return numbered.filter(pl.col(place).is_in(sorted(ids))).drop(place).collect()


def _frame(
    columns: Sequence[Column], values: Mapping[str, Any], others: pl.DataFrame
) -> pl.DataFrame:
    """The one row that was given, in the types that the data have."""
    import polars as pl

    cells = []
    for column in columns:
        dtype = others.schema[column.name]
        cells.append(pl.Series(column.name, [_cell(column, values[column.name], dtype)], dtype))
    return pl.DataFrame(cells)


def _cell(column: Column, value: Any, dtype: pl.DataType) -> Any:
    import polars as pl

    if value is None:
        return None
    if dtype == pl.Boolean and value in (0, 1):
        return bool(value)
    if dtype == pl.Float64 and isinstance(value, (bool, int, float)):
        return float(value)
    if dtype == pl.String and isinstance(value, str):
        return value
    held = {pl.Boolean: "true or false", pl.Float64: "numbers"}.get(type(dtype), "texts")
    raise CheckError(f"“{column.title}” holds {held} in the validation data: give one.")


def _unusual(
    source: pl.LazyFrame, columns: Sequence[Column], asked: pl.DataFrame
) -> tuple[str, ...]:
    """Where the model was asked about what nobody has tested it on."""
    import polars as pl

    names = [column.name for column in columns if asked.schema[column.name] != pl.String]
    low, high, empty = (
        source.select(each).collect().row(0, named=True)
        for each in (pl.col(names).min(), pl.col(names).max(), pl.all().null_count())
    )
    said = []
    for column in columns:
        name, value = column.name, asked.item(0, column.name)
        if value is None:
            if not empty[name]:
                said.append(f"“{column.title}” is empty here and in no row of the validation data.")
        elif name not in low:
            if _unheard_of(source, name, value):
                said.append(f"“{column.title}” is a value that no row of the validation data has.")
        elif low[name] is not None and not low[name] <= value <= high[name]:
            said.append(
                f"“{column.title}” lies outside what the validation data hold "
                f"({low[name]:,.6g} to {high[name]:,.6g})."
            )
    return tuple(said)


def _unheard_of(source: pl.LazyFrame, name: str, value: str) -> bool:
    """Whether a category is new. Text of many kinds is no category."""
    import polars as pl

    found = source.select(pl.col(name).n_unique(), pl.col(name).eq(value).any().alias("held"))
    kinds, held = found.collect().row(0)
    return kinds <= _MOST_CATEGORIES and not held


def _plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, and whole numbers as such."""
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value

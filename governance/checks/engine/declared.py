"""Holds the data to their declaration: the bodies of ``data.schema`` and ``data.values``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from governance.checks.base import JSON, Check, CheckError, CheckInput, Evidence, Table
from governance.checks.engine import items, reading, sources
from governance.checks.engine.items import Item, held

_TYPES = {
    "number": "number", "float": "number", "double": "number", "float64": "number",
    "float32": "number", "decimal": "number", "integer": "integer", "int": "integer",
    "int64": "integer", "int32": "integer", "long": "integer", "text": "text", "string": "text",
    "str": "text", "utf8": "text", "categorical": "text", "boolean": "boolean", "bool": "boolean",
    "date": "date", "datetime": "datetime", "timestamp": "datetime",
}  # fmt: skip
_FITS = {"number": {"number", "integer"}, "datetime": {"datetime", "date"}}


def declared(data: CheckInput) -> dict[str, Mapping[str, Any]]:
    """The declared columns by name. Raises CheckError when there is no declaration."""
    columns = data.case.get("schema") or []
    if not columns:
        raise CheckError("The data declare no schema: register the dataset version with one.")
    for column in columns:
        if not isinstance(column, Mapping) or not column.get("name"):
            raise CheckError("Every column of the declared schema needs a name.")
    return {str(column["name"]): column for column in columns}


def _type_of(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    return "date" if dtype == pl.Date else "datetime" if dtype == pl.Datetime else str(dtype)


def schema_evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    wanted = declared(data)
    found = sources.schema(data.data, "validation")
    told: list[Item] = []
    for name, column in wanted.items():
        if name not in found:
            bad = f"Column '{name}' is declared and not in the data."
            told.append(Item("present", items.BROKEN, bad, name))
            continue
        told.append(_typed(name, str(column.get("type") or ""), _type_of(found[name])))
    present = sum(name in found for name in wanted)
    if present == len(wanted):
        told.insert(0, Item("present", items.MET, f"All {present} declared columns are there."))
    extra = [name for name in found if name not in wanted]
    some = ", ".join(f"'{name}'" for name in extra[:8])
    told.append(
        held(
            "declared", not extra, "The data hold no column that is not declared.",
            f"{len(extra)} columns are in the data and not declared: {some}.",
        )
    )  # fmt: skip
    return items.evidence(check, settled, seed, told)


def _typed(name: str, wanted: str, found: str) -> Item:
    kind = _TYPES.get(wanted.strip().lower())
    if kind is None:
        bad = f"Column '{name}' declares the type {wanted!r}, which we do not know."
        return Item("type", items.UNKNOWN, bad if wanted else f"'{name}' declares no type.", name)
    fits = found in _FITS.get(kind, {kind})
    return held(
        "type", fits, f"Column '{name}' is {found}, as declared ({kind}).",
        f"Column '{name}' is {found} and declared as {kind}.", subject=name,
    )  # fmt: skip


def values_evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    wanted = declared(data)
    found = sources.schema(data.data, "validation")
    present = {name: column for name, column in wanted.items() if name in found}
    if not present:
        raise CheckError("None of the declared columns is in the data.")
    frame = sources.columns(data.data, list(present), "validation")
    counts = _counts(frame, present, found)
    rows = counts["rows"]
    if rows == 0:
        raise CheckError("The validation data have no rows.")
    told: list[Item] = []
    shown: list[tuple[Any, ...]] = []
    for name, column in present.items():
        told += _nulls(name, column, counts, settled["most_nulls"])
        told += _range(name, column, counts, found[name])
        told += _categories(name, column, frame)
        shown.append(_row(name, counts, found[name]))
    columns = ("column", "empty", "share empty", "least", "greatest")
    table = Table("What the columns hold", columns, tuple(shown))
    return items.evidence(check, settled, seed, told, rows=rows, tables=(table,))


def _counts(frame: pl.LazyFrame, present: Mapping[str, Any], found: pl.Schema) -> dict[str, Any]:
    """Rows, and for each column its empty values, extremes, and values out of range."""
    wanted = [pl.len().alias("rows")]
    for name, column in present.items():
        values = pl.col(name).fill_nan(None) if found[name].is_float() else pl.col(name)
        wanted.append(values.null_count().alias(f"{name}\0null"))
        if found[name].is_numeric():
            wanted += [values.min().alias(f"{name}\0min"), values.max().alias(f"{name}\0max")]
            low, high = column.get("minimum"), column.get("maximum")
            if low is not None:
                wanted.append((values < low).sum().alias(f"{name}\0below"))
            if high is not None:
                wanted.append((values > high).sum().alias(f"{name}\0above"))
    return sources.collected(frame.select(wanted), "validation").row(0, named=True)


def _nulls(
    name: str, column: Mapping[str, Any], counts: Mapping[str, Any], most: float
) -> list[Item]:
    empty, rows = counts[f"{name}\0null"], counts["rows"]
    nullable = column.get("nullable")
    limit = 0.0 if nullable is False else 1.0 if nullable else most
    share = empty / rows
    allowed = "may not be empty" if limit == 0 else f"may be empty in {limit:.0%} of rows"
    return [
        held(
            "nulls", share <= limit, f"'{name}' is empty in {empty:,} of {rows:,} rows.",
            f"'{name}' is empty in {empty:,} of {rows:,} rows and {allowed}.", subject=name,
        )
    ]  # fmt: skip


def _range(
    name: str, column: Mapping[str, Any], counts: Mapping[str, Any], dtype: pl.DataType
) -> list[Item]:
    low, high = column.get("minimum"), column.get("maximum")
    if low is None and high is None:
        return []
    if not dtype.is_numeric():
        bad = f"'{name}' declares a range and is no number."
        return [Item("range", items.BROKEN, bad, name)]
    below, above = counts.get(f"{name}\0below", 0), counts.get(f"{name}\0above", 0)
    least, greatest = counts[f"{name}\0min"], counts[f"{name}\0max"]
    span = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}".strip()
    outside = [f"{below:,} values below {low:g}" if below else ""]
    outside += [f"{above:,} above {high:g}" if above else ""]
    said = " and ".join(part for part in outside if part)
    return [
        held(
            "range", not below and not above, f"'{name}' stays within {span}.",
            f"'{name}' has {said} (least {least}, greatest {greatest}).", subject=name,
        )
    ]  # fmt: skip


def _categories(name: str, column: Mapping[str, Any], frame: pl.LazyFrame) -> list[Item]:
    allowed = column.get("categories")
    if not allowed:
        return []
    known = {reading.as_text(value) for value in allowed}
    counts = frame.select(pl.col(name)).collect().get_column(name).value_counts().iter_rows()
    strange = {
        reading.as_text(value): int(count)
        for value, count in counts
        if value is not None and reading.as_text(value) not in known
    }
    some = ", ".join(f"'{value}'" for value in sorted(strange)[:5])
    rows = sum(strange.values())
    return [
        held(
            "categories", not strange, f"'{name}' holds only its {len(known)} declared categories.",
            f"'{name}' holds {len(strange)} values that are not declared ({some}) "
            f"in {rows:,} rows.", subject=name,
        )
    ]  # fmt: skip


def _row(name: str, counts: Mapping[str, Any], dtype: pl.DataType) -> tuple[Any, ...]:
    empty, rows = counts[f"{name}\0null"], counts["rows"]
    ends = ("", "")
    if dtype.is_numeric() and counts[f"{name}\0min"] is not None:
        ends = (f"{counts[f'{name}{chr(0)}min']:g}", f"{counts[f'{name}{chr(0)}max']:g}")
    return (name, f"{empty:,}", f"{empty / rows:.1%}", *ends)

"""Counts a table of any engine that narwhals knows: polars, pandas, Arrow, DuckDB, Dask, PySpark.

One grouping of the rows and one row of sums leave the engine, whatever its size; everything else
happens here, on a few thousand whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from governance.counting import columns, texts
from governance.counting.cells import cells_of_row, grouped, top_of
from governance.counting.counts import Bins, Counts, Group, Key, whole
from governance.counting.spec import BINS, MOST_CELLS, CountingError, Spec

_OUTSIDE = -1.0
Row = dict[str, Any]


def count(native: Any, spec: Spec, *, part: bool = False) -> Counts:
    """The counts of ``native``, a frame (lazy where the engine has such). Raises CountingError.

    A ``part`` of a table may lack one of the two outcomes; ``merged`` looks at the whole then.
    """
    source = nw.from_native(native).lazy()
    schema = source.collect_schema()
    spec.check(schema.names())
    _alike(schema, spec)
    if spec.weight:
        spec = _with_top(source, spec)
    keyed, keys = _keyed(source, spec)
    rows = grouped(keyed, keys, "weight" if spec.weight else "", spec.top, MOST_CELLS)
    total = sum(int(row["rows"]) for row in rows)
    if not rows:
        raise CountingError("The data have no rows.")
    if len(rows) >= MOST_CELLS:
        raise CountingError(
            "The label, prediction or sensitive columns have too many different values to be "
            "counted by: put them into bands first."
        )
    groups = _groups(rows, spec, total)
    binned = columns.counted(nw.to_native(source), spec.columns)
    labels = tuple(sorted({str(texts.key(row["label"])) for row in rows}))
    placed = {name: tuple(bins) for name, bins in binned.items()}
    counts = Counts(spec, total, groups, placed, labels)
    return counts if part else whole(counts)


def _alike(schema: Any, spec: Spec) -> None:
    for name, profile in spec.columns.items():
        if profile["kind"] == "number" and not schema[name].is_numeric():
            raise CountingError(
                f"Column '{name}' is a number in the reference and {schema[name]} in the data."
            )


def _with_top(source: Any, spec: Spec) -> Spec:
    """With the size that weights are measured by, from the largest of them."""
    weight = nw.col(spec.weight).cast(nw.Float64)
    usable = ((weight >= 0) & (weight < float("inf"))).cast(nw.Int64).sum()
    row = source.select(nw.len().alias("rows"), usable.alias("usable"), weight.max().alias("most"))
    told = row.collect().rows(named=True)[0]
    if int(told["usable"] or 0) != int(told["rows"]):
        raise CountingError(
            f"The weight column '{spec.weight}' has values that are empty, negative or infinite: "
            "give every row a weight of 0 or more."
        )
    if not told["most"]:
        raise CountingError(f"The weight column '{spec.weight}' is zero in every row.")
    return spec if spec.top else replace(spec, top=top_of(float(told["most"])))


def _keyed(source: Any, spec: Spec) -> tuple[Any, list[str]]:
    """The columns to group by, under short names of their own."""
    made = {f"of{place}": nw.col(name) for place, name in enumerate(spec.sensitive)}
    made["label"] = nw.col(spec.label)
    if spec.prediction:
        made["prediction"] = nw.col(spec.prediction)
    if spec.score:
        score = nw.col(spec.score).cast(nw.Float64)
        if not spec.prediction:
            made["prediction"] = (score >= spec.threshold).cast(nw.Int64)
        inside = (score * float(BINS)).floor()
        made["bin"] = nw.when((score < 0.0) | (score > 1.0)).then(_OUTSIDE).otherwise(inside)
    keys = list(made)
    if spec.weight:
        made["weight"] = nw.col(spec.weight)
    return source.select(*(one.alias(name) for name, one in made.items())), keys


def _groups(rows: Sequence[Row], spec: Spec, total: int) -> dict[Key, Group]:
    sensitive = [f"of{place}" for place in range(len(spec.sensitive))]
    parts = _binned(rows, [*sensitive, "label", "prediction"], spec)
    sums = [row for row, _ in parts]
    label = _outcome(sums, "label", f"label column '{spec.label}'", spec.favourable, total)
    wanted = spec.favourable if spec.prediction else 1
    decided = _outcome(sums, "prediction", "predictions", wanted, total)
    groups: dict[Key, Group] = {}
    for row, bins in parts:
        of = label(row)
        cells = cells_of_row(row, of, decided(row), spec.top or None)
        group = Group(cells, (bins, {}) if of == 0 else ({}, bins))
        key = tuple(texts.key(row[name]) for name in sensitive)
        groups[key] = groups[key].plus(group) if key in groups else group
    return groups


def _binned(rows: Sequence[Row], keys: Sequence[str], spec: Spec) -> list[tuple[Row, Bins]]:
    """The sums of rows by ``keys``, and their bins of the score: most of what leaves an engine."""
    found: dict[tuple[Any, ...], tuple[Row, Bins]] = {}
    for row in rows:
        raw = tuple(row[name] for name in keys)
        if raw not in found:
            found[raw] = ({name: row[name] for name in keys}, {})
        sums, bins = found[raw]
        for name, value in row.items():
            if name not in keys and name != "bin":
                sums[name] = sums.get(name, 0) + int(value)
        if spec.score:
            at = _bin(row, spec)
            bins[at] = bins.get(at, 0) + int(row["rows"])
    return list(found.values())


def _bin(row: Row, spec: Spec) -> int:
    at = row["bin"]
    if texts.key(at) is None:
        raise CountingError(
            f"The score column '{spec.score}' is empty in {int(row['rows']):,} rows or more: "
            "every row needs a score."
        )
    if at < 0:
        raise CountingError(
            f"The score column '{spec.score}' holds values outside 0 to 1: scores are counted in "
            "bins of probabilities. Leave the score out to count decisions only."
        )
    return min(int(at), BINS - 1)


def _outcome(
    rows: Sequence[Row], name: str, what: str, favourable: Any, total: int
) -> Callable[[Row], int]:
    """Tells 1 for the favourable value of a two-valued column. Raises CountingError."""
    distinct = {texts.key(row[name]) for row in rows}
    if None in distinct:
        empty = sum(int(row["rows"]) for row in rows if texts.key(row[name]) is None)
        raise CountingError(
            f"The {what} has {empty:,} empty values of {total:,}: "
            "fill them or leave those rows out."
        )
    wanted = texts.as_text(favourable)
    return lambda row: int(texts.key(row[name]) == wanted)

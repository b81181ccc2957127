"""Counts people who stand alone in the data: the body of ``privacy.small_cells``.

Evidence holds counts of cells by size only, never the values that make a cell.
"""

from __future__ import annotations

import polars as pl

from governance.checks import charts
from governance.checks.base import (
    JSON,
    Chart,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.charts import Bar
from governance.checks.engine import intervals, reading, record
from governance.checks.words import listed

_BANDS = ((1, 1), (2, 4), (5, 9), (10, 19), (20, 49), (50, None))


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    names = settled["quasi_identifiers"] or [
        str(one["name"]) for one in data.case.get("schema") or [] if one.get("quasi_identifier")
    ]
    if not names:
        raise CheckError(
            "No quasi-identifiers are declared: mark them in the schema or name them in the policy."
        )
    k = settled["k"]
    source = reading.frame(data, [*names, data.label])
    rows = source.height
    cells = source.group_by(names).agg(
        pl.len().alias("n"), pl.col(data.label).n_unique().alias("outcomes")
    )
    sizes = cells.get_column("n")
    small = int(sizes.filter(sizes < k).sum())
    alone = int((sizes == 1).sum())
    told = cells.filter((pl.col("outcomes") == 1) & (pl.col("n") > 1)).get_column("n")
    disclosing = int(told.sum()) + alone
    smallest = int(sizes.min() or 0)  # type: ignore[arg-type]
    facts = record.facts(check, settled, seed, rows)
    facts["quasi_identifiers"] = list(names)
    facts["cells"] = cells.height
    measurements = (
        Measurement("smallest_cell", smallest, n=rows, note="The k of k-anonymity; counted."),
        _share("rows_in_small_cells", small, rows, f"Rows in cells of fewer than {k}; counted."),
        _share("rows_alone", alone, rows, "Rows unlike every other; counted."),
        _share(
            "rows_disclosing", disclosing, rows, "Rows in cells that all have one outcome; counted."
        ),
    )
    return Evidence(
        measurements=measurements,
        tables=(_sizes(sizes, rows), _without(source, names, k)),
        charts=_chart(sizes, rows),
        sentence=(
            f"By {listed(list(names))} together, {small:,} of {rows:,} rows ({small / rows:.1%}) "
            f"are in cells of fewer than {k}, and {alone:,} stand alone: the data are "
            f"{smallest}-anonymous."
        ),
        facts=facts,
    )


def _share(name: str, count: int, rows: int, note: str) -> Measurement:
    return Measurement(name, count / rows, n=rows, note=note)


def _band(low: int, high: int | None) -> str:
    return str(low) if low == high else f"{low} to {high}" if high else f"{low} or more"


def _banded(sizes: pl.Series) -> list[tuple[str, int, int]]:
    """For each band of cell sizes: its name, the cells in it, the rows in those."""
    found = []
    for low, high in _BANDS:
        within = sizes.filter((sizes >= low) & (sizes <= (high or sizes.max())))
        found.append((_band(low, high), within.len(), int(within.sum())))
    return found


def _sizes(sizes: pl.Series, rows: int) -> Table:
    told = tuple(
        (name, f"{cells:,}", f"{within:,}", f"{within / rows:.1%}")
        for name, cells, within in _banded(sizes)
    )
    return Table("People who look alike", ("rows in a cell", "cells", "rows", "share"), told)


def _without(source: pl.DataFrame, names: list[str], k: int) -> Table:
    """How many rows would be left in small cells with one column left out or made coarser."""
    rows = []
    for name in names:
        others = [other for other in names if other != name]
        sizes = (
            source.group_by(others).len().get_column("len")
            if others
            else pl.Series([source.height])
        )
        small = int(sizes.filter(sizes < k).sum())
        values = source.get_column(name).n_unique()
        rows.append((name, f"{values:,}", f"{small:,}", f"{small / source.height:.1%}"))
    columns = ("column", "different values", "rows left in small cells without it", "share")
    note = "Make coarser, or leave out, the column that leaves the fewest."
    return Table("What makes people stand out", columns, tuple(rows), note)


def _chart(sizes: pl.Series, rows: int) -> tuple[Chart, ...]:
    bars = []
    for name, _, within in _banded(sizes):
        at = intervals.wilson(within, rows, 0.90)
        bars.append(Bar(name, within / rows, at.low, at.high, f"{within / rows:.1%}"))
    title = "How many others look the same"
    said = "; ".join(f"{bar.name} rows: {bar.note}" for bar in bars)
    return (
        charts.importance(
            title, "Share of rows by the size of their cell, 90% interval", "share of rows", bars,
            alt=f"{title}: {said}.",
        ),
    )  # fmt: skip

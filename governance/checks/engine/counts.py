"""Counts each group's cells once; every group metric is a function of these integers.

Written in narwhals (booleans made integers first, plain sums, no step that depends on order), so
the same function gives the same integers on polars, pandas, pyarrow, DuckDB or PySpark.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import narwhals as nw


@dataclass(frozen=True)
class Cells:
    """The confusion counts of one group. ``selected`` = predicted favourable."""

    group: str
    n: int
    selected: int
    positives: int
    true_positives: int

    @property
    def false_positives(self) -> int:
        return self.selected - self.true_positives

    @property
    def negatives(self) -> int:
        return self.n - self.positives

    @property
    def correct(self) -> int:
        return self.true_positives + self.negatives - self.false_positives

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def count_cells(native: Any, by: str = "group") -> list[Cells]:
    """The cells of every value of column ``by``; largest group first, then by name.

    ``native`` has integer columns ``label`` and ``prediction`` (0/1) and a text column ``by``.
    """
    counted = (
        nw.from_native(native)
        .with_columns(
            label=nw.col("label").cast(nw.Int64), prediction=nw.col("prediction").cast(nw.Int64)
        )
        .with_columns(both=nw.col("label") * nw.col("prediction"))
        .group_by(by)
        .agg(
            nw.len().alias("n"),
            nw.col("prediction").sum().alias("selected"),
            nw.col("label").sum().alias("positives"),
            nw.col("both").sum().alias("true_positives"),
        )
    )
    rows = counted.lazy().collect().rows(named=True)
    cells = [
        Cells(
            group=str(row[by]),
            n=int(row["n"]),
            selected=int(row["selected"]),
            positives=int(row["positives"]),
            true_positives=int(row["true_positives"]),
        )
        for row in rows
    ]
    return sorted(cells, key=lambda cell: (-cell.n, cell.group))


def merged(*shards: list[Cells]) -> list[Cells]:
    """The cells of several shards put together: equal to counting the whole."""
    totals: dict[str, Cells] = {}
    for cell in (cell for shard in shards for cell in shard):
        seen = totals.get(cell.group, Cells(cell.group, 0, 0, 0, 0))
        totals[cell.group] = Cells(
            group=cell.group,
            n=seen.n + cell.n,
            selected=seen.selected + cell.selected,
            positives=seen.positives + cell.positives,
            true_positives=seen.true_positives + cell.true_positives,
        )
    return sorted(totals.values(), key=lambda cell: (-cell.n, cell.group))

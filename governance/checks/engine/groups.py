"""Groups of people: who is compared, who is too few to be, and the rates of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from governance.checks.base import JSON, CheckError, CheckInput
from governance.checks.engine import reading
from governance.checks.engine.counts import Cells, count_cells
from governance.checks.engine.gate import GroupRate

FEW = 10  # groups below this are never published as a number


@dataclass(frozen=True)
class Grouping:
    """The cells of every group of one sensitive column, or of several crossed."""

    columns: tuple[str, ...]
    cells: tuple[Cells, ...]

    @property
    def title(self) -> str:
        return " × ".join(self.columns)

    @property
    def rows(self) -> int:
        return sum(cell.n for cell in self.cells)


@dataclass(frozen=True)
class Floor:
    """When a group is too small: rows in the rate's denominator, share of all rows."""

    rows: int
    share: float

    def why_not(self, cell: Cells, n: int, total: int) -> str:
        """Why the group is too small for a rate with denominator ``n``; empty if it is not."""
        shown = f"{n:,}" if n >= FEW else f"<{FEW}"
        if n < self.rows:
            return f"{shown} rows, under the floor of {self.rows}"
        if cell.n < self.share * total:
            return f"{cell.n:,} rows, under {self.share:.0%} of all {total:,}"
        return ""


def attribute_columns(data: CheckInput, attribute: str | Sequence[str] | None) -> tuple[str, ...]:
    """The declared attribute as columns; the only sensitive column when none is declared."""
    if attribute is None:
        if len(data.sensitive) == 1:
            return data.sensitive
        have = ", ".join(data.sensitive) or "none"
        raise CheckError(
            f"Say which sensitive column to compare with 'attribute'; the data declare {have}."
        )
    return (attribute,) if isinstance(attribute, str) else tuple(attribute)


def groupings(data: CheckInput, attribute: tuple[str, ...]) -> tuple[pl.DataFrame, list[Grouping]]:
    """The outcomes, and the groupings: the declared attribute, each column, all columns crossed."""
    columns = tuple(dict.fromkeys((*attribute, *data.sensitive)))
    source = reading.outcomes(data, columns)
    wanted = [attribute, *((column,) for column in columns)]
    if len(columns) > 1:
        wanted.append(columns)
    found = [
        Grouping(which, tuple(count_cells(labelled(source, which, data))))
        for which in dict.fromkeys(wanted)
    ]
    return source, found


def labelled(source: pl.DataFrame, columns: Sequence[str], data: CheckInput) -> pl.DataFrame:
    """label, prediction, score and the ``group`` of every row."""
    group = reading.group_column(source, columns, data)
    return source.select("label", "prediction", "score").with_columns(group.alias("group"))


def denominators(cell: Cells, rate: str) -> tuple[int, int]:
    """(count, n) of a rate in fairlearn's definitions."""
    return {
        "selection_rate": (cell.selected, cell.n),
        "true_positive_rate": (cell.true_positives, cell.positives),
        "false_positive_rate": (cell.false_positives, cell.negatives),
    }[rate]


def rates(grouping: Grouping, rate: str, floor: Floor) -> list[GroupRate]:
    """The rate of every group, those under the floor marked not assessed."""
    found = []
    for cell in grouping.cells:
        count, n = denominators(cell, rate)
        why = floor.why_not(cell, n, grouping.rows)
        found.append(GroupRate(cell.group, count, n, assessed=not why, why=why))
    return found


def published(rate: GroupRate) -> JSON:
    """A group's rate as the evidence keeps it; tiny groups without their numbers."""
    few = rate.n < FEW
    return {
        "group": rate.group,
        "count": None if few else int(rate.count),
        "n": None if few else int(rate.n),
        "assessed": rate.assessed,
        "why": rate.why,
    }


def reference_group(grouping: Grouping, reference: Any) -> str | None:
    """The reference as a group's name. Raises CheckError if the data have no such group."""
    if reference is None:
        return None
    names = [cell.group for cell in grouping.cells]
    if reference not in names:
        raise CheckError(
            f"There is no group '{reference}' in {grouping.title}; the groups are "
            + ", ".join(f"'{name}'" for name in sorted(names)) + "."
        )  # fmt: skip
    return str(reference)


def floor_of(settled: Mapping[str, Any]) -> Floor:
    return Floor(rows=int(settled["floor"]), share=float(settled["floor_share"]))

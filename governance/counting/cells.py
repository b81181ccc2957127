"""Counts each group's cells once; every group metric is a function of these integers.

Written in narwhals (booleans made integers first, plain sums, no step that depends on order), so
the same function gives the same integers on polars, pandas, pyarrow, DuckDB or PySpark. Weights are
summed as whole numbers too (see ``Mass``), so that no order of rows or shards changes a bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

_LIMB = 21  # bits of a weight that are summed at a time: 2**21 * 1e9 rows still fit in 64 bits
_LIMBS = 3


@dataclass(frozen=True)
class Mass:
    """Sums of weights and of squared weights over rows, in whole multiples of tiny units.

    A weight is cut at 2**-63 of ``top``, a power of two no smaller than any weight; whole numbers
    add up the same in any order. ``top`` is the same for all shards of one data set.
    """

    weight: int
    square: int
    top: float

    def plus(self, other: Mass) -> Mass:
        if self.top != other.top:
            raise ValueError("masses of one data set share their top")
        return Mass(self.weight + other.weight, self.square + other.square, self.top)

    @property
    def sum(self) -> float:
        return math.ldexp(self.weight, -_LIMB * _LIMBS) * self.top

    @property
    def sum_of_squares(self) -> float:
        return math.ldexp(self.square, -_LIMB * _LIMBS) * self.top * self.top


Masses = tuple[Mass, Mass, Mass, Mass]
"""Of rows selected rightly, selected wrongly, missed, refused rightly."""


@dataclass(frozen=True)
class Cells:
    """The confusion counts of one group. ``selected`` = predicted favourable."""

    group: str
    n: int
    selected: int
    positives: int
    true_positives: int
    masses: Masses | None = None

    @property
    def false_positives(self) -> int:
        return self.selected - self.true_positives

    @property
    def negatives(self) -> int:
        return self.n - self.positives

    @property
    def correct(self) -> int:
        return self.true_positives + self.negatives - self.false_positives

    def plus(self, other: Cells, group: str = "") -> Cells:
        """Both groups as one."""
        masses = None
        if self.masses is not None and other.masses is not None:
            a, b = self.masses, other.masses
            masses = (a[0].plus(b[0]), a[1].plus(b[1]), a[2].plus(b[2]), a[3].plus(b[3]))
        return Cells(
            group=group or self.group,
            n=self.n + other.n,
            selected=self.selected + other.selected,
            positives=self.positives + other.positives,
            true_positives=self.true_positives + other.true_positives,
            masses=masses,
        )

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "group": self.group,
            "n": self.n,
            "selected": self.selected,
            "positives": self.positives,
            "true_positives": self.true_positives,
        }
        if self.masses is not None:
            found["weights"] = [mass.sum for mass in self.masses]
        return found


@dataclass(frozen=True)
class Tally:
    """The rows that share the values ``key`` of some columns."""

    key: tuple[Hashable, ...]
    cells: Cells


def tally(native: Any, by: Sequence[str], weight: str = "", top: float = 0.0) -> list[Tally]:
    """The cells of every combination of values of the columns ``by``, in no particular order.

    ``native`` has columns ``label`` and ``prediction`` (0/1). One pass over the rows. With a column
    ``weight`` its sums are counted too; ``top`` is then ``top_of`` its largest value.
    """
    source = nw.from_native(native).with_columns(nw.col("label", "prediction").cast(nw.Int8))
    counted = grouped(source, [*by, "label", "prediction"], weight, top)
    return [_tally(row, by, top if weight else None) for row in counted]


def grouped(
    source: Any, keys: Sequence[str], weight: str = "", top: float = 0.0, most: int = 0
) -> list[dict[str, Any]]:
    """``rows`` (and sums of weights) of every combination of values of the columns ``keys``.

    ``source`` is a narwhals frame of any engine; with ``most`` no more combinations than that
    leave it. The one place where rows are counted by group.
    """
    source = source.select(*keys, *([weight] if weight else []))
    wanted = [nw.len().alias("rows")]
    if weight:
        source, names = _limbs(source, weight, top)
        wanted += [nw.col(name).sum() for name in names]
    found = source.lazy().group_by(*keys).agg(*wanted)
    found = found.head(most) if most else found
    made: list[dict[str, Any]] = found.collect().rows(named=True)
    return made


def top_of(largest: float) -> float:
    """The power of two that ``Mass`` measures weights by."""
    return math.ldexp(1.0, math.frexp(largest)[1])


def gathered(tallies: Iterable[Tally], name: Callable[[tuple[Any, ...]], str]) -> list[Cells]:
    """Cells by the ``name`` of their key; largest group first, then by name."""
    totals: dict[str, Cells] = {}
    for one in tallies:
        group = name(one.key)
        seen = totals.get(group)
        totals[group] = one.cells.plus(seen, group) if seen else _named(one.cells, group)
    return sorted(totals.values(), key=lambda cell: (-cell.n, cell.group))


def _named(cells: Cells, group: str) -> Cells:
    return Cells(
        group, cells.n, cells.selected, cells.positives, cells.true_positives, cells.masses
    )


def _tally(row: dict[str, Any], by: Sequence[str], top: float | None) -> Tally:
    cells = cells_of_row(row, int(row["label"]), int(row["prediction"]), top)
    return Tally(tuple(row[column] for column in by), cells)


def cells_of_row(row: dict[str, Any], label: int, prediction: int, top: float | None) -> Cells:
    """One row of ``grouped``, all of one label and prediction, as cells without a name."""
    n, masses = int(row["rows"]), None
    if top is not None:
        none, mass = Mass(0, 0, top), Mass(_joined(row, "w"), _joined(row, "s"), top)
        place = {(1, 1): 0, (0, 1): 1, (1, 0): 2, (0, 0): 3}[label, prediction]
        one, two, three, four = (mass if cell == place else none for cell in range(4))
        masses = (one, two, three, four)
    return Cells("", n, n * prediction, n * label, n * label * prediction, masses)


def _limbs(source: Any, weight: str, top: float) -> tuple[Any, list[str]]:
    """Columns of whole numbers that together are the weight, and its square, in units of 2**-63."""
    names = []
    source = source.with_columns((nw.col(weight).cast(nw.Float64) / top).alias("w_rest"))
    source = source.with_columns((nw.col("w_rest") * nw.col("w_rest")).alias("s_rest"))
    for letter in ("w", "s"):
        rest = f"{letter}_rest"
        for place in range(_LIMBS):
            name = f"{letter}{place}"
            source = source.with_columns(nw.col(rest) * 2.0**_LIMB)
            whole = nw.col(rest).floor()  # some engines round when they cast
            source = source.with_columns(whole.cast(nw.Int64).alias(name))
            source = source.with_columns(nw.col(rest) - nw.col(name))
            names.append(name)
    return source, names


def _joined(row: dict[str, Any], letter: str) -> int:
    return sum(
        int(row[f"{letter}{place}"]) << (_LIMB * (_LIMBS - 1 - place)) for place in range(_LIMBS)
    )

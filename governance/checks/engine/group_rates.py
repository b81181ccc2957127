"""Rates of a group as functions of its cells alone, weighted or not. Plain Python.

A rate whose denominator is empty is not computable, never 0 or 1.

Source of effective sample sizes: Kish, Survey Sampling (1965), 11.7; Korn and Graubard, Survey
Methodology 24 (1998) 193-201.
"""

from __future__ import annotations

from dataclasses import dataclass

from governance.checks.engine.gate import GroupRate
from governance.counting.cells import Cells, Masses

FEW = 10  # groups below this are never published as a number

_HIT, _FALSE, _MISSED, _REFUSED = range(4)  # the order of ``Cells.masses``
RATES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    # the cells that count, the cells they are counted among; fairlearn's definitions
    "selection_rate": ((_HIT, _FALSE), (_HIT, _FALSE, _MISSED, _REFUSED)),
    "true_positive_rate": ((_HIT,), (_HIT, _MISSED)),
    "false_negative_rate": ((_MISSED,), (_HIT, _MISSED)),
    "false_positive_rate": ((_FALSE,), (_FALSE, _REFUSED)),
    "true_negative_rate": ((_REFUSED,), (_FALSE, _REFUSED)),
    "positive_predictive_value": ((_HIT,), (_HIT, _FALSE)),
    "negative_predictive_value": ((_REFUSED,), (_MISSED, _REFUSED)),
    "accuracy": ((_HIT, _REFUSED), (_HIT, _FALSE, _MISSED, _REFUSED)),
}


@dataclass(frozen=True)
class Floor:
    """When a group is too small: rows in the rate's denominator, share of all rows."""

    rows: int
    share: float

    def why_not(self, whole: int, n: float, total: int) -> str:
        """Why a group of ``whole`` rows is too small for a figure from ``n``; empty if it is not.

        ``n`` is the figure's own denominator, ``total`` the rows of all groups.
        """
        if n < FEW:
            return f"<{FEW} rows, under the floor of {self.rows}" if whole else "no rows"
        if n < self.rows:
            return f"{int(n):,} rows, under the floor of {self.rows}"
        if whole < self.share * total:
            return f"{whole:,} rows, under {self.share:.0%} of all {total:,}"
        return ""


def quartet(cell: Cells) -> tuple[int, int, int, int]:
    """Rows selected rightly, selected wrongly, missed, refused rightly."""
    missed = cell.positives - cell.true_positives
    refused = cell.negatives - cell.false_positives
    return cell.true_positives, cell.false_positives, missed, refused


def denominators(cell: Cells, rate: str) -> tuple[int, int]:
    """(count, n) of a rate."""
    cells = quartet(cell)
    counted, among = RATES[rate]
    return sum(cells[place] for place in counted), sum(cells[place] for place in among)


def share(cell: Cells, rate: str) -> float | None:
    """The rate itself, weighted where the cells are; None when it has nothing to divide by."""
    counted, among = RATES[rate]
    if cell.masses is None:
        count, n = denominators(cell, rate)
        return count / n if n else None
    whole = sum(cell.masses[place].sum for place in among)
    return sum(cell.masses[place].sum for place in counted) / whole if whole > 0 else None


def rate_of(cell: Cells, rate: str, floor: Floor, total: int) -> GroupRate:
    """The rate of a group as the gate takes it; not assessed when under the floor."""
    count, n = denominators(cell, rate)
    if cell.masses is None:
        why = floor.why_not(cell.n, n, total)
        return GroupRate(cell.group, count, n, assessed=not why, why=why)
    weighted, effective = _effective(cell.masses, rate, n)
    why = floor.why_not(cell.n, effective + 1e-9, total)
    return GroupRate(cell.group, weighted * effective, effective, assessed=not why, why=why, rows=n)


def _effective(masses: Masses, rate: str, rows: int) -> tuple[float, float]:
    """The weighted rate, and the unweighted rows that would say as much about it.

    The variance of a ratio of two weighted sums, put as the binomial number of rows with the same
    variance; Kish's number where the rate is 0 or 1 and that variance is nothing. Equal weights
    give back the rows themselves.
    """
    counted, among = RATES[rate]
    whole = sum(masses[place].sum for place in among)
    if whole <= 0:
        return 0.0, 0.0
    p = sum(masses[place].sum for place in counted) / whole
    squares = sum(masses[place].sum_of_squares for place in among)
    inside = sum(masses[place].sum_of_squares for place in counted)
    variance = (inside * (1 - p) ** 2 + (squares - inside) * p**2) / whole**2
    effective = p * (1 - p) / variance if 0 < p < 1 else whole**2 / squares
    return p, min(float(rows), effective)

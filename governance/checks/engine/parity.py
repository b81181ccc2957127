"""One-number summaries of how far apart groups are, in fairlearn's definitions. Plain Python.

They take every group in, small ones too, and have no interval (the bootstrap of a largest gap never
covers 0), so they are kept for the record and for comparison; the gate judges pairs of groups.
None means not computable: a rate without a denominator, a ratio of nothing to nothing, one group.
fairlearn answers 0, 1 or NaN there; docs/checks/fairness.md has the table.

Sources: fairlearn 0.15, metrics; Hardt, Price and Srebro (2016); Feldman et al. (2015).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from governance.checks.engine.group_rates import share
from governance.counting.cells import Cells

Values = Sequence[float | None]
BETWEEN, OVERALL = "between_groups", "to_overall"


def difference(values: Values, overall: float | None = None) -> float | None:
    """The largest gap between two groups, or to ``overall`` when it is given."""
    known = _known(values)
    if known is None:
        return None
    if overall is None:
        return max(known) - min(known)
    return max(abs(value - overall) for value in known)


def ratio(values: Values, overall: float | None = None) -> float | None:
    """The lowest over the highest; or the furthest from ``overall``, put below 1."""
    known = _known(values)
    if known is None:
        return None
    if overall is None:
        return min(known) / max(known) if max(known) > 0 else None
    if overall <= 0:
        return None
    parts = [value / overall for value in known]
    return min(1 / part if part > 1 else part for part in parts)


def of_rate(
    cells: Sequence[Cells], rate: str, summary: Callable[..., float | None], method: str = BETWEEN
) -> float | None:
    """``difference`` or ``ratio`` of one rate over all groups."""
    values = [share(cell, rate) for cell in cells if cell.n]
    if method == BETWEEN:
        return summary(values)
    overall = share(_all(cells), rate)
    return None if overall is None else summary(values, overall)


def equalized_odds(
    cells: Sequence[Cells],
    summary: Callable[..., float | None],
    method: str = BETWEEN,
    agg: str = "worst_case",
) -> float | None:
    """True- and false-positive rate together: the worse of the two, or their mean."""
    both = [
        of_rate(cells, rate, summary, method)
        for rate in ("true_positive_rate", "false_positive_rate")
    ]
    if both[0] is None or both[1] is None:
        return None
    if agg == "mean":
        return (both[0] + both[1]) / 2
    return min(both[0], both[1]) if summary is ratio else max(both[0], both[1])


def summaries(cells: Sequence[Cells], rates: Sequence[str]) -> Mapping[str, float | None]:
    """fairlearn's named summaries that belong to ``rates``."""
    found: dict[str, float | None] = {}
    for kind, summary in (("ratio", ratio), ("difference", difference)):
        if "selection_rate" in rates:
            found[f"demographic_parity_{kind}"] = of_rate(cells, "selection_rate", summary)
        if "true_positive_rate" in rates:
            found[f"equal_opportunity_{kind}"] = of_rate(cells, "true_positive_rate", summary)
        if {"true_positive_rate", "false_positive_rate"} <= set(rates):
            found[f"equalized_odds_{kind}"] = equalized_odds(cells, summary)
    return found


def _known(values: Values) -> list[float] | None:
    """The values when there are at least two and none is missing."""
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) and len(known) > 1 else None


def _all(cells: Sequence[Cells]) -> Cells:
    whole = cells[0]
    for cell in cells[1:]:
        whole = whole.plus(cell) if cell.n else whole
    return whole

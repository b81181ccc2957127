"""All error rates side by side: the body of ``fairness.error_rates``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from governance.checks.base import JSON, Check, CheckError, CheckInput, Evidence, Measurement, Table
from governance.checks.engine import compared, groups, resampling_groups
from governance.checks.engine.group_rates import RATES
from governance.checks.engine.record import subseed

_DRAWN = ("balanced_accuracy", "f1")


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    settled["rates"] = list(settled["rates"])
    unknown = [name for name in settled["rates"] if name not in RATES]
    if unknown:
        raise CheckError(f"'rates' knows {', '.join(RATES)}, not '{unknown[0]}'.")
    found, grouping = compared.measured(
        check, data, settled, seed, rates=settled["rates"], kind=settled["compare"]
    )
    drawn = _drawn(grouping, settled, subseed(seed, check.id))
    title = grouping.title
    rows = tuple(
        (
            one.group.removeprefix(f"{title}: "), one.name.replace("_", " "), one.n,
            "" if one.value is None else f"{one.value:.3f}",
            "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}", one.note,
        )
        for one in drawn
    )  # fmt: skip
    columns = (title, "figure", "rows", "value", f"{settled['confidence']:.0%} interval", "note")
    return replace(
        found,
        measurements=(*found.measurements, *drawn),
        tables=(*found.tables, Table(f"Balanced accuracy and F1 by {title}", columns, rows)),
    )


def _drawn(grouping: groups.Grouping, settled: JSON, seed: int) -> list[Measurement]:
    """Figures without an interval of their own, from draws of the cells."""
    floor = groups.floor_of(settled)
    cells = [
        cell for cell in grouping.cells if not floor.why_not(cell.n, cell.n, grouping.rows)
    ]  # fmt: skip
    if not cells:
        return []
    draws = resampling_groups.figures(resampling_groups.drawn(cells, seed), _DRAWN)
    values = resampling_groups.figures(resampling_groups.sums(cells), _DRAWN)
    confidence, found = settled["confidence"], []
    for name in _DRAWN:
        for place, cell in enumerate(cells):
            group, value = f"{grouping.title}: {cell.group}", float(values[name][place])
            at = resampling_groups.interval(draws[name][:, place], confidence)
            if not np.isfinite(value) or at is None:
                note = "Not computable: a group needs both outcomes, and some selected."
                found.append(Measurement(name, None, n=cell.n, group=group, note=note))
                continue
            found.append(Measurement(name, value, at.low, at.high, confidence, cell.n, group))
    return found

"""How group rates are put on the page: measurements, tables and interval charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.checks import charts, theme
from governance.checks.base import Chart, Measurement, Table
from governance.checks.charts import Bar
from governance.checks.engine import intervals
from governance.checks.engine.gate import GroupRate, Tolerance, pairs
from governance.checks.engine.groups import FEW, Floor, Grouping, denominators, rates
from governance.checks.words import RATE_NAMES, points

COUNTED = {  # the heading of what a rate counts
    "selection_rate": "selected",
    "true_positive_rate": "selected",
    "false_positive_rate": "selected",
    "false_negative_rate": "not selected",
    "true_negative_rate": "not selected",
    "positive_predictive_value": "favourable",
    "negative_predictive_value": "unfavourable",
    "accuracy": "right",
}


def rate_measurements(
    title: str, name: str, found: Sequence[GroupRate], confidence: float
) -> list[Measurement]:
    """The rate of every group with Wilson's interval; none, with the reason, under the floor."""
    result = []
    for rate in found:
        group = f"{title}: {rate.group}"
        if not rate.assessed:
            shown = rate.shown if rate.n >= FEW else 0
            result.append(
                Measurement(name, None, n=shown, group=group, note=f"Not assessed: {rate.why}.")
            )
            continue
        interval = intervals.wilson(rate.count, rate.n, confidence)
        result.append(
            Measurement(name, rate.rate, interval.low, interval.high, confidence, rate.shown, group)
        )
    return result


def pair_measurements(
    title: str,
    name: str,
    found: Sequence[GroupRate],
    kind: str,
    reference: str | None,
    confidence: float,
) -> list[Measurement]:
    """The ratio or difference of every pair of assessed groups, with its interval."""
    tolerance = Tolerance(kind, 1.0)
    result = []
    for a, b in pairs(found, reference):
        group = f"{title}: {a.group} {'/' if kind == 'ratio' else '−'} {b.group}"
        n = min(a.shown, b.shown)
        if kind == "ratio" and b.count == 0:
            note = f"Not computable: the rate of {b.group} is 0, and nothing is divided by it."
            result.append(Measurement(name, None, n=n, group=group, note=note))
            continue
        interval = tolerance.interval(a, b, confidence)
        value = tolerance.point(a, b)
        result.append(Measurement(name, value, interval.low, interval.high, confidence, n, group))
    return result


def rate_table(grouping: Grouping, name: str, floor: Floor, confidence: float) -> Table:
    """One row per group; counts under ten are not printed, groups under the floor say why."""
    found = rates(grouping, name, floor)
    cells = {cell.group: denominators(cell, name)[0] for cell in grouping.cells}
    rows: list[tuple[Any, ...]] = []
    for rate in found:
        if not rate.assessed:
            n = few(rate.shown) if rate.n >= FEW else f"<{FEW}"
            rows.append((rate.group, n, "", "", "", f"not assessed: {rate.why}"))
            continue
        interval = intervals.wilson(rate.count, rate.n, confidence)
        between = f"{100 * interval.low:.1f} to {100 * interval.high:.1f}%"
        rows.append(
            (rate.group, rate.shown, few(cells[rate.group]), f"{100 * rate.rate:.1f}%", between, "")
        )
    spoken = RATE_NAMES[name]
    columns = (grouping.title, "rows", COUNTED[name], spoken, f"{confidence:.0%} interval", "note")
    return Table(f"{spoken.capitalize()} by {grouping.title}", columns, tuple(rows))


def few(count: float) -> int | str:
    return f"<{FEW}" if 0 < count < FEW else int(count)


def rate_chart(
    title: str, name: str, found: Sequence[GroupRate], share: str, confidence: float
) -> Chart | None:
    """The rate of every assessed group with its interval; None with nobody to show."""
    bars = []
    for rate in found:
        if rate.assessed:
            interval = intervals.wilson(rate.count, rate.n, confidence)
            bars.append(
                Bar(rate.group, rate.rate, interval.low, interval.high, f"n = {rate.shown:,}")
            )
    if not bars:
        return None
    spoken = RATE_NAMES[name]
    said = "; ".join(f"{bar.name} {100 * bar.value:.1f}%" for bar in bars)
    return charts.intervals(
        f"{spoken.capitalize()} by {title}",
        f"{share} with {confidence:.0%} interval",
        spoken,
        bars,
        alt=f"{spoken.capitalize()} by {title}: {said}.",
        digits=1,
        unit="%",
    )


def pair_chart(heading: str, axis: str, kind: str, measured: Sequence[Measurement]) -> Chart | None:
    """The ratio or difference of every pair, ready for a policy's limit to be drawn across."""
    bars = []
    for one in measured:
        if one.value is not None and one.low is not None and one.high is not None:
            name = one.group.split(": ", 1)[-1].replace(" / ", " to ").replace(" − ", " minus ")
            bars.append(Bar(name, one.value, one.low, one.high, f"n = {one.n:,}", theme.INK))
    if not bars:
        return None
    scale = points if kind == "difference" else charts.figure
    said = "; ".join(f"{bar.name} {scale(bar.value)}" for bar in bars)
    confidence = next(one.confidence for one in measured if one.confidence is not None)
    return charts.intervals(
        heading,
        f"Each pair of groups with {confidence:.0%} interval; n is the smaller group",
        axis,
        bars,
        alt=f"{heading}: {said}.",
        threshold=kind,
        digits=1 if kind == "difference" else 2,
        unit=" pts" if kind == "difference" else "",
    )

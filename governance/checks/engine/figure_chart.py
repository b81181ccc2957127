"""Figures put on the page: interval charts with a row for each, and their tables."""

from __future__ import annotations

from collections.abc import Sequence

from governance.checks import charts, theme
from governance.checks.base import Chart, Table
from governance.checks.charts import Bar
from governance.checks.engine.figures import Figure
from governance.checks.engine.intervals import Interval
from governance.checks.metric_words import printed, spoken


def bar(one: Figure, confidence: float, name: str = "", tone: str = theme.INK) -> Bar | None:
    """A row of an interval chart; None without a value or an interval."""
    between = one.interval(confidence)
    if one.value is None or between is None:
        return None
    note = f"n = {one.n:,}"
    return Bar(name or spoken(one.name), one.value, between.low, between.high, note, tone)


def rows(
    title: str, found: Sequence[Figure], confidence: float, *, axis: str = "share", digits: int = 2
) -> list[Chart]:
    """One chart with a row for each figure that has an interval; none if none has."""
    shown = [(one, made) for one in found if (made := bar(one, confidence)) is not None]
    if not shown:
        return []
    said = "; ".join(f"{made.name} {printed(made.value, digits)}" for _, made in shown)
    return [
        charts.intervals(
            title,
            f"With {confidence:.0%} interval",
            axis,
            [made for _, made in shown],
            alt=f"{title}: {said}.",
            rows_judged={one.name: place for place, (one, _) in enumerate(shown)},
            digits=digits,
        )
    ]


def between_words(interval: Interval | None, digits: int = 3) -> str:
    if interval is None:
        return ""
    return f"{printed(interval.low, digits)} to {printed(interval.high, digits)}"


def table(title: str, found: Sequence[Figure], confidence: float, note: str = "") -> Table:
    """Figure, value, interval, rows and note."""
    lines = tuple(
        (
            spoken(one.name),
            "" if one.value is None else printed(one.value, 3),
            between_words(one.interval(confidence)),
            one.n,
            one.note,
        )
        for one in found
    )
    columns = ("figure", "value", f"{confidence:.0%} interval", "rows", "note")
    return Table(title, columns, lines, note)

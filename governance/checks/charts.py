"""The pictures that checks draw, with intervals and direct labels. Altair is imported on use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from governance.checks import theme
from governance.checks.base import JSON, Chart


@dataclass(frozen=True)
class Bar:
    """One row of an interval chart: where, how far, and what to write at its end."""

    name: str
    value: float
    low: float
    high: float
    note: str = ""
    tone: str = theme.INK


def figure(value: float, digits: int = 2) -> str:
    """A number as charts and sentences print it, with a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _row(bar: Bar, label: str) -> JSON:
    return {
        "name": bar.name,
        "value": bar.value,
        "low": bar.low,
        "high": bar.high,
        "label": label,
        "tone": bar.tone,
    }


UNITS = {"": 1.0, "%": 100.0, " pts": 100.0}  # unit of a chart: what shares are multiplied by


def with_interval(bar: Bar, digits: int = 2, unit: str = "") -> str:
    """ "0.78 [0.73, 0.83] · n = 308", or "70.8% [66.3, 74.9] · n = 308"."""
    scale = UNITS[unit]
    low, high = figure(bar.low * scale, digits), figure(bar.high * scale, digits)
    text = f"{figure(bar.value * scale, digits)}{unit} [{low}, {high}]"
    return f"{text} · {bar.note}" if bar.note else text


def intervals(
    title: str,
    subtitle: str,
    axis: str,
    bars: Sequence[Bar],
    *,
    alt: str,
    domain: tuple[float, float] | None = None,
    threshold: str = "",
    rows_judged: Mapping[str, int] | None = None,
    digits: int = 2,
    unit: str = "",
    name_limit: int = 190,
) -> Chart:
    """Points with interval bars, one row each, values written at the right.

    ``threshold`` names what a policy's limit may later be drawn across the chart for (``ratio``,
    ``difference``); ``rows_judged`` instead names measurements that have a row of their own.
    """
    import altair as alt_

    rows = [_row(bar, with_interval(bar, digits, unit)) for bar in bars]
    low, high = domain or _domain(bars)
    scale = alt_.Scale(domain=[low, high], nice=False, zero=False)
    names = alt_.Axis(labelFontWeight=500, labelLimit=name_limit)
    base = alt_.Chart(alt_.InlineData(values=rows)).encode(
        y=alt_.Y("name:N", sort=None, title=None, axis=names)
    )
    x_axis = _axis(unit)
    x = alt_.X("value:Q", scale=scale, title=axis, axis=x_axis)
    tone = alt_.Color("tone:N", scale=None, legend=None)
    rule = base.mark_rule(strokeWidth=3.5, strokeCap="round", opacity=0.35).encode(
        x=alt_.X("low:Q", scale=scale, title=axis, axis=x_axis), x2="high:Q", color=tone
    )
    point = base.mark_point(filled=True, size=72, opacity=1).encode(x=x, color=tone)
    label = base.mark_text(align="left", baseline="middle").encode(
        x=alt_.value(theme.PLOT + 14), text="label:N"
    )
    height = theme.ROW * max(1, len(rows))
    layered = alt_.layer(rule, point, label).properties(width=theme.PLOT, height=height)
    spec = finished(layered, title, subtitle)
    if threshold or rows_judged:
        spec["usermeta"] = {
            "threshold": threshold, "rows": dict(rows_judged or {}),
            "domain": [low, high], "unit": unit,
        }  # fmt: skip
    return Chart(title, alt, spec)


def importance(title: str, subtitle: str, axis: str, bars: Sequence[Bar], *, alt: str) -> Chart:
    """Horizontal bars from zero with an interval whisker at their end."""
    import altair as alt_

    rows = [_row(bar, bar.note) for bar in bars]
    top = max((bar.high for bar in bars), default=1.0) * 1.04 or 1.0
    scale = alt_.Scale(domain=[0, top], nice=False)
    base = alt_.Chart(alt_.InlineData(values=rows)).encode(
        y=alt_.Y("name:N", sort=None, title=None)
    )
    x_axis = alt_.Axis(tickCount=5, format="~g")
    bar_mark = base.mark_bar(height=15, cornerRadiusEnd=2, opacity=0.85).encode(
        x=alt_.X("value:Q", scale=scale, title=axis, axis=x_axis),
        color=alt_.Color("tone:N", scale=None, legend=None),
    )
    halo = base.mark_rule(strokeWidth=4, color=theme.PAPER, opacity=0.9).encode(
        x=alt_.X("low:Q", scale=scale, title=axis, axis=x_axis), x2="high:Q"
    )
    whisker = base.mark_rule(strokeWidth=1.6, color=theme.MUTED).encode(
        x=alt_.X("low:Q", scale=scale, title=axis, axis=x_axis), x2="high:Q"
    )
    label = base.mark_text(align="left", baseline="middle").encode(
        x=alt_.value(theme.PLOT + 14), text="label:N"
    )
    layered = alt_.layer(bar_mark, halo, whisker, label).properties(
        width=theme.PLOT, height=26 * max(1, len(rows))
    )
    return Chart(title, alt, finished(layered, title, subtitle))


def roc(
    title: str, subtitle: str, points: Sequence[tuple[float, float]], mark: str, *, alt: str
) -> Chart:
    """The ROC curve over the diagonal of chance, with ``mark`` written inside it."""
    import altair as alt_

    curve = [{"x": x, "y": y} for x, y in points]
    scale = alt_.Scale(domain=[0, 1], nice=False)
    axis = alt_.Axis(format=".0%", tickCount=5, grid=True)
    x = alt_.X("x:Q", scale=scale, axis=axis, title="false-positive rate")
    y_axis = alt_.Axis(
        format=".0%", tickCount=5, grid=True, labelColor=theme.MUTED, labelFontSize=11, minExtent=0
    )
    y = alt_.Y("y:Q", scale=scale, axis=y_axis, title="true-positive rate")
    inline = alt_.Chart(alt_.InlineData(values=curve))
    area = inline.mark_area(color=theme.INK, opacity=0.07).encode(x=x, y=y.stack(None))
    line = inline.mark_line(color=theme.INK, strokeWidth=2, interpolate="linear").encode(
        x=x, y=y, order="x:Q"
    )
    ends = alt_.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])
    chance = (
        alt_.Chart(ends)
        .mark_line(color=theme.MUTED, strokeDash=[4, 4], strokeWidth=1)
        .encode(x=x, y=y)
    )
    words: list[Any] = [
        _text(0.97, 0.10, mark, "right", theme.INK, 13),
        _text(0.45, 0.37, "chance", "left", theme.MUTED, 11),
    ]
    layered = alt_.layer(area, chance, line, *words).properties(width=340, height=290)
    return Chart(title, alt, finished(layered, title, subtitle))


def _text(
    x: float, y: float, words: str, align: Literal["left", "right"], color: str, size: int
) -> Any:
    import altair as alt_

    data = alt_.InlineData(values=[{"x": x, "y": y, "words": words}])
    mark = alt_.Chart(data).mark_text(align=align, color=color, fontSize=size)
    return mark.encode(x="x:Q", y="y:Q", text="words:N")


def finished(chart: Any, title: str, subtitle: str) -> JSON:
    """The spec of ``chart`` as plain JSON, titled and in the one look."""
    import altair as alt_

    with alt_.data_transformers.enable(consolidate_datasets=False):
        spec: JSON = chart.to_dict()
    spec["title"] = {"text": title, "subtitle": subtitle}
    spec["config"] = theme.config()
    return spec


def _axis(unit: str) -> Any:
    import altair as alt_

    if unit == " pts":
        points = "replace(format(datum.value * 100, '~r'), '-', '\N{MINUS SIGN}')"
        return alt_.Axis(labelExpr=points, tickCount=5)
    return alt_.Axis(format=".0%" if unit == "%" else ".2f", tickCount=5)


def _domain(bars: Sequence[Bar]) -> tuple[float, float]:
    """The range that holds every interval, with a little air."""
    low, high = min(bar.low for bar in bars), max(bar.high for bar in bars)
    air = max((high - low) * 0.08, 0.005)
    return round(low - air, 4), round(high + air, 4)

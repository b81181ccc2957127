"""Pictures of agreement: what was recorded against what was predicted. Altair on use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.checks import theme
from governance.checks.base import Chart
from governance.checks.charts import finished


@dataclass(frozen=True)
class Point:
    """One bin of rows: mean predicted, mean recorded and its interval, how many rows."""

    predicted: float
    recorded: float
    low: float
    high: float
    n: int


def agreement(
    title: str,
    subtitle: str,
    points: Sequence[Point],
    *,
    alt: str,
    x_title: str,
    y_title: str,
    shares: bool = True,
) -> Chart:
    """Points with intervals around the diagonal on which predicted and recorded are the same."""
    import altair as alt_

    rows = [
        {"x": p.predicted, "y": p.recorded, "low": p.low, "high": p.high, "n": p.n} for p in points
    ]
    low, high = (0.0, 1.0) if shares else _range(points)
    scale = alt_.Scale(domain=[low, high], nice=False)
    form = ".0%" if shares else "~s"
    axis = alt_.Axis(format=form, tickCount=5, grid=True)
    y_axis = alt_.Axis(
        format=form, tickCount=5, grid=True, labelColor=theme.MUTED, labelFontSize=11, minExtent=0
    )
    x = alt_.X("x:Q", scale=scale, axis=axis, title=x_title)
    y = alt_.Y("y:Q", scale=scale, axis=y_axis, title=y_title)
    ends = alt_.InlineData(values=[{"x": low, "y": low}, {"x": high, "y": high}])
    diagonal = (
        alt_.Chart(ends)
        .mark_line(color=theme.MUTED, strokeDash=[4, 4], strokeWidth=1)
        .encode(x=x, y=y)
    )
    base = alt_.Chart(alt_.InlineData(values=rows))
    whisker = base.mark_rule(
        strokeWidth=3, strokeCap="round", opacity=0.35, color=theme.INK, clip=True
    ).encode(x=x, y=alt_.Y("low:Q", scale=scale, axis=y_axis, title=y_title), y2="high:Q")
    line = base.mark_line(color=theme.INK, strokeWidth=1.2, opacity=0.5).encode(
        x=x, y=y, order="x:Q"
    )
    point = base.mark_point(filled=True, size=62, opacity=1, color=theme.INK).encode(x=x, y=y)
    word = {"x": low + 0.80 * (high - low), "y": low + 0.66 * (high - low), "words": "as predicted"}
    label = (
        alt_.Chart(alt_.InlineData(values=[word]))
        .mark_text(align="left", color=theme.MUTED, fontSize=11)
        .encode(x="x:Q", y="y:Q", text="words:N")
    )
    layered = alt_.layer(diagonal, line, whisker, point, label).properties(width=340, height=290)
    return Chart(title, alt, finished(layered, title, subtitle))


def _range(points: Sequence[Point]) -> tuple[float, float]:
    low = min(min(p.low, p.predicted) for p in points)
    high = max(max(p.high, p.predicted) for p in points)
    air = 0.05 * (high - low) or 1.0
    return low - air, high + air

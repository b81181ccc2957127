"""Pictures of groups side by side: rates within strata, calibration curves. Altair on use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.checks import theme
from governance.checks.base import JSON, Chart
from governance.checks.charts import finished

TONES = (theme.INK, theme.SEAL, theme.WAIVED, theme.INCONCLUSIVE)
_OPEN = {theme.INK: "circle", theme.SEAL: "diamond", theme.WAIVED: "square"}


@dataclass(frozen=True)
class Dot:
    """The rate of one group in one row of a chart, with its interval."""

    row: str
    group: str
    value: float
    low: float
    high: float


def side_by_side(
    title: str, subtitle: str, axis: str, dots: Sequence[Dot], notes: Mapping[str, str], *, alt: str
) -> Chart:
    """Two to four groups in every row, each with its interval; ``notes`` stand at the row's end.

    Groups differ by colour and by shape, so that the chart reads in print and without colours.
    """
    import altair as alt_

    names = list(dict.fromkeys(dot.group for dot in dots))
    rows: list[JSON] = [
        {
            "row": dot.row,
            "value": dot.value,
            "low": dot.low,
            "high": dot.high,
            "tone": TONES[names.index(dot.group) % len(TONES)],
            "shape": _OPEN.get(TONES[names.index(dot.group) % len(TONES)], "triangle-up"),
            "shift": names.index(dot.group) * 9 - (len(names) - 1) * 4.5,
        }
        for dot in dots
    ]
    order = list(dict.fromkeys(dot.row for dot in dots))
    y = alt_.Y("row:N", sort=order, title=None, axis=alt_.Axis(labelFontWeight=500))
    x = alt_.X("value:Q", title=axis, axis=_percent(), scale=alt_.Scale(nice=True, zero=False))
    tone = alt_.Color("tone:N", scale=None, legend=None)
    layers: list[Any] = []
    for place in range(len(names)):
        shift = place * 9 - (len(names) - 1) * 4.5
        mine = [row for row in rows if row["shift"] == shift]
        base = alt_.Chart(alt_.InlineData(values=mine)).encode(y=y, color=tone)
        layers.append(
            base.mark_rule(strokeWidth=3, strokeCap="round", opacity=0.35, yOffset=shift).encode(
                x=alt_.X("low:Q", title=axis, axis=_percent()), x2="high:Q"
            )
        )
        shape = mine[0]["shape"]
        layers.append(
            base.mark_point(filled=True, size=66, opacity=1, yOffset=shift, shape=shape).encode(x=x)
        )
    ends = [{"row": row, "words": notes.get(row, "")} for row in order]
    layers.append(
        alt_.Chart(alt_.InlineData(values=ends))
        .mark_text(align="left", baseline="middle")
        .encode(y=y, x=alt_.value(theme.PLOT + 14), text="words:N")
    )
    layers += _legend(names)
    height = max(theme.ROW, 12 * len(names)) * max(1, len(order))
    drawn = alt_.layer(*layers).properties(width=theme.PLOT, height=height)
    return Chart(title, alt, finished(drawn, title, subtitle))


def calibration(
    title: str, subtitle: str, curves: Mapping[str, Sequence[tuple[float, float]]], *, alt: str
) -> Chart:
    """(predicted, recorded) of up to four groups around the diagonal on which they are the same."""
    import altair as alt_

    scale = alt_.Scale(domain=[0, 1], nice=False)
    axis = alt_.Axis(format=".0%", tickCount=5, grid=True)
    y_axis = alt_.Axis(
        format=".0%", tickCount=5, grid=True, labelColor=theme.MUTED, labelFontSize=11, minExtent=0
    )
    x = alt_.X("x:Q", scale=scale, axis=axis, title="mean score")
    y = alt_.Y("y:Q", scale=scale, axis=y_axis, title="recorded share")
    ends = alt_.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])
    layers: list[Any] = [
        alt_.Chart(ends)
        .mark_line(color=theme.MUTED, strokeDash=[4, 4], strokeWidth=1)
        .encode(x=x, y=y)
    ]
    names = list(curves)[: len(TONES)]
    for name, tone in zip(names, TONES, strict=False):
        values = [{"x": a, "y": b} for a, b in curves[name]]
        base = alt_.Chart(alt_.InlineData(values=values))
        layers.append(
            base.mark_line(color=tone, strokeWidth=1.6, opacity=0.8).encode(x=x, y=y, order="x:Q")
        )
        layers.append(
            base.mark_point(
                filled=True, size=52, opacity=1, color=tone, shape=_OPEN.get(tone, "triangle-up")
            ).encode(x=x, y=y)
        )
    layers += _legend(names)
    drawn = alt_.layer(*layers).properties(width=340, height=290)
    return Chart(title, alt, finished(drawn, title, subtitle))


def _legend(names: Sequence[str]) -> list[Any]:
    """The names of the groups in their colours, in a line above the plot."""
    import altair as alt_

    layers: list[Any] = []
    left = 0.0
    for name, tone in zip(names, TONES, strict=False):
        shape = _OPEN.get(tone, "triangle-up")
        base = alt_.Chart(alt_.InlineData(values=[{"words": name}]))
        layers.append(
            base.mark_point(filled=True, size=60, opacity=1, color=tone, shape=shape).encode(
                x=alt_.value(left + 5), y=alt_.value(-10)
            )
        )
        layers.append(
            base.mark_text(align="left", baseline="middle", color=tone, fontWeight=600).encode(
                x=alt_.value(left + 14), y=alt_.value(-10), text="words:N"
            )
        )
        left += 34 + 7.2 * len(name)
    return layers


def _percent() -> Any:
    import altair as alt_

    return alt_.Axis(format=".0%", tickCount=5)

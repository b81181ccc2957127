"""Pictures of groups side by side: rates within strata, calibration curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.checks import theme, vega
from governance.checks.base import JSON, Chart
from governance.checks.charts_parts import (
    SQUARE,
    diagonal,
    end_words,
    finished,
    square,
    tone,
)

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
    names = list(dict.fromkeys(dot.group for dot in dots))
    order = list(dict.fromkeys(dot.row for dot in dots))
    y = vega.category("row", sort=order, title=None, axis={"labelFontWeight": 500})
    layers: list[JSON] = []
    for place, name in enumerate(names):
        mine = [dot for dot in dots if dot.group == name]
        layers += _group(mine, TONES[place % len(TONES)], _shift(place, len(names)), axis, y)
    ends = [{"row": row, "words": notes.get(row, "")} for row in order]
    drawn = vega.layers(*layers, end_words("words", y, ends), *_legend(names))
    height = max(theme.ROW, 12 * len(names)) * max(1, len(order))
    spec = vega.sized(drawn, theme.PLOT, height)
    return Chart(title, alt, finished(spec, title, subtitle))


def _shift(place: int, groups: int) -> float:
    """Pixels by which a group stands below (or above) the middle of its row."""
    return place * 9 - (groups - 1) * 4.5


def _group(mine: Sequence[Dot], colour: str, shift: float, axis: str, y: JSON) -> list[JSON]:
    """The intervals and points of one group in all rows."""
    shape = _OPEN.get(colour, "triangle-up")
    rows: list[JSON] = [
        {
            "row": dot.row,
            "value": dot.value,
            "low": dot.low,
            "high": dot.high,
            "tone": colour,
            "shape": shape,
            "shift": shift,
        }
        for dot in mine
    ]
    shared = {"title": axis, "axis": {"format": ".0%", "tickCount": 5}}
    between = {"x": vega.quantity("low", **shared), "x2": vega.until("high")}
    at = {"x": vega.quantity("value", scale={"nice": True, "zero": False}, **shared)}
    of_all = {"y": y, "color": tone()}
    thick = {"strokeWidth": 3, "strokeCap": "round", "opacity": 0.35, "yOffset": shift}
    dot_of = {"filled": True, "size": 66, "opacity": 1, "yOffset": shift, "shape": shape}
    return [
        vega.mark("rule", between | of_all, rows, **thick),
        vega.mark("point", at | of_all, rows, **dot_of),
    ]


def calibration(
    title: str, subtitle: str, curves: Mapping[str, Sequence[tuple[float, float]]], *, alt: str
) -> Chart:
    """(predicted, recorded) of up to four groups around the diagonal on which they are the same."""
    x, y = square(".0%", 0, 1, "mean score", "recorded share")
    layers = [diagonal(x, y)]
    names = list(curves)[: len(TONES)]
    for name, colour in zip(names, TONES, strict=False):
        rows = [{"x": a, "y": b} for a, b in curves[name]]
        line = {"x": x, "y": y, "order": vega.quantity("x")}
        dot = {"filled": True, "size": 52, "opacity": 1, "shape": _OPEN.get(colour, "triangle-up")}
        layers += [
            vega.mark("line", line, rows, color=colour, strokeWidth=1.6, opacity=0.8),
            vega.mark("point", {"x": x, "y": y}, rows, color=colour, **dot),
        ]
    drawn = vega.sized(vega.layers(*layers, *_legend(names)), *SQUARE)
    return Chart(title, alt, finished(drawn, title, subtitle))


def _legend(names: Sequence[str]) -> list[JSON]:
    """The names of the groups in their colours, in a line above the plot."""
    layers: list[JSON] = []
    left = 0.0
    for name, colour in zip(names, TONES, strict=False):
        rows = [{"words": name}]
        above = vega.value(-10)
        dot = {"filled": True, "size": 60, "opacity": 1, "shape": _OPEN.get(colour, "triangle-up")}
        words = {"x": vega.value(left + 14), "y": above, "text": vega.category("words")}
        layers += [
            vega.mark("point", {"x": vega.value(left + 5), "y": above}, rows, color=colour, **dot),
            vega.mark(
                "text", words, rows,
                align="left", baseline="middle", color=colour, fontWeight=600,
            ),
        ]  # fmt: skip
        left += 34 + 7.2 * len(name)
    return layers

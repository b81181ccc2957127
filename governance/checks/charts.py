"""The pictures that checks draw, with intervals and direct labels: Vega-Lite as plain data."""

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
    words_at,
)


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


THICK: JSON = {
    "strokeWidth": 3.5,
    "strokeCap": "round",
    "opacity": 0.35,
}  # how an interval is drawn
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
    rows = [_row(bar, with_interval(bar, digits, unit)) for bar in bars]
    low, high = domain or _domain(bars)
    shared = {
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "title": axis,
        "axis": _axis(unit),
    }
    names = {"labelFontWeight": 500, "labelLimit": name_limit}
    y = vega.category("name", sort=None, title=None, axis=names)
    between = {"x": vega.quantity("low", **shared), "x2": vega.until("high"), "y": y}
    at = {"x": vega.quantity("value", **shared), "y": y}
    drawn = vega.layers(
        vega.mark("rule", between | {"color": tone()}, **THICK),
        vega.mark("point", at | {"color": tone()}, filled=True, size=72, opacity=1),
        end_words("label", y),
        rows=rows,
    )
    height = theme.ROW * max(1, len(rows))
    spec = finished(vega.sized(drawn, theme.PLOT, height), title, subtitle)
    if threshold or rows_judged:
        spec["usermeta"] = {
            "threshold": threshold, "rows": dict(rows_judged or {}),
            "domain": [low, high], "unit": unit,
        }  # fmt: skip
    return Chart(title, alt, spec)


def importance(title: str, subtitle: str, axis: str, bars: Sequence[Bar], *, alt: str) -> Chart:
    """Horizontal bars from zero with an interval whisker at their end."""
    rows = [_row(bar, bar.note) for bar in bars]
    top = max((bar.high for bar in bars), default=1.0) * 1.04 or 1.0
    shared = {
        "scale": {"domain": [0, top], "nice": False},
        "title": axis,
        "axis": {"tickCount": 5, "format": "~g"},
    }
    y = vega.category("name", sort=None, title=None)
    length = {"x": vega.quantity("value", **shared), "y": y, "color": tone()}
    between = {"x": vega.quantity("low", **shared), "x2": vega.until("high"), "y": y}
    drawn = vega.layers(
        vega.mark("bar", length, height=15, cornerRadiusEnd=2, opacity=0.85),
        vega.mark("rule", between, strokeWidth=4, color=theme.PAPER, opacity=0.9),
        vega.mark("rule", between, strokeWidth=1.6, color=theme.MUTED),
        end_words("label", y),
        rows=rows,
    )
    spec = vega.sized(drawn, theme.PLOT, 26 * max(1, len(rows)))
    return Chart(title, alt, finished(spec, title, subtitle))


def roc(
    title: str, subtitle: str, points: Sequence[tuple[float, float]], mark: str, *, alt: str
) -> Chart:
    """The ROC curve over the diagonal of chance, with ``mark`` written inside it."""
    curve = [{"x": x, "y": y} for x, y in points]
    x, y = square(".0%", 0, 1, "false-positive rate", "true-positive rate")
    stroke = {"color": theme.INK, "strokeWidth": 2, "interpolate": "linear"}
    drawn = vega.layers(
        vega.mark("area", {"x": x, "y": y | {"stack": None}}, curve, color=theme.INK, opacity=0.07),
        diagonal(x, y),
        vega.mark("line", {"x": x, "y": y, "order": vega.quantity("x")}, curve, **stroke),
        words_at(0.97, 0.10, mark, "right", theme.INK, 13),
        words_at(0.45, 0.37, "chance", "left", theme.MUTED, 11),
    )
    return Chart(title, alt, finished(vega.sized(drawn, *SQUARE), title, subtitle))


def _axis(unit: str) -> JSON:
    if unit == " pts":
        points = "replace(format(datum.value * 100, '~r'), '-', '\N{MINUS SIGN}')"
        return {"labelExpr": points, "tickCount": 5}
    return {"format": ".0%" if unit == "%" else ".2f", "tickCount": 5}


def _domain(bars: Sequence[Bar]) -> tuple[float, float]:
    """The range that holds every interval, with a little air."""
    low, high = min(bar.low for bar in bars), max(bar.high for bar in bars)
    air = max((high - low) * 0.08, 0.005)
    return round(low - air, 4), round(high + air, 4)

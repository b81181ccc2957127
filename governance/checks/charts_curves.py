"""Pictures of agreement: what was recorded against what was predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from governance.checks import theme, vega
from governance.checks.base import Chart
from governance.checks.charts_parts import SQUARE, diagonal, finished, square, words_at


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
    rows = [
        {"x": p.predicted, "y": p.recorded, "low": p.low, "high": p.high, "n": p.n} for p in points
    ]
    low, high = (0.0, 1.0) if shares else _range(points)
    x, y = square(".0%" if shares else "~s", low, high, x_title, y_title)
    at = {"x": x, "y": y}
    between = {"x": x, "y": y | {"field": "low"}, "y2": vega.until("high")}
    thick = {"strokeWidth": 3, "strokeCap": "round", "opacity": 0.35, "clip": True}
    across, up = low + 0.80 * (high - low), low + 0.66 * (high - low)
    drawn = vega.layers(
        diagonal(x, y),
        vega.mark(
            "line", at | {"order": vega.quantity("x")}, rows,
            color=theme.INK, strokeWidth=1.2, opacity=0.5,
        ),
        vega.mark("rule", between, rows, color=theme.INK, **thick),
        vega.mark("point", at, rows, filled=True, size=62, opacity=1, color=theme.INK),
        words_at(across, up, "as predicted", "left", theme.MUTED, 11),
    )  # fmt: skip
    return Chart(title, alt, finished(vega.sized(drawn, *SQUARE), title, subtitle))


def _range(points: Sequence[Point]) -> tuple[float, float]:
    low = min(min(p.low, p.predicted) for p in points)
    high = max(max(p.high, p.predicted) for p in points)
    air = 0.05 * (high - low) or 1.0
    return low - air, high + air

"""What several pictures have in common: their look, words at the end of a row, square plots."""

from __future__ import annotations

from typing import Literal

from governance.checks import theme, vega
from governance.checks.base import JSON

SQUARE = (340, 290)  # width and height of a plot with a diagonal


def finished(drawn: JSON, title: str, subtitle: str) -> JSON:
    """The whole spec of ``drawn``, titled and in the one look."""
    titled = {"text": title, "subtitle": subtitle}
    return {"$schema": vega.SCHEMA, **drawn, "title": titled, "config": theme.config()}


def tone() -> JSON:
    """The colour that a row names itself."""
    return vega.category("tone", scale=None, legend=None)


def end_words(field: str, y: JSON, rows: list[JSON] | None = None) -> JSON:
    """The words of every row, right of the plot."""
    channels = {"x": vega.value(theme.PLOT + 14), "y": y, "text": vega.category(field)}
    return vega.mark("text", channels, rows, align="left", baseline="middle")


def square(form: str, low: float, high: float, x_title: str, y_title: str) -> tuple[JSON, JSON]:
    """The channels ``x`` and ``y`` on one scale, written as ``form`` (d3) on both axes."""
    scale = {"domain": [low, high], "nice": False}
    axis = {"format": form, "tickCount": 5, "grid": True}
    upright = axis | {"labelColor": theme.MUTED, "labelFontSize": 11, "minExtent": 0}
    return (
        vega.quantity("x", scale=scale, axis=axis, title=x_title),
        vega.quantity("y", scale=scale, axis=upright, title=y_title),
    )


def diagonal(x: JSON, y: JSON) -> JSON:
    """A dashed line along which ``x`` and ``y`` are the same."""
    ends = [{"x": at, "y": at} for at in x["scale"]["domain"]]
    dashed = {"color": theme.MUTED, "strokeDash": [4, 4], "strokeWidth": 1}
    return vega.mark("line", {"x": x, "y": y}, ends, **dashed)


def words_at(
    x: float, y: float, words: str, align: Literal["left", "right"], color: str, size: int
) -> JSON:
    """``words`` within the plot, on its own scales."""
    place = {"x": vega.quantity("x"), "y": vega.quantity("y"), "text": vega.category("words")}
    rows = [{"x": x, "y": y, "words": words}]
    return vega.mark("text", place, rows, align=align, color=color, fontSize=size)

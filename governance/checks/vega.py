"""Vega-Lite as plain data: the few words that every picture is written in.

A *channel* says what of a row is shown (its place, its colour, its words), a *mark* draws rows by
its channels, *layers* lie over each other in one plot. Styles and members carry Vega-Lite's own
names (https://vega.github.io/vega-lite/docs/) and go into the spec as they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from governance.checks.base import JSON

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.4.1.json"


def quantity(field: str, **more: Any) -> JSON:
    """The channel of a number, with its ``title``, ``scale`` and ``axis``."""
    return {"field": field, "type": "quantitative", **more}


def category(field: str, **more: Any) -> JSON:
    """The channel of a name."""
    return {"field": field, "type": "nominal", **more}


def until(field: str) -> JSON:
    """Where a mark ends (``x2``, ``y2``), on the scale of where it begins."""
    return {"field": field}


def value(same: Any) -> JSON:
    """A channel that is the same for every row: pixels, or a colour."""
    return {"value": same}


def mark(
    kind: str, channels: Mapping[str, JSON], rows: Sequence[JSON] | None = None, **style: Any
) -> JSON:
    """Rows drawn as ``kind`` (``point``, ``rule``); without ``rows``, those of its layers."""
    drawn: JSON = {"mark": {"type": kind, **style}, "encoding": dict(channels)}
    return drawn if rows is None else drawn | data(rows)


def layers(*marks: JSON, rows: Sequence[JSON] | None = None) -> JSON:
    """Marks over each other, the first one lowest; ``rows`` are for those without their own."""
    drawn: JSON = {"layer": list(marks)}
    return drawn if rows is None else drawn | data(rows)


def data(rows: Sequence[JSON]) -> JSON:
    """The rows themselves: a spec fetches nothing."""
    return {"data": {"values": list(rows)}}


def sized(drawn: JSON, width: float, height: float) -> JSON:
    """``drawn`` with the size of its plot in pixels; what is written around it comes on top."""
    return drawn | {"width": width, "height": height}

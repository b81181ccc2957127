"""Turns a stored spec into a picture. Only workers call this: the renderer takes about 105 MiB."""

from __future__ import annotations

import re
from typing import Any

from governance.checks.base import JSON

# What XML 1.0 cannot say. The renderer does not refuse these characters: it ends the process.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_svg(spec: JSON) -> str:
    """The chart as SVG text, light-theme colours, no background."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(sayable(spec)))


def render_png(spec: JSON, scale: float = 2.0) -> bytes:
    """The chart as PNG, for places that show no SVG (mail)."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(sayable(spec), scale=scale))


def sayable(value: Any) -> Any:
    """``value`` with "�" for every character that no XML may hold, in names and in data alike:
    groups are called whatever stands in somebody's file."""
    if isinstance(value, str):
        return _UNSAYABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {sayable(key): sayable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [sayable(item) for item in value]
    return value

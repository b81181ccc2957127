"""Turns a stored spec into a picture. Only workers call this: the renderer takes about 105 MiB."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from governance.checks.base import JSON

_SMALLEST: Final = {"data": {"values": [{}]}, "mark": {"type": "text", "text": "a"}}
# What XML 1.0 cannot say. The renderer does not refuse these characters: it ends the process.
_UNSAYABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONTS_IN: Final = '<?xml version="1.0"?><fontconfig><dir>{}</dir></fontconfig>'


def render_svg(spec: JSON) -> str:
    """The chart as SVG text, light-theme colours, no background."""
    return str(_renderer().vegalite_to_svg(sayable(spec)))


def render_png(spec: JSON, scale: float = 2.0) -> bytes:
    """The chart as PNG, for places that show no SVG (mail)."""
    return bytes(_renderer().vegalite_to_png(sayable(spec), scale=scale))


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


@cache
def _renderer() -> Any:
    """The renderer, knowing its own fonts and none of the machine's.

    It holds every word against every font it knows: with the 300 of a usual server a chart takes
    four times as long, and comes out differently on the next one. It looks for them once, at its
    first picture.
    """
    import vl_convert

    with _no_fonts():
        vl_convert.vegalite_to_svg(_SMALLEST)
    return vl_convert


@contextmanager
def _no_fonts() -> Iterator[None]:
    """Prints and pages draw with the machine's fonts in this process too: only for a moment."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as empty:
        description = Path(empty) / "fonts.conf"
        description.write_text(_FONTS_IN.format(empty))
        os.environ["FONTCONFIG_FILE"] = str(description)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before

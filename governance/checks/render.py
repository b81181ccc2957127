"""Turns a stored spec into a picture. Only workers call this: the renderer takes about 105 MiB."""

from __future__ import annotations

from governance.checks.base import JSON


def render_svg(spec: JSON) -> str:
    """The chart as SVG text, light-theme colours, no background."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec))


def render_png(spec: JSON, scale: float = 2.0) -> bytes:
    """The chart as PNG, for places that show no SVG (mail)."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(spec, scale=scale))

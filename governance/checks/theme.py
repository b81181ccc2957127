"""The one look of every chart: the tokens of the pages, on no background. Imports nothing.

Only these hexes may appear in a spec: pages replace them in the SVG with CSS variables, which is
how one stored picture is right on both themes and in print.
"""

from __future__ import annotations

from typing import Any

INK = "#14213D"
MUTED = "#5B6472"
RULE = "#D9D5CB"
PAPER = "#FBFAF7"
SEAL = "#9B2C1F"
PASS = "#1B7F4B"  # noqa: S105
FAIL = "#B42318"
INCONCLUSIVE = "#9A5B00"
ERROR = "#5B4B8A"
WAIVED = "#1F5FA8"
TOKENS = (INK, MUTED, RULE, PAPER, SEAL, PASS, FAIL, INCONCLUSIVE, ERROR, WAIVED)

# Quoted: a family name with a number in it is no CSS identifier, and renderers then drop all text.
FONT = "'Source Sans 3', 'DejaVu Sans', sans-serif"
PLOT = 300
NAMES = 150  # room for row names, so that plots under each other line up
ROW = 34


def config() -> dict[str, Any]:
    """The ``config`` member of every spec."""
    return {
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 4, "top": 6, "right": 6, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "domainColor": RULE,
            "gridColor": RULE,
            "gridOpacity": 0.7,
            "gridWidth": 0.7,
            "labelColor": MUTED,
            "labelFont": FONT,
            "labelFontSize": 11,
            "tickColor": RULE,
            "titleColor": MUTED,
            "titleFont": FONT,
            "titleFontSize": 11.5,
            "titleFontWeight": "normal",
            "titlePadding": 9,
        },
        "axisY": {
            "domain": False,
            "grid": False,
            "ticks": False,
            "labelColor": INK,
            "labelFontSize": 12,
            "labelLimit": 190,
            "labelPadding": 10,
            "minExtent": NAMES,
        },
        "text": {"font": FONT, "fontSize": 11.5, "color": MUTED},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": INK,
            "font": FONT,
            "fontSize": 13.5,
            "fontWeight": 600,
            "subtitleColor": MUTED,
            "subtitleFont": FONT,
            "subtitleFontSize": 11.5,
            "subtitlePadding": 5,
            "offset": 12,
        },
        "header": {"labelColor": INK, "labelFont": FONT, "title": None},
    }

"""The colours of drawn pictures on the pages: as variables of the theme, or of the dark one."""

from __future__ import annotations

# The hexes that charts.theme and lineage.drawing may use, by the token that replaces them.
TOKENS = {
    "#14213D": "ink",
    "#5B6472": "muted",
    "#D9D5CB": "rule",
    "#FBFAF7": "paper",
    "#FFFFFF": "sheet",
    "#9B2C1F": "seal",
    "#1B7F4B": "pass",
    "#B42318": "fail",
    "#9A5B00": "inconclusive",
    "#5B4B8A": "error",
    "#1F5FA8": "waived",
}
# The same colours on dark ground, for pictures that stand alone and know no variables (tokens.css).
DARK = {
    "#14213D": "#E8E6E1",
    "#5B6472": "#A3ABB8",
    "#D9D5CB": "#323946",
    "#FBFAF7": "#12151C",
    "#FFFFFF": "#191D26",
    "#9B2C1F": "#E0705F",
    "#1B7F4B": "#4CC38A",
    "#B42318": "#F2766B",
    "#9A5B00": "#E5A643",
    "#5B4B8A": "#A594E0",
    "#1F5FA8": "#6FA8EE",
}


def with_variables(svg: str) -> str:
    """For a picture inside a page: each colour as the variable that the page's theme sets."""
    for colour, token in TOKENS.items():
        for spelling in (colour, colour.lower()):
            svg = svg.replace(f'"{spelling}"', f'"var(--{token}, {colour})"')
    return svg


def coloured(svg: str, *, dark: bool) -> str:
    """SVG of our own renderers for ``<img>``: as it was drawn, or in the colours of the dark
    theme."""
    for colour, light in DARK.items() if dark else ():
        for spelling in (colour, colour.lower()):
            svg = svg.replace(f'"{spelling}"', f'"{light}"')
    return svg

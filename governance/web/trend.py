"""A figure by version with its interval, drawn on the server, labelled directly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from governance.services.check_history import Earlier

WIDTH, LEFT, RIGHT, TOP, STEP = 520, 110, 90, 8, 30
INK, MUTED, RULE, SEAL = "#14213D", "#5B6472", "#D9D5CB", "#9B2C1F"
TONES = {"pass": "#1B7F4B", "fail": "#B42318", "inconclusive": "#9A5B00", "error": "#5B4B8A"}
MOST = 12


def trend(history: Sequence[Earlier]) -> str:
    """The newest runs, newest on top; empty unless at least two have a figure of the same kind."""
    figured = [one for one in history if one.line is not None and one.line.value is not None]
    keys = {one.line.key for one in figured if one.line}
    shown = figured[:MOST]
    if len(shown) < 2 or len(keys) != 1:
        return ""
    ends = [end for one in shown for end in _ends(one)]
    low, high = min(ends), max(ends)
    air = (high - low) * 0.06 or abs(high) * 0.05 or 0.05

    def x(value: float) -> float:
        share = (value - low + air) / (high - low + 2 * air)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    height = TOP + STEP * len(shown) + 6
    label = shown[0].line.label if shown[0].line else ""
    rows = [part for place, one in enumerate(shown) for part in _row(one, place, x)]
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" font-family="sans-serif" '
            f'font-size="12" aria-label={quoteattr(f"{label} by version, with intervals")}>',
            *rows,
            "</svg>",
        ]
    )


def _ends(one: Earlier) -> list[float]:
    assert one.line is not None
    assert one.line.value is not None
    return [one.line.value, *(one.line.at_90 or one.line.at_95 or ())]


def _row(one: Earlier, place: int, x: object) -> list[str]:
    assert one.line is not None
    assert one.line.value is not None
    y = TOP + STEP * place + STEP // 2
    tone = TONES.get(one.check.verdict, MUTED)
    at = one.line.at_90 or one.line.at_95
    low, high = (x(at[0]), x(at[1])) if at else (0, 0)  # type: ignore[operator]
    weight = ' font-weight="600"' if one.is_this else ""
    name = escape(f"v{one.release.version.number} · {one.release.label}")
    value = f"{one.line.value:.3f}".replace("-", "\N{MINUS SIGN}")
    bar = [f'<line x1="{low}" x2="{high}" y1="{y}" y2="{y}" stroke="{tone}" stroke-width="3"/>']
    return [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{RULE}"/>',
        f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end" fill="{INK}"{weight}>{name}</text>',
        *(bar if at else []),
        f'<circle cx="{x(one.line.value)}" cy="{y}" r="4.5" fill="{tone}"/>',  # type: ignore[operator]
        f'<text x="{WIDTH - RIGHT + 12}" y="{y + 4}" fill="{INK}"{weight}>{value}</text>',
    ]

"""A small line chart drawn on the server: figures, baseline, hurdle and target, labelled directly.
Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT = 320, 96
LEFT, RIGHT, TOP, BOTTOM = 6, 74, 10, 18
APART = 12  # between the words of two levels
INK, MUTED, RULE, PASS, FAIL = "#14213D", "#5B6472", "#D9D5CB", "#1B7F4B", "#B42318"

Points = Sequence[tuple[str, float | None]]
Place = tuple[float, float | None, str]


def spark(
    points: Points, *, baseline: float, target: float, title: str, hurdle: float | None = None
) -> str:
    """``points`` are (period, value) in order, None for what is unknown: the line breaks there, and
    a question mark stands in its place. Baseline, hurdle and target are level lines."""
    marks = {"baseline": baseline, "target": target}
    if hurdle is not None and hurdle != baseline:
        marks["hurdle"] = hurdle
    values = [*marks.values(), *(value for _, value in points if value is not None)]
    low, high = min(values), max(values)
    air = (high - low) * 0.12 or 1.0

    def y(value: float) -> float:
        share = (value - low + air) / (high - low + 2 * air)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg class="spark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label={quoteattr(title)} '
        f'font-family="sans-serif" font-size="10.5">',
        *_levels({name: y(value) for name, value in marks.items()}),
        *_line(points, y),
        "</svg>",
    ]
    return "".join(parts)


def _levels(heights: dict[str, float]) -> list[str]:
    """The level lines; their words move apart where lines nearly meet."""
    end, parts = WIDTH - RIGHT, []
    strokes = {
        "baseline": f'stroke="{RULE}"',
        "target": f'stroke="{PASS}" stroke-dasharray="4 3"',
        "hurdle": f'stroke="{FAIL}" stroke-dasharray="1 3"',
    }
    inks = {"baseline": MUTED, "target": PASS, "hurdle": FAIL}
    words = _apart(heights)
    for name, height in heights.items():
        parts.append(
            f'<line x1="{LEFT}" x2="{end}" y1="{height}" y2="{height}" {strokes[name]}/>'
            f'<text x="{end + 6}" y="{words[name] + 3.5:.1f}" fill="{inks[name]}">{name}</text>'
        )
    return parts


def _apart(heights: dict[str, float]) -> dict[str, float]:
    """Where the words stand: at least ``APART`` from each other, all of them on the picture."""
    placed: dict[str, float] = {}
    last = float(TOP - APART)
    for name in sorted(heights, key=lambda name: heights[name]):
        last = placed[name] = max(heights[name], last + APART)
    surplus = max(0.0, last - (HEIGHT - BOTTOM))
    return {name: height - surplus for name, height in placed.items()}


def _line(points: Points, y: Callable[[float], float]) -> list[str]:
    if not points:
        return []
    step = (WIDTH - RIGHT - LEFT - 8) / max(len(points) - 1, 1)
    places: list[Place] = [
        (
            round(LEFT + 4 + n * step, 1),
            None if value is None else y(value),
            f"{period}: {_said(value)}",
        )
        for n, (period, value) in enumerate(points)
    ]
    parts = []
    for is_known, stretch in groupby(places, key=lambda place: place[1] is not None):
        some = list(stretch)
        parts += _stretch(some) if is_known else [_unknown(place) for place in some]
    first, last = points[0][0], points[-1][0]
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 4}" fill="{MUTED}">{escape(first)}</text>')
    if len(points) > 1:
        parts.append(
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" fill="{MUTED}">'
            f"{escape(last)}</text>"
        )
    return parts


def _stretch(places: Sequence[Place]) -> list[str]:
    """Periods in a row that are known."""
    path = "M" + "L".join(f"{x} {height}" for x, height, _ in places)
    dots = [
        f'<circle cx="{x}" cy="{height}" r="2.6" fill="{INK}">'
        f"<title>{escape(said)}</title></circle>"
        for x, height, said in places
    ]
    return [f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.6"/>', *dots]


def _unknown(place: Place) -> str:
    x, _, said = place
    return (
        f'<text x="{x}" y="{HEIGHT - BOTTOM - 3}" text-anchor="middle" fill="{MUTED}">?'
        f"<title>{escape(said)}</title></text>"
    )


def _said(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"

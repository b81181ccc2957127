"""A small line chart drawn on the server: figures, baseline, hurdle and target, labelled directly.
Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

LEFT, TOP, BOTTOM = 6, 10, 18
APART = 12  # between the words of two levels
INK, MUTED, RULE, PASS, FAIL = "#14213D", "#5B6472", "#D9D5CB", "#1B7F4B", "#B42318"

Points = Sequence[tuple[str, float | None]]
Place = tuple[float, float | None, str]


@dataclass(frozen=True, slots=True)
class Size:
    """Of a drawing, in pixels. ``right`` is kept for the words of levels; ``names`` says how many
    periods have room for their name; ``figures`` whether levels say their figure."""

    width: int
    height: int
    right: int
    names: int
    figures: bool = False

    @property
    def end(self) -> int:
        return self.width - self.right


SMALL = Size(320, 96, right=74, names=2)
LARGE = Size(640, 210, right=120, names=7, figures=True)


def spark(
    points: Points,
    *,
    baseline: float,
    target: float,
    title: str,
    hurdle: float | None = None,
    size: Size = SMALL,
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
        return round(size.height - BOTTOM - share * (size.height - TOP - BOTTOM), 1)

    wide, tall = size.width, size.height
    parts = [
        f'<svg class="spark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" '
        f'width="{wide}" height="{tall}" role="img" aria-label={quoteattr(title)} '
        f'font-family="sans-serif" font-size="10.5">',
        *_levels(marks, y, size),
        *_line(points, y, size),
        "</svg>",
    ]
    return "".join(parts)


def _levels(marks: dict[str, float], y: Callable[[float], float], size: Size) -> list[str]:
    """The level lines; their words move apart where lines nearly meet."""
    heights = {name: y(value) for name, value in marks.items()}
    strokes = {
        "baseline": f'stroke="{RULE}"',
        "target": f'stroke="{PASS}" stroke-dasharray="4 3"',
        "hurdle": f'stroke="{FAIL}" stroke-dasharray="1 3"',
    }
    inks = {"baseline": MUTED, "target": PASS, "hurdle": FAIL}
    words, parts = apart(heights, size), []
    for name, height in heights.items():
        said = f"{name} {_said(marks[name])}" if size.figures else name
        place = f'x="{size.end + 6}" y="{words[name] + 3.5:.1f}"'
        parts.append(
            f'<line x1="{LEFT}" x2="{size.end}" y1="{height}" y2="{height}" {strokes[name]}/>'
            f'<text {place} fill="{inks[name]}">{said}</text>'
        )
    return parts


def apart(heights: dict[str, float], size: Size) -> dict[str, float]:
    """Where the words stand: at least ``APART`` from each other, all of them on the picture."""
    placed: dict[str, float] = {}
    last = float(TOP - APART)
    for name in sorted(heights, key=lambda name: heights[name]):
        last = placed[name] = max(heights[name], last + APART)
    surplus = max(0.0, last - (size.height - BOTTOM))
    return {name: height - surplus for name, height in placed.items()}


def _line(points: Points, y: Callable[[float], float], size: Size) -> list[str]:
    if not points:
        return []
    step = (size.end - LEFT - 8) / max(len(points) - 1, 1)
    places: list[Place] = [
        (
            round(LEFT + 4 + n * step, 1),
            None if value is None else y(value),
            f"{period}: {'unknown' if value is None else _said(value)}",
        )
        for n, (period, value) in enumerate(points)
    ]
    parts = []
    for is_known, stretch in groupby(places, key=lambda place: place[1] is not None):
        some = list(stretch)
        parts += _stretch(some) if is_known else [_unknown(place, size) for place in some]
    return [*parts, *_names([period for period, _ in points], places, size)]


def _names(periods: Sequence[str], places: Sequence[Place], size: Size) -> list[str]:
    """The first and the last period, and as many in between as there is room for."""
    last, baseline = len(periods) - 1, size.height - 4
    ends: dict[int, tuple[float, str]] = {0: (LEFT, "start")}
    if last:
        ends[last] = (size.end, "end")
    every = -(-len(periods) // (size.names - 1)) if size.names > 2 else 0
    if every:
        between = range(every, last - every // 2, every)
        ends |= {n: (places[n][0], "middle") for n in between if n not in ends}
    return [
        f'<text x="{x}" y="{baseline}" text-anchor="{anchor}" fill="{MUTED}">'
        f"{escape(periods[n])}</text>"
        for n, (x, anchor) in sorted(ends.items())
    ]


def _stretch(places: Sequence[Place]) -> list[str]:
    """Periods in a row that are known."""
    path = "M" + "L".join(f"{x} {height}" for x, height, _ in places)
    dots = [
        f'<circle cx="{x}" cy="{height}" r="2.6" fill="{INK}">'
        f"<title>{escape(said)}</title></circle>"
        for x, height, said in places
    ]
    return [f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.6"/>', *dots]


def _unknown(place: Place, size: Size) -> str:
    x, _, said = place
    return (
        f'<text x="{x}" y="{size.height - BOTTOM - 3}" text-anchor="middle" fill="{MUTED}">?'
        f"<title>{escape(said)}</title></text>"
    )


def _said(value: float) -> str:
    return f"{value:,.10f}".rstrip("0").rstrip(".").replace("-", "\N{MINUS SIGN}")

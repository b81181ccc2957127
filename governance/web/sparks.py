"""A small line chart drawn on the server: figures, baseline and target, labelled directly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

WIDTH, HEIGHT = 320, 96
LEFT, RIGHT, TOP, BOTTOM = 6, 74, 10, 18
INK, MUTED, RULE, PASS, SEAL = "#14213D", "#5B6472", "#D9D5CB", "#1B7F4B", "#9B2C1F"

Points = Sequence[tuple[str, float]]


def spark(points: Points, *, baseline: float, target: float, title: str) -> str:
    """``points`` are (period, value) in order; baseline and target are drawn as level lines."""
    levels = [baseline, target, *(value for _, value in points)]
    low, high = min(levels), max(levels)
    air = (high - low) * 0.12 or 1.0

    def y(value: float) -> float:
        share = (value - low + air) / (high - low + 2 * air)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg class="spark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label={quoteattr(title)} '
        f'font-family="sans-serif" font-size="10.5">',
        *_levels(y(baseline), y(target)),
        *_line(points, y),
        "</svg>",
    ]
    return "".join(parts)


def _levels(baseline: float, target: float) -> list[str]:
    """The two level lines; their words move apart when the lines nearly meet."""
    end = WIDTH - RIGHT
    gap = 12 - abs(baseline - target)
    nudge = max(gap, 0) / 2 * (1 if baseline > target else -1)
    return [
        f'<line x1="{LEFT}" x2="{end}" y1="{baseline}" y2="{baseline}" stroke="{RULE}"/>',
        f'<line x1="{LEFT}" x2="{end}" y1="{target}" y2="{target}" stroke="{PASS}" '
        'stroke-dasharray="4 3"/>',
        f'<text x="{end + 6}" y="{baseline + 3.5 + nudge:.1f}" fill="{MUTED}">baseline</text>',
        f'<text x="{end + 6}" y="{target + 3.5 - nudge:.1f}" fill="{PASS}">target</text>',
    ]


def _line(points: Points, y: object) -> list[str]:
    if not points:
        return []
    step = (WIDTH - RIGHT - LEFT - 8) / max(len(points) - 1, 1)
    places = [(round(LEFT + 4 + i * step, 1), y(value)) for i, (_, value) in enumerate(points)]  # type: ignore[operator]
    path = "M" + "L".join(f"{x} {height}" for x, height in places)
    dots = [
        f'<circle cx="{x}" cy="{height}" r="2.6" fill="{INK}">'
        f"<title>{escape(f'{period}: {value:g}')}</title></circle>"
        for (x, height), (period, value) in zip(places, points, strict=True)
    ]
    return [
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.6"/>',
        *dots,
        f'<text x="{LEFT}" y="{HEIGHT - 4}" fill="{MUTED}">{escape(points[0][0])}</text>',
        *(
            [
                f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" fill="{MUTED}">'
                f"{escape(points[-1][0])}</text>"
            ]
            if len(points) > 1
            else []
        ),
    ]

"""Pictures of a portfolio, drawn on the server in the colours of the pages: the radar of
trustworthy AI, bars, what was realised against what was promised. Pure.

What is unknown is drawn as unknown: a broken spoke and a question mark, never a point at nought.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from governance.checks.theme import FAIL, INCONCLUSIVE, INK, MUTED, PASS, RULE

TONES: Final = {
    "ink": INK,
    "muted": MUTED,
    "pass": PASS,
    "fail": FAIL,
    "inconclusive": INCONCLUSIVE,
}
WIDTH, HEIGHT, REACH = 400, 286, 96
_RINGS: Final = (0.25, 0.5, 0.75, 1.0)
Axis = tuple[str, float | None, str]
"""(name, share from 0 to 1 or None, the same in words)."""


def radar(axes: Sequence[Axis], *, title: str) -> str:
    """One spoke for each axis, the first upwards, clockwise."""
    parts = [_svg(WIDTH, HEIGHT, title, "radar")]
    spots = [_spot(place, len(axes), 1.0) for place in range(len(axes))]
    for ring in _RINGS:
        corners = " ".join(
            f"{x},{y}" for x, y in (_spot(p, len(axes), ring) for p in range(len(axes)))
        )
        parts.append(f'<polygon points="{corners}" fill="none" stroke="{RULE}" />')
    middle = _spot(0, 1, 0)
    for (_, share, _), (x, y) in zip(axes, spots, strict=True):
        broken = ' stroke-dasharray="2 4"' if share is None else ""
        parts.append(
            f'<line x1="{middle[0]}" y1="{middle[1]}" x2="{x}" y2="{y}" stroke="{RULE}"{broken}/>'
        )
    parts += _outline(axes)
    parts += [_named(place, axes) for place in range(len(axes))]
    return "".join([*parts, "</svg>"])


def _outline(axes: Sequence[Axis]) -> list[str]:
    """Dots where something is known, lines between neighbours that are, filled when all are."""
    count = len(axes)
    known = [
        None if share is None else _spot(place, count, share)
        for place, (_, share, _) in enumerate(axes)
    ]
    parts = []
    if all(known) and count:
        corners = " ".join(f"{spot[0]},{spot[1]}" for spot in known if spot)
        parts.append(f'<polygon points="{corners}" fill="{INK}" fill-opacity="0.1" stroke="none"/>')
    for place, spot in enumerate(known):
        following = known[(place + 1) % count]
        if spot and following and count > 1:
            parts.append(
                f'<line x1="{spot[0]}" y1="{spot[1]}" x2="{following[0]}" y2="{following[1]}" '
                f'stroke="{INK}" stroke-width="1.6"/>'
            )
    for spot, (name, _, said) in zip(known, axes, strict=True):
        if spot:
            parts.append(
                f'<circle cx="{spot[0]}" cy="{spot[1]}" r="3.2" fill="{INK}">'
                f"<title>{escape(f'{name}: {said}')}</title></circle>"
            )
    return parts


def _named(place: int, axes: Sequence[Axis]) -> str:
    name, share, said = axes[place]
    x, y = _spot(place, len(axes), 1.13)
    side = cos(_angle(place, len(axes)))
    anchor = "middle" if abs(side) < 0.1 else "start" if side > 0 else "end"
    up = sin(_angle(place, len(axes)))
    top = y - 11 if up < -0.9 else y + 10 if up > 0.9 else y - 1
    tone = MUTED if share is None else INK
    return (
        f'<text x="{x}" y="{top:.1f}" text-anchor="{anchor}" fill="{INK}" font-size="12">'
        f'{escape(name)}</text><text x="{x}" y="{top + 14:.1f}" text-anchor="{anchor}" '
        f'fill="{tone}" font-size="12" font-weight="600">{escape(said)}</text>'
    )


def _angle(place: int, count: int) -> float:
    return 2 * pi * place / count - pi / 2


def _spot(place: int, count: int, share: float) -> tuple[float, float]:
    angle = _angle(place, count)
    x = WIDTH / 2 + REACH * share * cos(angle)
    return round(x, 1), round(HEIGHT / 2 + REACH * share * sin(angle), 1)


def bar(share: float, *, tone: str = "ink") -> str:
    """A bar as wide as its place, filled to ``share`` (0 to 1); nothing to be read in it that does
    not stand beside it."""
    filled = round(100 * max(0.0, min(1.0, share)), 1)
    width = max(filled, 0.8) if share > 0 else 0
    return (
        '<svg class="bar" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 8" width="100" '
        'height="8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="8" rx="1" fill="{RULE}" fill-opacity="0.55"/>'
        f'<rect width="{width}" height="8" rx="1" fill="{TONES[tone]}"/></svg>'
    )


def against(gained: float, promised: float) -> str:
    """What was realised as a bar, what was promised as a mark across it; below nought to the left
    of where it begins."""
    low, high = min(0.0, gained), max(gained, promised, 0.0) or 1.0
    scale = 98 / (high - low)

    def x(value: float) -> float:
        return round(1 + (value - low) * scale, 2)

    tone = FAIL if gained < 0 else PASS if gained >= promised else INK
    left, right = sorted((x(0), x(gained)))
    return (
        '<svg class="bar is-against" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 12" '
        'width="100" height="12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect y="2" width="100" height="8" fill="{RULE}" fill-opacity="0.55"/>'
        f'<rect x="{left}" y="2" width="{round(right - left, 2)}" height="8" fill="{tone}"/>'
        f'<rect x="{round(x(promised) - 0.4, 2)}" width="0.8" height="12" fill="{INK}"/></svg>'
    )


def _svg(width: int, height: int, title: str, name: str) -> str:
    return (
        f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label={quoteattr(title)} '
        'font-family="sans-serif">'
    )

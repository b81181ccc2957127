"""What a case is worth at each threshold, as a line in its interval, with the threshold in use and
the best one marked; drawn on the server, labelled directly. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from governance.value.payoff_words import amount, threshold_words
from governance.value.payoffs import At

WIDE, NARROW = 940, 330  # pixels: of a desk and of a telephone
HEIGHT, LEFT, RIGHT, BOTTOM = 340, 66, 14, 42
ROW = 18  # a line of words above the plot
LETTER = 7.4  # pixels that one of its letters takes
INK, MUTED, RULE, SHEET = "#14213D", "#5B6472", "#D9D5CB", "#FFFFFF"
IN_USE, BEST, ASKED = "#1F5FA8", "#1B7F4B", "#9B2C1F"
FAR: Final = 10  # so many usual steps away an end of the thresholds is left out of the picture


@dataclass(frozen=True)
class Mark:
    """One threshold to be pointed at, in a colour of its own."""

    at: At
    words: str
    colour: str


@dataclass(frozen=True)
class Scale:
    """From the plot's numbers to places on the picture."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def chart(
    points: Sequence[At],
    *,
    currency: str,
    title: str,
    own: At | None = None,
    own_word: str = "in use",
    best: At | None = None,
    asked: At | None = None,
    width: int = WIDE,
) -> str:
    """Empty with fewer than three points, which are no curve."""
    shown = _near(points)
    if len(shown) < 3:
        return ""
    drawn = {at.threshold for at in shown}
    wanted = ((own, own_word, IN_USE), (best, "worth most", BEST), (asked, "asked about", ASKED))
    marks = [
        Mark(at, _words(at, word), ink) for at, word, ink in wanted if at and at.threshold in drawn
    ]
    top = 20 + ROW * len(marks)
    x = Scale(shown[0].threshold, shown[-1].threshold, LEFT, width - RIGHT)
    y = _heights(shown, top)
    rows = list(enumerate(_apart(marks, x)))
    return "".join(
        [
            f'<svg class="thresholds" xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img" '
            f'font-family="sans-serif" font-size="12.5" aria-label={quoteattr(title)}>',
            *_levels(x, y, currency),
            *_thresholds(x),
            *_band(shown, x, y),
            *_line(shown, x, y, currency),
            *[part for row, mark in rows for part in _pointed(mark, row, x, y)],
            *[_named(mark, row, x) for row, mark in rows],
            "</svg>",
        ]
    )


def _near(points: Sequence[At]) -> list[At]:
    """Without an end far away from the rest, where an outlier's score lies."""
    shown = list(points)
    steps = sorted(b.threshold - a.threshold for a, b in pairwise(shown))
    usual = steps[len(steps) // 2] if steps else 0.0
    if len(shown) > 4 and shown[1].threshold - shown[0].threshold > FAR * usual:
        shown = shown[1:]
    if len(shown) > 4 and shown[-1].threshold - shown[-2].threshold > FAR * usual:
        shown = shown[:-1]
    return shown


def _heights(shown: Sequence[At], top: int) -> Scale:
    ends = [
        end
        for at in shown
        for end in (at.worth.value, at.worth.low, at.worth.high)
        if end is not None
    ]
    low, high = min(ends), max(ends)
    air = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return Scale(low - air, high + air, HEIGHT - BOTTOM, top)


def _levels(x: Scale, y: Scale, currency: str) -> list[str]:
    """Level lines with their amounts; nothing gained, nothing lost is drawn darker."""
    found = [
        f'<text x="{LEFT - 10}" y="{y.end - 12:g}" text-anchor="end" fill="{MUTED}">'
        f"{escape(currency)}</text>"
    ]
    values = ticks(y.low, y.high, 5)
    like = max(abs(value) for value in values)
    for value in values:
        height, stroke = y(value), MUTED if value == 0 else RULE
        found.append(
            f'<line x1="{LEFT}" x2="{x.end:g}" y1="{height}" y2="{height}" '
            f'stroke="{stroke}"/><text x="{LEFT - 10}" y="{height + 4}" text-anchor="end" '
            f'fill="{MUTED}">{amount(value, like=like)}</text>'
        )
    return found


def _thresholds(x: Scale) -> list[str]:
    base = HEIGHT - BOTTOM
    found = [
        f'<line x1="{x(at)}" x2="{x(at)}" y1="{base}" y2="{base + 5}" stroke="{MUTED}"/>'
        f'<text x="{x(at)}" y="{base + 18}" text-anchor="middle" fill="{MUTED}">{at:g}</text>'
        for at in ticks(x.low, x.high, 8 if x.end > NARROW else 5)
    ]
    middle = (x.start + x.end) / 2
    words = "threshold: yes from this score on"
    found.append(
        f'<text x="{middle:g}" y="{HEIGHT - 6}" text-anchor="middle" fill="{MUTED}">{words}</text>'
    )
    return found


def _band(shown: Sequence[At], x: Scale, y: Scale) -> list[str]:
    """The interval, where there is one."""
    found = []
    for known, stretch in groupby(shown, key=lambda at: at.worth.low is not None):
        some = list(stretch) if known else []
        upper = [f"{x(at.threshold)} {y(at.worth.high or 0.0)}" for at in some]
        lower = [f"{x(at.threshold)} {y(at.worth.low or 0.0)}" for at in reversed(some)]
        if some:
            path = "L".join(upper + lower)
            found.append(f'<path d="M{path}Z" fill="{INK}" fill-opacity="0.12" stroke="none"/>')
    return found


def _line(shown: Sequence[At], x: Scale, y: Scale, currency: str) -> list[str]:
    path = "L".join(f"{x(at.threshold)} {y(at.worth.value)}" for at in shown)
    dots = [
        f'<circle cx="{x(at.threshold)}" cy="{y(at.worth.value)}" r="5" fill="{INK}" '
        f'fill-opacity="0"><title>{at.threshold:g}: '
        f"{escape(amount(at.worth.value, currency))} a case</title></circle>"
        for at in shown
    ]
    return [f'<path d="M{path}" fill="none" stroke="{INK}" stroke-width="2"/>', *dots]


def _apart(marks: Sequence[Mark], x: Scale) -> list[Mark]:
    """In rows such that hardly any line crosses the words of another: words stand to the left of a
    line in the right half, the rightmost on top; in the left half it is the other way round."""

    def row(mark: Mark) -> tuple[bool, float]:
        place = x(mark.at.threshold)
        return not _turned(mark, x), -place if _turned(mark, x) else place

    return sorted(marks, key=row)


def _words(at: At, word: str) -> str:
    return f"{word} {threshold_words(at.threshold)}: {amount(at.worth.value)}"


def _turned(mark: Mark, x: Scale) -> bool:
    """Whether its words stand to the left, in the right half or where they would not fit."""
    place, needs = x(mark.at.threshold), LETTER * len(mark.words)
    if place > (x.start + x.end) / 2:
        return place > needs
    return place + needs > x.end and place > needs


def _pointed(mark: Mark, row: int, x: Scale, y: Scale) -> list[str]:
    """A dashed line at its threshold, and a point where it meets the curve."""
    place = x(mark.at.threshold)
    return [
        f'<line x1="{place}" x2="{place}" y1="{ROW * row + 4}" y2="{y.start:g}" '
        f'stroke="{mark.colour}" stroke-width="1.5" stroke-dasharray="5 4"/>',
        f'<circle cx="{place}" cy="{y(mark.at.worth.value)}" r="4.5" fill="{mark.colour}"/>',
    ]


def _named(mark: Mark, row: int, x: Scale) -> str:
    """Its words, in a row of their own above the plot."""
    place, turned = x(mark.at.threshold), _turned(mark, x)
    begin = min(place + 8, x.end + RIGHT - LETTER * len(mark.words))
    return (
        f'<text x="{place - 8 if turned else begin:g}" y="{14 + ROW * row}" '
        f'text-anchor="{"end" if turned else "start"}" fill="{mark.colour}" font-weight="600" '
        f'stroke="{SHEET}" stroke-width="4" paint-order="stroke">{escape(mark.words)}</text>'
    )


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, about ``most`` of them."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(place * step, 12) + 0.0 for place in range(first, last + 1)]

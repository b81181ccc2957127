"""What was promised, brought and spent since the promise began, month by month, drawn on the
server. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.sax.saxutils import escape, quoteattr

from governance.value.money import nothing
from governance.value.returns import Month, Promise
from governance.web.sparks import BOTTOM, INK, LEFT, MUTED, PASS, RULE, TOP, Size, apart

SIZE = Size(760, 260, right=150, names=7)
SEAL = "#9B2C1F"


@dataclass(frozen=True, slots=True)
class Course:
    """Sums up to the end of each month, of those months alone of which all is known: like with
    like, so that each line ends at the figure that the words tell. In another month ``brought`` is
    None, and the others stay as they were."""

    periods: Sequence[str]
    promised: Sequence[float]
    brought: Sequence[float | None]
    spent: Sequence[float]


def course_of(promise: Promise, months: Sequence[Month]) -> Course:
    zero = nothing(promise.currency)
    promised = accumulate(zero if month.gained is None else month.promised for month in months)
    brought = accumulate(month.gained or zero for month in months)
    covered = accumulate(month.gained is not None for month in months)
    spent = (promise.investment + promise.run_cost(count) for count in covered)
    return Course(
        [str(month.period) for month in months],
        [float(sums.amount) for sums in promised],
        [
            None if month.gained is None else float(sums.amount)
            for month, sums in zip(months, brought, strict=True)
        ],
        [float(sums.amount) for sums in spent],
    )


def drawn(course: Course, *, currency: str) -> str:
    """A line each, labelled at its end; empty before the first month is over."""
    if not course.periods:
        return ""
    known = [value for value in course.brought if value is not None]
    highest = max([*course.promised, *course.spent, *known, 1.0])
    lowest = min([0.0, *known])

    def y(value: float) -> float:
        share = (value - lowest) / (highest - lowest)
        return round(SIZE.height - BOTTOM - share * (SIZE.height - TOP - BOTTOM - 6), 1)

    step = (SIZE.end - LEFT - 8) / max(len(course.periods) - 1, 1)
    xs = [round(LEFT + 4 + n * step, 1) for n in range(len(course.periods))]
    lines = [
        ("promised", PASS, 'stroke-dasharray="5 4"', course.promised),
        ("spent", SEAL, 'stroke-dasharray="1 3"', course.spent),
        ("brought", INK, "", course.brought),
    ]
    places = apart({name: y(_last(values)) for name, _, _, values in lines}, SIZE)
    parts = []
    for name, ink, dashes, values in lines:
        parts += _line(xs, values, ink, dashes, y, course.periods)
        is_known = known or name != "brought"
        said = f"{name} {f'{currency} {_short(_last(values))}' if is_known else 'unknown'}"
        parts.append(
            f'<text x="{SIZE.end + 8}" y="{places[name] + 3.5:.1f}" fill="{ink}">{said}</text>'
        )
    title = f"Promised, brought and spent since {course.periods[0]}, in {currency}"
    return "".join(
        [
            f'<svg class="spark" xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {SIZE.width} {SIZE.height}" width="{SIZE.width}" '
            f'height="{SIZE.height}" aria-label={quoteattr(title)} font-family="sans-serif" '
            f'font-size="11.5">',
            f'<line x1="{LEFT}" x2="{SIZE.end}" y1="{y(0)}" y2="{y(0)}" stroke="{RULE}"/>',
            *parts,
            *_names(course.periods, xs),
            "</svg>",
        ]
    )


def _line(
    xs: Sequence[float],
    values: Sequence[float | None],
    ink: str,
    dashes: str,
    y: Callable[[float], float],
    periods: Sequence[str],
) -> list[str]:
    """Broken where a month is unknown, with a question mark in its place."""
    parts, stretch = [], list[str]()
    for x, value, period in zip([*xs, 0.0], [*values, None], [*periods, ""], strict=True):
        if value is not None:
            stretch.append(f"{x} {y(value)}")
            said = escape(f"{period}: {_short(value)}")
            parts.append(
                f'<circle cx="{x}" cy="{y(value)}" r="2.2" fill="{ink}"><title>{said}</title>'
                "</circle>"
            )
            continue
        if len(stretch) > 1:
            path = "M" + "L".join(stretch)
            parts.append(
                f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.7" {dashes}/>'
            )
        stretch = []
        if period:
            parts.append(
                f'<text x="{x}" y="{SIZE.height - BOTTOM - 4}" text-anchor="middle" '
                f'fill="{MUTED}">?<title>{period}: unknown</title></text>'
            )
    return parts


def _names(periods: Sequence[str], xs: Sequence[float]) -> list[str]:
    every = max(1, -(-len(periods) // SIZE.names))
    shown = [n for n in range(len(periods)) if n % every == 0]
    return [
        f'<text x="{xs[n] if n else LEFT}" y="{SIZE.height - 4}" '
        f'text-anchor="{"middle" if n else "start"}" fill="{MUTED}">{periods[n]}</text>'
        for n in shown
    ]


def _last(values: Sequence[float | None]) -> float:
    return next((value for value in reversed(values) if value is not None), 0.0)


def _short(value: float) -> str:
    for size, unit in ((1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if abs(value) >= size * 0.9995:
            return f"{value / size:.3g}{unit}".replace("-", "\N{MINUS SIGN}")
    return f"{value:,.0f}".replace("-", "\N{MINUS SIGN}")

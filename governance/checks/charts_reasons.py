"""Pictures of what made up a score."""

from __future__ import annotations

from collections.abc import Sequence

from governance.checks import theme, vega
from governance.checks.base import JSON, Chart
from governance.checks.charts import figure
from governance.checks.charts_parts import end_words, finished, tone

RAISED, LOWERED = theme.WAIVED, theme.SEAL
REST = "everything else"
_ROW = 28


def waterfall(
    title: str,
    subtitle: str,
    base: float,
    steps: Sequence[tuple[str, float]],
    score: float,
    alt: str,
    *,
    axis: str = "score",
    ends: tuple[str, str] = ("average answer", "this score"),
) -> Chart:
    """How ``steps`` (name and contribution, in the order given) lead from ``base`` to ``score``.

    What the steps leave out is drawn as one more step, so that the picture always adds up. ``base``
    and ``score`` are on the scale of the contributions; ``ends`` names their two rows. Bars carry
    their sign in words and not by colour alone.
    """
    rows = _rows(base, steps, score, ends)
    low = min(min(row["from"], row["to"]) for row in rows)
    high = max(max(row["from"], row["to"]) for row in rows)
    air = (high - low) * 0.06 or 0.05
    ticks = "replace(format(datum.value, '~g'), '-', '\N{MINUS SIGN}')"
    shared = {
        "scale": {"domain": [low - air, high + air], "nice": False, "zero": False},
        "title": axis,
    }
    y = vega.category("name", sort=None, title=None, axis={"labelLimit": theme.NAMES + 60})
    below = {"x": vega.quantity("to", **shared), "y": y, "yOffset": vega.value(_ROW)}
    start = vega.quantity("from", **shared, axis={"tickCount": 5, "labelExpr": ticks})
    at = {"x": start, "y": y, "color": tone()}
    joint = {"thickness": 1, "size": _ROW, "color": theme.MUTED, "opacity": 0.6}
    bar = {"height": 14, "cornerRadius": 2, "opacity": 0.88}
    drawn = vega.layers(
        vega.mark("tick", below, rows[:-1], **joint),
        vega.mark("bar", at | {"x2": vega.until("to")}, rows[1:-1], **bar),
        vega.mark("point", at, [rows[0], rows[-1]], filled=True, size=80, opacity=1),
        end_words("label", y, rows),
    )
    spec = vega.sized(drawn, theme.PLOT, _ROW * len(rows))
    return Chart(title, alt, finished(spec, title, subtitle))


def _rows(
    base: float, steps: Sequence[tuple[str, float]], score: float, ends: tuple[str, str]
) -> list[JSON]:
    """The base, every step from where the last one ended, and the score. Names are made unique:
    two rows of one name would be drawn over each other."""
    rest = score - base - sum(size for _, size in steps)
    digits = _digits([size for _, size in steps])
    shown = list(steps) + ([(REST, rest)] if abs(rest) >= 0.5 * 10**-digits else [])
    rows = [_end(ends[0], base, theme.MUTED, digits)]
    at, taken = base, set(ends)
    for name, size in shown:
        unique = name
        while unique in taken:
            unique += "\N{ZERO WIDTH SPACE}"
        taken.add(unique)
        sign = "+" if size > 0 else "" if size < 0 else "±"
        rows.append(
            {
                "name": unique, "from": at, "to": at + size,
                "label": f"{sign}{figure(size, digits)}", "tone": RAISED if size > 0 else LOWERED,
            }
        )  # fmt: skip
        at += size
    return [*rows, _end(ends[1], score, theme.INK, digits)]


def _end(name: str, at: float, tone: str, digits: int) -> JSON:
    return {"name": name, "from": at, "to": at, "label": figure(at, digits), "tone": tone}


def _digits(sizes: Sequence[float]) -> int:
    """Decimals by which the largest step shows two figures at least."""
    largest = max((abs(size) for size in sizes), default=1.0)
    return 2 if largest >= 0.1 else 3 if largest >= 0.01 else 4

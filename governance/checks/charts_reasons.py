"""Pictures of what made up a score. Altair is imported on use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.checks import theme
from governance.checks.base import JSON, Chart
from governance.checks.charts import figure, finished

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
    import altair as alt_

    rows = _rows(base, steps, score, ends)
    low = min(min(row["from"], row["to"]) for row in rows)
    high = max(max(row["from"], row["to"]) for row in rows)
    air = (high - low) * 0.06 or 0.05
    scale = alt_.Scale(domain=[low - air, high + air], nice=False, zero=False)
    ticks = "replace(format(datum.value, '~g'), '-', '\N{MINUS SIGN}')"
    x = alt_.X("from:Q", scale=scale, title=axis, axis=alt_.Axis(tickCount=5, labelExpr=ticks))
    y = alt_.Y("name:N", sort=None, title=None, axis=alt_.Axis(labelLimit=theme.NAMES + 60))
    tone = alt_.Color("tone:N", scale=None, legend=None)

    def drawn(kept: list[JSON]) -> Any:
        return alt_.Chart(alt_.InlineData(values=kept)).encode(y=y, x=x)

    joints = drawn(rows[:-1]).mark_tick(thickness=1, size=_ROW, color=theme.MUTED, opacity=0.6)
    joints = joints.encode(x=alt_.X("to:Q", scale=scale, title=axis), yOffset=alt_.value(_ROW))
    bars = drawn(rows[1:-1]).mark_bar(height=14, cornerRadius=2, opacity=0.88)
    points = drawn([rows[0], rows[-1]]).mark_point(filled=True, size=80, opacity=1)
    labels = drawn(rows).mark_text(align="left", baseline="middle")
    layered = alt_.layer(
        joints,
        bars.encode(x2="to:Q", color=tone),
        points.encode(color=tone),
        labels.encode(x=alt_.value(theme.PLOT + 14), text="label:N"),
    ).properties(width=theme.PLOT, height=_ROW * len(rows))
    return Chart(title, alt, finished(layered, title, subtitle))


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

"""How conditional disparity is put on the page: a table and a chart of strata, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from governance.checks import charts_groups, group_words
from governance.checks.base import Chart, Table
from governance.checks.charts_groups import Dot
from governance.checks.engine import mantel_haenszel as mh
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.engine.group_rates import FEW
from governance.checks.engine.intervals import wilson
from governance.checks.engine.stratified import Pair
from governance.checks.words import Words, points

_MOST_ROWS = 12


def table(one: Pair, factor: str) -> Table:
    """The rates of both groups in every stratum, the largest first; small counts are not told."""
    rows: list[tuple[Any, ...]] = []
    for stratum in sorted(one.strata, key=lambda found: (-found.n, found.name)):
        if stratum.n_a < FEW or stratum.n_b < FEW:
            alone = not stratum.n_a * stratum.n_b
            note = "one group only" if alone else "fewer than ten of a group"
            rows.append((stratum.name, _few(stratum.n_a), "", _few(stratum.n_b), "", "", note))
            continue
        a, b = stratum.a / stratum.n_a, stratum.b / stratum.n_b
        rows.append(
            (
                stratum.name, round(stratum.n_a), f"{a:.1%}", round(stratum.n_b), f"{b:.1%}",
                f"{points(a - b)} pts", "",
            )
        )  # fmt: skip
    found = mh.difference(one.strata)
    rows.append(_row("all, at the same " + factor, one, None, found.value))
    rows.append(_row("all together", one, (one.a.rate, one.b.rate), one.crude))
    mine, other = one.a.group, one.b.group
    counts = (f"{mine}: rows", f"{mine}: rate", f"{other}: rows", f"{other}: rate")
    columns = (factor, *counts, "difference", "note")
    note = (
        f"{one.left:,} rows are in strata that hold only one of the two groups and compare nobody."
        if one.left
        else ""
    )
    return Table(f"{one.a.group} and {one.b.group} by {factor}", columns, tuple(rows), note)


def _row(
    name: str, one: Pair, rates: tuple[float, float] | None, value: float | None
) -> tuple[Any, ...]:
    a, b = ("", "") if rates is None else (f"{rates[0]:.1%}", f"{rates[1]:.1%}")
    said = "not computable" if value is None else f"{points(value)} pts"
    return (name, one.a.shown, a, one.b.shown, b, said, "")


def _few(n: float) -> int | str:
    return f"<{FEW}" if 0 < n < FEW else round(n)


def charts(compared: Sequence[Pair], factor: str, confidence: float) -> tuple[Chart, ...]:
    """The rates of a pair within the largest strata and together, for up to three pairs."""
    return tuple(_chart(one, factor, confidence) for one in compared[:3])


def _chart(one: Pair, factor: str, confidence: float) -> Chart:
    dots: list[Dot] = []
    notes: dict[str, str] = {}
    large = [found for found in one.kept if found.n_a >= FEW and found.n_b >= FEW]
    for stratum in sorted(large, key=lambda found: (-found.n, found.name))[:_MOST_ROWS]:
        _add(dots, notes, stratum.name, one, stratum, confidence)
    whole = mh.Stratum("all together", one.a.count, one.a.n, one.b.count, one.b.n)
    _add(dots, notes, whole.name, one, whole, confidence)
    found = mh.difference(one.strata)
    inside = "" if found.value is None else f"; at the same {factor} {points(found.value)} points"
    said = f"{one.a.group} minus {one.b.group}: together {points(one.crude)} points{inside}"
    shown = min(len(large), _MOST_ROWS)
    return charts_groups.side_by_side(
        f"Rates within {factor}",
        f"{said}; {shown} largest strata of {len(one.strata)}, {confidence:.0%} intervals",
        "rate",
        dots,
        notes,
        alt=f"Rates of {one.a.group} and {one.b.group} within {factor}. {said}.",
    )


def _add(
    dots: list[Dot],
    notes: dict[str, str],
    row: str,
    one: Pair,
    stratum: mh.Stratum,
    confidence: float,
) -> None:
    for group, count, n in (
        (one.a.group, stratum.a, stratum.n_a),
        (one.b.group, stratum.b, stratum.n_b),
    ):
        at = wilson(count, n, confidence)
        dots.append(Dot(row, group, count / n, at.low, at.high))
    notes[row] = f"{points(stratum.difference)} pts · n = {round(stratum.n):,}"


def sentence(words: Words, facts: Mapping[str, Any], compared: Sequence[Pair]) -> str:
    """The widest gap at the same factor, what it is without it, and whether the order turns."""
    told = []
    for place, one in enumerate(compared):
        found = mh.difference(one.strata)
        if found.value is not None:
            turned = 0 if one.reversal == "sure" else 1
            told.append((turned, -abs(found.value), place, found))
    if not told:
        return f"No two groups of {words.attribute} can be compared at the same {facts['factor']}."
    _, _, place, found = min(told, key=lambda item: item[:3])
    one = compared[place]
    contrast = Contrast(one.a.group, one.b.group, found.value, found.error, 0, 0)
    start = group_words.contrast(facts, words, "selection_rate", contrast)
    crude = f"{points(abs(one.crude))} points {'less' if one.crude < 0 else 'more'} often"
    if one.reversal == "sure":
        return f"{start}; all together it is {crude}: the order turns round (Simpson's paradox)."
    if one.reversal:
        end = "the order is the other way round, though not beyond chance (Simpson's paradox)"
        return f"{start}; all together it is {crude}: {end}."
    return f"{start}; all together it is {crude}."

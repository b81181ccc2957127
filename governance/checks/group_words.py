"""Sentences about figures of groups that are no rates, and about contrasts.

Plain English for officers; imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.engine.gate import Comparison
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.metric_words import printed
from governance.checks.words import Words, capital, listed, points

FIGURES = {
    "roc_auc": "ROC AUC",
    "calibration_gap": "recorded less predicted rate",
    "mean_residual": "mean residual (actual less predicted)",
    "median_residual": "median residual (actual less predicted)",
    "mae": "mean absolute error",
}
_IN_POINTS = frozenset({"calibration_gap"})


def in_points(figure: str) -> bool:
    """Whether a figure is a share whose differences read as percentage points."""
    return figure in _IN_POINTS


def heading(figure: str) -> str:
    """What a chart of a figure is called: without what stands in brackets."""
    return capital(FIGURES[figure].split(" (")[0])


def sized(value: float, figure: str, unit: str = "") -> str:
    """A size of a figure: "5.0 points", "0.050", "1,200 EUR"."""
    if figure in _IN_POINTS:
        return f"{bare(value, figure)} points"
    return f"{bare(value, figure)}{f' {unit}' if unit else ''}"


def bare(value: float, figure: str) -> str:
    """The same without its unit, as the first of two ends."""
    if figure in _IN_POINTS:
        return points(value)
    return charted(value, 3) if figure == "roc_auc" else printed(value)


def charted(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def apart(words: Words, figure: str, one: Comparison, unit: str = "") -> str:
    """ "ROC AUC is 0.050 lower for Black applicants than for white ones, 90% interval ..."."""
    assert one.value is not None
    assert one.at_90 is not None
    gap, low, high = one.value, one.at_90.low, one.at_90.high
    way = "lower" if gap < 0 else "higher"
    if gap < 0:
        gap, low, high = -gap, -high, -low
    ends = f"{bare(low, figure)} to {sized(high, figure, unit)}"
    return (
        f"{capital(FIGURES[figure])} is {sized(gap, figure, unit)} {way} for "
        f"{words.group(one.a.group)} than for {words.others(one.b.group)}, 90% interval {ends}"
    )


def times(words: Words, figure: str, one: Comparison) -> str:
    """ "Mean absolute error is 1.20 times as large for Black applicants as for white ones"."""
    assert one.value is not None
    assert one.at_90 is not None
    return (
        f"{capital(FIGURES[figure])} is {one.value:.2f} times as large for "
        f"{words.group(one.a.group)} as for {words.others(one.b.group)}, 90% interval "
        f"{one.at_90.low:.2f} to {one.at_90.high:.2f}"
    )


def contrast(facts: Mapping[str, Any], words: Words, rate: str, one: Contrast) -> str:
    """What a contrast shows, in the words of its check (``facts["telling"]``)."""
    assert one.value is not None
    at_90 = one.interval(0.90)
    telling = facts["telling"]
    if telling == "proxy":
        carriers = list(facts["carried_by"].get(one.a, []))
        return told_apart(words, one.a, carriers, one.value, at_90.low, at_90.high)
    if telling == "gap":
        way = "wider" if one.value >= 0 else "narrower"
        value, low, high = one.value, at_90.low, at_90.high
        if value < 0:
            value, low, high = -value, -high, -low
        return (
            f"The gap in {facts['spoken'][rate]} between {words.group(one.a)} and "
            f"{words.others(one.b)} is {points(value)} points {way} than the champion's, "
            f"90% interval {points(low)} to {points(high)} points"
        )
    tell = words.ratio if one.scale == "log" else words.difference
    said = tell("selection_rate", one.a, one.b, one.value, at_90)
    before = str(facts.get("before", ""))
    return capital(f"{before}{_small(said, one.a)}") if before else said


def told_apart(
    words: Words, group: str, carriers: list[str], value: float, low: float, high: float
) -> str:
    """ "The features (mostly zip code) tell Black applicants from the others with an AUC ..."."""
    by = f"mostly {listed(carriers)}" if carriers else "no single one of them"
    return (
        f"The features ({by}) tell {words.group(group)} from the others with an AUC of "
        f"{value:.2f} (0.5 is chance), 90% interval {low:.2f} to {min(1.0, high):.2f}"
    )


def _small(sentence: str, group: str) -> str:
    """The sentence to follow other words: its capital goes, unless it is the group's own."""
    return sentence if sentence.startswith(group) else sentence[:1].lower() + sentence[1:]

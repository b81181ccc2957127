"""Measures group rates and their pairs: the body of the fairness checks that count decisions."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.engine import groups, oracle, parity, record, shown
from governance.checks.engine.gate import GroupRate, Tolerance, pairs
from governance.checks.engine.groups import Grouping
from governance.checks.words import RATE_NAMES, Words

Found = dict[str, list[GroupRate]]
_MOST_DRAWN = 2


def evidence(
    check: Check, data: CheckInput, settled: JSON, seed: int, *, rates: Sequence[str], kind: str
) -> Evidence:
    """Evidence for ``rates`` of the declared attribute, compared by ``kind``."""
    return measured(check, data, settled, seed, rates=rates, kind=kind)[0]


def measured(
    check: Check, data: CheckInput, settled: JSON, seed: int, *, rates: Sequence[str], kind: str
) -> tuple[Evidence, Grouping]:
    """The evidence, and the counted groups of the declared attribute."""
    attribute = groups.attribute_columns(data, settled["attribute"])
    outcomes, every = groups.groupings(data, attribute)
    declared, floor = every[0], groups.floor_of(settled)
    reference = groups.reference_group(declared, settled["reference"])
    found = {rate: groups.rates(declared, rate, floor) for rate in rates}
    facts = record.facts(check, settled, seed, declared.rows, "fairlearn")
    words = Words(settled["people"], settled["outcome"], declared.title)
    facts |= {
        "attribute": declared.title,
        "kind": kind,
        "reference": reference,
        "floor": {"rows": floor.rows, "share": floor.share, "of": declared.rows},
        "words": {"people": words.people, "outcome": words.outcome, "attribute": words.attribute},
        "rates": {rate: [groups.published(one) for one in found[rate]] for rate in rates},
        "groups": [cell.to_json() for cell in declared.cells if cell.n >= groups.FEW],
        **_held_against_fairlearn(outcomes, declared, rates, data),
    }
    if data.weight:
        facts["weight"] = data.weight
    measurements, charts = _declared(declared.title, found, kind, reference, settled, words)
    confidence = settled["confidence"]
    whole = Evidence(
        measurements=tuple(measurements + _others(every[1:], rates, settled)),
        tables=_tables(every, rates, floor, confidence),
        charts=tuple(charts),
        sentence=widest(words, found, kind, reference),
        facts=facts,
    )
    return whole, declared


def _held_against_fairlearn(
    outcomes: pl.DataFrame, declared: Grouping, rates: Sequence[str], data: CheckInput
) -> JSON:
    ours = dict(parity.summaries(declared.cells, rates))
    why = {"compared": False, "why": ""}
    if declared.rows > groups.MOST_HELD:
        why["why"] = f"more than {groups.MOST_HELD:,} rows"
    elif data.counts is not None and data.weight:
        why["why"] = "weights of single rows are not in a counts file"
    if why["why"]:
        return {"parity": ours, "agrees_with_fairlearn": why, "fairlearn": {}}
    labelled = groups.labelled(outcomes, declared.columns, data)
    theirs = oracle.summaries(labelled, list(ours))
    return {
        "parity": ours,
        "agrees_with_fairlearn": oracle.agreement(labelled, declared, rates, ours, theirs),
        "fairlearn": theirs,
    }


def _declared(
    title: str, found: Found, kind: str, reference: str | None, settled: JSON, words: Words
) -> tuple[list[Measurement], list[Chart]]:
    """Rates and pairs of the declared attribute, and their charts."""
    confidence = settled["confidence"]
    measurements: list[Measurement] = []
    charts: list[Chart | None] = []
    drawn = _widest_rates(found, kind, reference)
    for rate, these in found.items():
        measurements += shown.rate_measurements(title, rate, these, confidence)
        compared = shown.pair_measurements(
            title, f"{rate}_{kind}", these, kind, reference, confidence
        )
        measurements += compared
        if rate not in drawn:
            continue
        spoken = RATE_NAMES[rate]
        share = words.share(rate)
        charts.append(shown.rate_chart(title, rate, these, share, confidence))
        heading = f"{spoken.capitalize()}, {kind} by {title}"
        charts.append(shown.pair_chart(heading, f"{kind} of {spoken}s", kind, compared))
    return measurements, [chart for chart in charts if chart is not None]


def _widest_rates(found: Found, kind: str, reference: str | None) -> list[str]:
    """The rates to draw: at most two, those whose groups lie furthest apart."""

    def apart(rate: str) -> float:
        tolerance = Tolerance(kind, 1.0)
        gaps = [
            abs(tolerance.point(a, b)) if kind == "difference" else 1 - a.rate / b.rate
            for a, b in pairs(found[rate], reference)
            if kind == "difference" or b.count > 0
        ]
        return max(gaps, default=0.0)

    if len(found) <= _MOST_DRAWN:
        return list(found)
    ranked = sorted(found, key=lambda rate: -apart(rate))[:_MOST_DRAWN]
    return [rate for rate in found if rate in ranked]


def _others(every: list[Grouping], rates: Sequence[str], settled: JSON) -> list[Measurement]:
    """Rates of every other sensitive column and of the intersection: shown, not judged."""
    floor = groups.floor_of(settled)
    return [
        measurement
        for grouping in every
        for rate in rates
        for measurement in shown.rate_measurements(
            grouping.title, rate, groups.rates(grouping, rate, floor), settled["confidence"]
        )
    ]


def _tables(
    every: list[Grouping], rates: Sequence[str], floor: groups.Floor, confidence: float
) -> tuple[Table, ...]:
    return tuple(
        shown.rate_table(grouping, rate, floor, confidence) for grouping in every for rate in rates
    )


def widest(words: Words, found: Found, kind: str, reference: str | None) -> str:
    """The widest gap between two assessed groups, in words."""
    tolerance = Tolerance(kind, 1.0)
    told: list[tuple[float, int, str]] = []
    for rate, these in found.items():
        for a, b in pairs(these, reference):
            if kind == "ratio" and b.count == 0:
                continue
            value = tolerance.point(a, b)
            interval = tolerance.interval(a, b, 0.90)
            size = -abs(value) if kind == "difference" else min(value, 1 / value if value else 0.0)
            tell = words.ratio if kind == "ratio" else words.difference
            told.append((size, len(told), tell(rate, a.group, b.group, value, interval)))
    if not told:
        return f"No two groups of {words.attribute} have enough rows to be compared."
    return f"{min(told)[2]}."

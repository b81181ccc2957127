"""Measures how often decisions are right: the body of ``performance.accuracy``."""

from __future__ import annotations

import math
from collections.abc import Callable

import polars as pl

from governance.checks import charts
from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.charts import Bar
from governance.checks.engine import intervals, reading, record
from governance.checks.engine.counts import Cells, count_cells
from governance.checks.engine.intervals import Interval

_SPOKEN = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "recall": "recall",
    "specificity": "specificity",
    "precision": "precision",
}


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    source = reading.outcomes(data)
    cells = count_cells(source.with_columns(pl.lit("all rows").alias("group")))[0]
    confidence = settled["confidence"]
    facts = record.facts(check, settled, seed, source.height)
    facts["counts"] = cells.to_json()
    measured = {name: _figure(name, cells) for name in _SPOKEN}
    facts["intervals"] = {
        name: record.both(value, n, at(0.90), at(0.95))
        for name, (value, n, at) in measured.items()
        if value is not None
    }
    measurements = [_measurement(name, *measured[name], confidence) for name in _SPOKEN]
    commoner = max(cells.positives, cells.negatives) / cells.n
    note = "Share of the commoner outcome: what deciding always the same would reach."
    measurements.append(Measurement("majority_share", commoner, n=cells.n, note=note))
    return Evidence(
        measurements=tuple(measurements),
        tables=(_confusion(cells),),
        charts=(_chart(measurements[:-1], confidence),),
        sentence=_sentence(cells, commoner),
        facts=facts,
    )


Figure = tuple[float | None, int, Callable[[float], Interval]]


def _figure(name: str, cells: Cells) -> Figure:
    """(value, n, interval at a confidence); value None when its denominator is empty."""
    true_negatives = cells.negatives - cells.false_positives
    if name == "balanced_accuracy":
        return _balanced(cells, true_negatives)
    count, n = {
        "accuracy": (cells.correct, cells.n),
        "recall": (cells.true_positives, cells.positives),
        "specificity": (true_negatives, cells.negatives),
        "precision": (cells.true_positives, cells.selected),
    }[name]
    return (count / n if n else None), n, lambda level: intervals.wilson(count, n, level)


def _balanced(cells: Cells, true_negatives: int) -> Figure:
    fewer = min(cells.positives, cells.negatives)
    if fewer == 0:
        return None, 0, lambda _: Interval(0.0, 1.0)
    recall, specificity = cells.true_positives / cells.positives, true_negatives / cells.negatives
    value = (recall + specificity) / 2

    def at(level: float) -> Interval:
        a = intervals.wilson(cells.true_positives, cells.positives, level)
        b = intervals.wilson(true_negatives, cells.negatives, level)
        down = math.hypot(recall - a.low, specificity - b.low) / 2
        up = math.hypot(a.high - recall, b.high - specificity) / 2
        return Interval(max(0.0, value - down), min(1.0, value + up))

    return value, fewer, at


def _measurement(
    name: str, value: float | None, n: int, at: Callable[[float], Interval], confidence: float
) -> Measurement:
    if value is None:
        return Measurement(name, None, note="Not computable: no rows to divide by.")
    interval = at(confidence)
    return Measurement(name, value, interval.low, interval.high, confidence, n)


def _confusion(cells: Cells) -> Table:
    missed = cells.positives - cells.true_positives
    return Table(
        "Decisions against recorded outcomes",
        ("recorded outcome", "predicted favourable", "predicted unfavourable", "all"),
        (
            ("favourable", cells.true_positives, missed, cells.positives),
            (
                "unfavourable",
                cells.false_positives,
                cells.negatives - cells.false_positives,
                cells.negatives,
            ),
            ("all", cells.selected, cells.n - cells.selected, cells.n),
        ),
    )


def _chart(measurements: list[Measurement], confidence: float) -> Chart:
    shown = [one for one in measurements if one.value is not None]
    bars = [
        Bar(_SPOKEN[one.name], one.value, one.low, one.high, f"n = {one.n:,}")
        for one in shown
        if one.value is not None and one.low is not None and one.high is not None
    ]
    said = "; ".join(f"{bar.name} {bar.value:.2f}" for bar in bars)
    return charts.intervals(
        "How often the decision is right",
        f"Share with {confidence:.0%} interval",
        "share",
        bars,
        alt=f"How often the decision is right: {said}.",
        rows_judged={one.name: place for place, one in enumerate(shown)},
    )


def _sentence(cells: Cells, commoner: float) -> str:
    interval = intervals.wilson(cells.correct, cells.n, 0.90)
    return (
        f"The decision agrees with the recorded outcome in {cells.correct / cells.n:.1%} of "
        f"{cells.n:,} rows, 90% interval {interval.low:.1%} to {interval.high:.1%}; "
        f"always giving the commoner outcome would agree in {commoner:.1%}."
    )

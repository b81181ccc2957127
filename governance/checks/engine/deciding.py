"""Measures how often decisions are right: the body of ``performance.accuracy``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.engine import classed, confusion, figure_chart, record, samples
from governance.counting.cells import Cells
from governance.checks.engine.figures import Figure, judged
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import printed

Floats = NDArray[np.float64]
_MOST_SHOWN = 12


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "binary", "multiclass")
    sample = samples.read(data)
    cells, confidence = classed.cells_of(sample), settled["confidence"]
    figures = classed.figures(sample, seed)
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= _counts(sample, cells) | {"task": sample.task, "intervals": judged(figures)}
    commoner = float(cells.sum(1).max() / cells.sum())
    note = "Share of the commonest outcome: what deciding always the same would reach."
    measurements = [one.measurement(confidence) for one in figures]
    measurements.append(Measurement("majority_share", commoner, n=sample.rows, note=note))
    shown = [one for one in figures if not one.name.endswith("_micro")]
    return Evidence(
        measurements=tuple(measurements),
        tables=_tables(sample, cells),
        charts=tuple(figure_chart.rows("How often the decision is right", shown, confidence)),
        sentence=_sentence(sample, figures[0], commoner),
        facts=facts,
    )


def _counts(sample: Sample, cells: Floats) -> JSON:
    """The counts of which every figure is a function."""
    if sample.task == "binary" and sample.weight is None:
        (negative, false), (missed, hit) = cells.astype(int).tolist()
        n = negative + false + missed + hit
        return {"counts": Cells("all rows", n, hit + false, hit + missed, hit).to_json()}
    whole = cells.astype(int) if sample.weight is None else cells
    return {"confusion": {"classes": list(sample.classes), "cells": whole.tolist()}}


def _tables(sample: Sample, cells: Floats) -> tuple[Table, ...]:
    said = "Sums of weights. " if sample.weight is not None else ""
    if sample.task == "binary":
        return (_binary(cells, said),)
    return (_several(sample, cells, said), _by_class(sample, cells))


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


def _binary(cells: Floats, note: str) -> Table:
    columns = ("recorded outcome", "predicted favourable", "predicted unfavourable", "all")

    def line(name: str, row: Floats) -> tuple[str | float, ...]:
        return (name, _number(row[1]), _number(row[0]), _number(float(row.sum())))

    return Table(
        "Decisions against recorded outcomes",
        columns,
        (
            line("favourable", cells[1]),
            line("unfavourable", cells[0]),
            line("all", cells.sum(0)),
        ),
        note.strip(),
    )


def _several(sample: Sample, cells: Floats, note: str) -> Table:
    """The confusion matrix of the commonest classes."""
    order = np.argsort(-cells.sum(1), kind="stable")[:_MOST_SHOWN]
    names = [sample.classes[place] for place in order]
    lines = tuple(
        (sample.classes[row], *(_number(cells[row, column]) for column in order)) for row in order
    )
    more = len(sample.classes) - len(names)
    said = note + (f"{more} rarer classes are not shown. " if more > 0 else "")
    columns = ("recorded class", *(f"predicted {name}" for name in names))
    return Table("Decisions against recorded classes", columns, lines, said.strip())


def _by_class(sample: Sample, cells: Floats) -> Table:
    each = confusion.by_class(cells)
    lines = tuple(
        (
            name,
            _number(float(cells[place].sum())),
            *("" if np.isnan(v) else printed(float(v)) for v in (f[place] for f in each.values())),
        )
        for place, name in enumerate(sample.classes)
    )
    columns = ("class", "rows", "precision", "recall", "F1")
    return Table("Each class", columns, lines, "Empty where there is nothing to divide by.")


def _sentence(sample: Sample, accuracy: Figure, commoner: float) -> str:
    assert accuracy.value is not None
    between = accuracy.at_90
    said = "" if between is None else f", 90% interval {between.low:.1%} to {between.high:.1%}"
    weighed = ", weighted" if sample.weight is not None else ""
    which = "commoner" if sample.task == "binary" else "commonest"
    return (
        f"The decision agrees with the recorded outcome in {accuracy.value:.1%} of "
        f"{sample.rows:,} rows{weighed}{said}; "
        f"always giving the {which} outcome would agree in {commoner:.1%}."
    )

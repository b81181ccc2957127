"""Measures how often decisions are right: the body of ``performance.accuracy``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.engine import classed, confusion, counted, figure_chart, record, samples
from governance.checks.engine.figures import Figure, judged
from governance.checks.metric_words import printed
from governance.counting.cells import Cells

Floats = NDArray[np.float64]
_MOST_SHOWN = 12


@dataclass(frozen=True)
class Decided:
    """The confusion matrix, counted in rows or read from a counts file, and its figures."""

    task: str
    rows: int
    classes: tuple[str, ...]
    weighted: bool
    cells: Floats
    figures: list[Figure]


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    sample = _read(check, data, seed)
    cells, figures, confidence = sample.cells, sample.figures, settled["confidence"]
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


def _read(check: Check, data: CheckInput, seed: int) -> Decided:
    samples.tasks(data, check.id, "binary", "multiclass")
    if data.counts is not None:
        cells = counted.matrix(data)
        figures = [classed.binary_figure(name, cells) for name in confusion.BINARY]
        return Decided("binary", int(cells.sum()), samples.TWO, False, cells, figures)
    sample = samples.read(data)
    cells, figures = classed.cells_of(sample), classed.figures(sample, seed)
    weighted = sample.weight is not None
    return Decided(sample.task, sample.rows, sample.classes, weighted, cells, figures)


def _counts(sample: Decided, cells: Floats) -> JSON:
    """The counts of which every figure is a function."""
    if sample.task == "binary" and not sample.weighted:
        (negative, false), (missed, hit) = cells.astype(int).tolist()
        n = negative + false + missed + hit
        return {"counts": Cells("all rows", n, hit + false, hit + missed, hit).to_json()}
    whole = cells.astype(int) if not sample.weighted else cells
    return {"confusion": {"classes": list(sample.classes), "cells": whole.tolist()}}


def _tables(sample: Decided, cells: Floats) -> tuple[Table, ...]:
    said = "Sums of weights. " if sample.weighted else ""
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


def _several(sample: Decided, cells: Floats, note: str) -> Table:
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


def _by_class(sample: Decided, cells: Floats) -> Table:
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


def _sentence(sample: Decided, accuracy: Figure, commoner: float) -> str:
    assert accuracy.value is not None
    between = accuracy.at_90
    said = "" if between is None else f", 90% interval {between.low:.1%} to {between.high:.1%}"
    weighed = ", weighted" if sample.weighted else ""
    which = "commoner" if sample.task == "binary" else "commonest"
    return (
        f"The decision agrees with the recorded outcome in {accuracy.value:.1%} of "
        f"{sample.rows:,} rows{weighed}{said}; "
        f"always giving the {which} outcome would agree in {commoner:.1%}."
    )

"""Measures how well scores rank outcomes: the body of ``performance.roc_auc``."""

from __future__ import annotations

import numpy as np

from governance.checks import charts
from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.engine import (
    figure_chart,
    groups,
    ranked,
    ranking_counted,
    reading,
    record,
    roc,
    samples,
)
from governance.checks.engine.figures import Figure, judged
from governance.checks.engine.ranking_counted import Part, Ranked, prevalence
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import printed


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "binary", "multiclass")
    confidence, floor = settled["confidence"], settled["floor"]
    if data.counts is not None:
        sample = ranking_counted.read(data, floor, seed)
    else:
        sample = _read(data, floor, seed)
    figures, parts = sample.figures, sample.parts
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= {"task": sample.task, "intervals": judged(figures)}
    measurements = [one.measurement(confidence) for one in figures]
    if sample.prevalence is not None:
        measurements.append(sample.prevalence)
    measurements += [part.auc.measurement(confidence, part.title) for part in parts]
    return Evidence(
        measurements=tuple(measurements),
        tables=(_table(parts, confidence),) if parts else (),
        charts=tuple(_charts(sample, figures, parts, confidence)),
        sentence=_sentence(sample, figures[0]),
        facts=facts,
    )


def _read(data: CheckInput, floor: int, seed: int) -> Ranked:
    sample = samples.read(data, data.sensitive)
    figures, several = ranked.figures(sample, seed), sample.task != "binary"
    computable = figures[0].value is not None
    return Ranked(
        task=sample.task,
        rows=sample.rows,
        positives=0 if several else int(sample.codes.sum()),
        figures=figures,
        parts=_parts(sample, data, floor),
        prevalence=None if several else _prevalence(sample),
        curve=()
        if several or not computable
        else roc.curve(sample.codes, sample.score, weight=sample.weight),
    )


def _prevalence(sample: Sample) -> Measurement:
    weight = np.ones(sample.rows) if sample.weight is None else sample.weight
    share = float((weight * sample.codes).sum() / weight.sum())
    return prevalence(share, sample.rows)


def _parts(sample: Sample, data: CheckInput, floor: int) -> list[Part]:
    """Every class against the rest, or every group of every sensitive column."""
    if sample.task == "multiclass":
        each = zip(sample.classes, ranked.each_class(sample), strict=True)
        return [Part("class", name, one.n, one) for name, one in each]
    return [part for column in data.sensitive for part in _groups(sample, column, data, floor)]


def _groups(sample: Sample, column: str, data: CheckInput, floor: int) -> list[Part]:
    """The groups of a column, the largest first."""
    names = reading.group_column(sample.frame, [column], data)
    sizes = names.value_counts().sort(["count", "group"], descending=[True, False])
    found = []
    for name, rows in sizes.iter_rows():
        here = (names == name).to_numpy()
        weight = None if sample.weight is None else sample.weight[here]
        if rows < floor:
            note = f"Not assessed: fewer than {floor} rows."
            shown = rows if rows >= groups.FEW else 0
            one = Figure("roc_auc", None, shown, note=note)
        else:
            one = ranked.auc(sample.codes[here], sample.score[here], weight)
        found.append(Part(column, name, rows, one))
    return found


def _table(parts: list[Part], confidence: float) -> Table:
    rows = tuple(
        (
            part.column,
            part.name,
            part.rows if part.rows >= groups.FEW else f"<{groups.FEW}",
            "" if part.auc.value is None else f"{part.auc.value:.3f}",
            figure_chart.between_words(part.auc.interval(confidence)),
            part.auc.note,
        )
        for part in parts
    )
    columns = ("column", "group", "rows", "ROC AUC", f"{confidence:.0%} interval", "note")
    classes = bool(parts) and parts[0].column == "class"
    return Table("ROC AUC by class" if classes else "ROC AUC by group", columns, rows)


def _charts(
    sample: Ranked, figures: list[Figure], parts: list[Part], confidence: float
) -> list[Chart]:
    first = figure_chart.bar(figures[0], confidence, "all rows")
    if first is None:
        return []
    said = f"AUC {charts.with_interval(first, 3)}"
    others = [figure_chart.bar(part.auc, confidence, part.title) for part in parts]
    bars = [first, *(one for one in others if one is not None)]
    classes = sample.task == "multiclass"
    heading = f"ROC AUC, overall and by {'class' if classes else 'group'}"
    made = [
        charts.intervals(
            heading, f"With {confidence:.0%} interval (DeLong)", "ROC AUC", bars,
            alt=f"{said}; " + "; ".join(f"{b.name} {b.value:.2f}" for b in bars[1:]),
            rows_judged={"roc_auc": 0}, digits=3,
        )
    ]  # fmt: skip
    if not classes:
        made += figure_chart.rows("Other figures of ranking", figures[1:], confidence, digits=3)
        made.insert(1, _curve(sample, said))
    return made


def _curve(sample: Ranked, said: str) -> Chart:
    counts = (
        f"{sample.positives:,} favourable and {sample.rows - sample.positives:,} unfavourable "
        "outcomes"
    )
    points = list(sample.curve)
    return charts.roc("ROC curve", counts, points, said, alt=f"ROC curve: {said}, {counts}.")


def _sentence(sample: Ranked, one: Figure) -> str:
    if one.value is None or one.at_90 is None:
        return f"ROC AUC: {one.note[:1].lower()}{one.note[1:]}"
    whom = "The score ranks a favourable outcome above an unfavourable one"
    if sample.task == "multiclass":
        whom = "Classes counting alike, the score of a class ranks its own rows above others"
    return (
        f"{whom} {one.value:.0%} of the time (AUC {one.value:.3f}, 90% interval "
        f"{printed(one.at_90.low, 3)} to {printed(one.at_90.high, 3)}, {one.n:,} rows)."
    )

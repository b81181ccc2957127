"""Holds the candidate against something: the bodies of the champion, baseline and degradation
checks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from governance.checks import charts, judging_margin
from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence, Table
from governance.checks.charts import Bar
from governance.checks.engine import figure_chart, gains, probable, reading, record, samples
from governance.checks.engine.figures import Figure
from governance.checks.engine.gains import NAMES, Gain
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import digits_of, printed, spoken

_BASELINE = {
    "binary": ("accuracy", "log_loss", "brier"),
    "multiclass": ("accuracy", "log_loss", "brier"),
    "regression": ("mae", "rmse"),
}


def champion(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    """The candidate against the champion on the same rows."""
    other = "the champion"
    if data.champion_scores is None:
        why = "There is no champion to compare with: nothing is released for this use case yet."
        facts = record.facts(check, settled, seed, 0) | {"gains": {}, "other": other, "none": why}
        name = NAMES.get(data.task, ("accuracy",))[0]
        absent = Figure(name, None, note=why).measurement(settled["confidence"])
        return Evidence((absent,), sentence=why, facts=facts)
    query = settled["query"]
    columns = [query] if query else []
    mine, theirs = samples.read(data, columns), samples.champion(data, columns)
    found = gains.paired(mine, theirs, NAMES[mine.task], seed, query)
    more: JSON = {}
    tables: tuple[Table, ...] = ()
    if mine.classes:
        cells = gains.joint_cells(mine.decided == mine.label, theirs.decided == theirs.label)
        more["joint"] = dict(zip(("both", "candidate", "champion", "neither"), cells, strict=True))
        tables = (_joint(cells),)
    return _evidence(check, settled, seed, mine, found, other, "the same rows", tables, more)


def baseline(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    """The candidate against the commonest outcome, or the mean, whatever the row."""
    samples.tasks(data, check.id, *_BASELINE)
    mine = samples.read(data)
    known, where = _known_outcomes(data, mine)
    other = "always the commonest outcome" if mine.classes else "always the mean"
    found = gains.paired(mine, _simple(mine, known), _BASELINE[mine.task], seed)
    more = {"baseline_from": where}
    return _evidence(check, settled, seed, mine, found, other, "the same rows", (), more)


def _known_outcomes(data: CheckInput, mine: Sample) -> tuple[Sample, str]:
    """Where the baseline is learnt: the training data when there are any, else these rows."""
    if data.training is None:
        return mine, "validation"
    source = reading.rows_of(data.training, [data.label])
    label = source.get_column(data.label)
    if mine.task == "regression":
        codes = reading.numbers(label, "label column of the training data")
    elif mine.task == "binary":
        binary = reading.binary(label, data.favourable, "label column of the training data")
        codes = binary.to_numpy().astype(np.float64)
    else:
        texts = [reading.as_text(value) for value in label.to_list()]
        places = {name: place for place, name in enumerate(mine.classes)}
        codes = np.asarray([places[text] for text in texts if text in places], dtype=np.float64)
    return replace(mine, label=codes, weight=None), "training"


def _simple(mine: Sample, known: Sample) -> Sample:
    """The baseline's answers for the rows of ``mine``."""
    given = np.ones(known.rows) if known.weight is None else known.weight
    if not mine.classes:
        centre = float((given * known.grades).sum() / given.sum())
        constant = np.full(mine.rows, centre)
        return replace(mine, prediction=constant, score=constant)
    base = probable.ignorant(replace(known, label=known.codes))
    row = base.score[:1]
    score = np.repeat(row, mine.rows, axis=0)
    counts = np.bincount(known.codes, weights=given, minlength=len(mine.classes))
    always = np.full(mine.rows, int(counts.argmax()), dtype=np.int8)
    return replace(mine, prediction=always, score=score)


def degradation(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    """Validation rows against the rows the model learnt from."""
    samples.tasks(data, check.id, "binary", "multiclass", "regression")
    mine, learnt = samples.read(data), samples.training(data)
    found = gains.apart(mine, learnt, NAMES[mine.task], seed)
    more = {"training_rows": learnt.rows}
    other = "on the training data"
    where = f"{learnt.rows:,} training rows"
    return _evidence(check, settled, seed, mine, found, other, where, (), more)


def _evidence(
    check: Check,
    settled: JSON,
    seed: int,
    mine: Sample,
    found: list[Gain],
    other: str,
    where: str,
    tables: tuple[Table, ...],
    more: JSON,
) -> Evidence:
    confidence = settled["confidence"]
    facts = record.facts(check, settled, seed, mine.rows) | more
    facts |= {
        "task": mine.task,
        "other": other,
        "gains": {one.figure.name: one.to_json() for one in found},
    }
    return Evidence(
        measurements=tuple(one.figure.measurement(confidence) for one in found),
        tables=(_table(found, other, confidence), *tables),
        charts=tuple(_charts(check.title, found, other, where, confidence)),
        sentence=_sentence(found, other, mine.rows),
        facts=facts,
    )


def _table(found: list[Gain], other: str, confidence: float) -> Table:
    rows = tuple(
        (
            spoken(one.figure.name),
            "" if one.first is None else printed(one.first, 3),
            "" if one.second is None else printed(one.second, 3),
            "" if one.figure.value is None else printed(one.figure.value, 3),
            figure_chart.between_words(one.figure.interval(confidence)),
            one.figure.note,
        )
        for one in found
    )
    columns = ("figure", "candidate", other, "better by", f"{confidence:.0%} interval", "note")
    return Table(f"The candidate against {other}", columns, rows)


def _joint(cells: tuple[int, int, int, int]) -> Table:
    both, first, second, neither = cells
    return Table(
        "Decisions of both on the same rows",
        ("candidate", "champion right", "champion wrong"),
        (("right", both, first), ("wrong", second, neither)),
    )


def _charts(
    title: str, found: list[Gain], other: str, where: str, confidence: float
) -> list[Chart]:
    alike = [one for one in found if one.figure.name != "r2"]  # errors have a unit, R² has none
    shown = [(one, figure_chart.bar(one.figure, confidence)) for one in alike]
    bars: list[tuple[Gain, Bar]] = [(one, bar) for one, bar in shown if bar is not None]
    if not bars:
        return []
    digits = max(digits_of(one.figure.name) for one, _ in bars)
    said = "; ".join(f"{bar.name} {printed(bar.value, 3)}" for _, bar in bars)
    return [
        charts.intervals(
            title,
            f"Better than {other} ({where}) by, with {confidence:.0%} interval",
            "better by (below 0: worse)",
            [bar for _, bar in bars],
            alt=f"{title}, better by: {said}.",
            rows_judged={one.figure.name: place for place, (one, _) in enumerate(bars)},
            digits=digits,
        )
    ]


def _sentence(found: list[Gain], other: str, rows: int) -> str:
    told = next((one for one in found if one.figure.value is not None), None)
    if told is None:
        return f"Nothing can be compared with {other}. {found[0].figure.note}"
    start = judging_margin.compared(told.figure.name, told.to_json(), other)
    sure = told.figure.sure
    unclear = sure.low <= 0 <= sure.high
    return f"{start}, {rows:,} rows{': no clear difference' if unclear else ''}."

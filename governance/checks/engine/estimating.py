"""Estimates performance without outcomes, from the scores: the body of ``performance.estimated``.

A row with score p is right with probability p or 1 - p, if the scores are calibrated; adding these
up gives the expected confusion matrix, and drawing outcomes from the scores how far the figures
would scatter around it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckInput, Evidence, Table
from governance.checks.engine import (
    bootstrap,
    classed,
    confusion,
    figure_chart,
    histogram,
    probable,
    ranked,
    reading,
    record,
    roc,
    samples,
    shards,
)  # fmt: skip
from governance.checks.engine.figures import Figure, bootstrapped, judged, missing
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import printed, spoken

Floats = NDArray[np.float64]


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "binary")
    sample, labelled = _read(data)
    probable.probabilities(sample)
    found = figures(sample, seed)
    realised = _realised(sample, seed) if labelled else {}
    confidence = settled["confidence"]
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= {
        "intervals": judged(found),
        "labelled": labelled,
        "realised": {name: one.value for name, one in realised.items()},
    }
    return Evidence(
        measurements=tuple(one.measurement(confidence) for one in found),
        tables=(_table(found, realised, confidence),),
        charts=tuple(figure_chart.rows("Expected without outcomes", found, confidence, digits=3)),
        sentence=_sentence(found, realised, sample.rows),
        facts=facts,
    )


def _read(data: CheckInput) -> tuple[Sample, bool]:
    """The scored rows, with outcomes if they have them; else with outcomes that are not used."""
    if data.label in shards.columns_of(data.data):
        whole = reading.frame(data, [data.label]).get_column(data.label)
        if whole.null_count() < whole.len():
            return samples.read(data), True
    columns = [data.weight] if data.weight else shards.columns_of(data.data)[:1]
    source = reading.frame(data, columns)
    scores = reading.scored(data, source.height)
    sample = Sample(
        task="binary",
        label=np.zeros(source.height, dtype=np.int8),
        prediction=scores.get_column("prediction").to_numpy(),
        score=scores.get_column("score").cast(pl.Float64).to_numpy(),
        weight=reading.weights(source.to_series()).to_numpy() if data.weight else None,
        classes=("unfavourable", "favourable"),
        frame=pl.DataFrame(),
    )
    return sample, False


def figures(sample: Sample, seed: int) -> list[Figure]:
    """Expected accuracy, AUC and the rest, with the scatter of outcomes drawn from the scores."""
    given = np.ones(sample.rows) if sample.weight is None else sample.weight
    expected = np.zeros((2, 2))
    for decided in (0, 1):
        here = sample.decided == decided
        expected[1, decided] = float((given * sample.score)[here].sum())
        expected[0, decided] = float((given * (1 - sample.score))[here].sum())
    values = confusion.binary(expected)
    cells, bins = _draws(sample, given, seed)
    drawn = confusion.binary(cells)
    auc = _auc(sample, given, histogram.auc(bins))
    found = []
    for name in confusion.BINARY:
        value = float(values[name])
        if math.isfinite(value):
            found.append(bootstrapped(name, value, drawn[name], sample.rows))
        else:
            found.append(missing(name, "no row is expected below the line", sample.rows))
    return [found[0], auc, *found[1:]]


def _auc(sample: Sample, given: Floats, draws: Floats) -> Figure:
    if sample.score.min() == sample.score.max():
        return missing("roc_auc", "the model gives every row the same score", sample.rows)
    both = np.concatenate([sample.score, sample.score])
    label = np.repeat(np.array([1, 0], dtype=np.int8), sample.rows)
    weight = np.concatenate([given * sample.score, given * (1 - sample.score)])
    why = roc.why_not(label, both, weight)
    if why:
        return missing("roc_auc", why, sample.rows)
    value = roc.linear(label, both, weight).value
    return bootstrapped("roc_auc", value, draws, sample.rows)


def _draws(sample: Sample, given: Floats, seed: int) -> tuple[Floats, Floats]:
    """Confusion matrices, and score histograms by outcome, of outcomes drawn from the scores."""
    inner = histogram.edges(sample.score)
    size = len(inner) + 1
    cell = np.searchsorted(inner, sample.score, side="right") + size * sample.decided.astype(int)
    mass = np.bincount(cell, weights=given, minlength=2 * size)
    squares = np.bincount(cell, weights=given**2, minlength=2 * size)
    hits = np.bincount(cell, weights=given * sample.score, minlength=2 * size)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(mass > 0, hits / mass, 0.0)
        rows = np.where(squares > 0, mass**2 / squares, 0.0)
    trials = np.maximum(np.rint(rows), mass > 0).astype(np.int64)
    rng = np.random.default_rng(record.subseed(seed, "outcomes"))
    drawn = rng.binomial(trials, np.clip(share, 0, 1), (bootstrap.REPLICATES, 2 * size))
    high = drawn * np.where(trials > 0, mass / np.maximum(trials, 1), 0.0)
    low = mass - high
    by_decision = np.stack([low, high], axis=1).reshape(-1, 2, 2, size)  # outcome, decision, bin
    return by_decision.sum(-1), by_decision.sum(2)


def _realised(sample: Sample, seed: int) -> dict[str, Figure]:
    """What the recorded outcomes give, where there are any."""
    found = {one.name: one for one in classed.figures(replace(sample), seed)}
    found["roc_auc"] = ranked.auc(sample.codes, sample.score, sample.weight)
    return found


def _table(found: list[Figure], realised: dict[str, Figure], confidence: float) -> Table:
    rows = []
    for one in found:
        known = realised.get(one.name)
        value = "" if known is None or known.value is None else printed(known.value, 3)
        expected = "" if one.value is None else printed(one.value, 3)
        between = figure_chart.between_words(one.interval(confidence))
        rows.append((spoken(one.name), expected, between, value, one.note))
    columns = ("figure", "expected", f"{confidence:.0%} interval", "recorded", "note")
    note = "Expected from the scores alone, as if they were calibrated."
    return Table("Performance without outcomes", columns, tuple(rows), note)


def _sentence(found: list[Figure], realised: dict[str, Figure], rows: int) -> str:
    one = found[0]
    start = (
        f"Going by the scores alone {one.known:.1%} of {rows:,} decisions should be right, "
        f"90% interval {one.sure.low:.1%} to {one.sure.high:.1%}"
    )
    known = realised.get("accuracy")
    if known is None or known.value is None:
        return f"{start}, if the scores are still calibrated; no outcomes are there to tell."
    agree = one.sure.low <= known.value <= one.sure.high
    end = "so the estimate holds here" if agree else "so do not trust the estimate on later data"
    return f"{start}; the recorded outcomes give {known.value:.1%}, {end}."

"""Measures how well training rows can be told from others: ``privacy.membership_inference``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts
from governance.checks.base import (
    JSON,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.engine import intervals, reading, record, sources
from governance.checks.engine.roc import auc, curve

Floats = NDArray[np.float64]
_FEWEST = 40
_LEAST_SHARE = 1e-9


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    inside = np.sort(_training_losses(data))  # sorted: the order of rows then changes nothing
    outside = np.sort(_validation_losses(data))
    rows = len(inside) + len(outside)
    facts = record.facts(check, settled, seed, rows)
    facts["rows_inside"], facts["rows_outside"] = len(inside), len(outside)
    if min(len(inside), len(outside)) < _FEWEST:
        return _nothing(facts, rows, f"needs {_FEWEST} rows on each side")
    if np.ptp(np.concatenate([inside, outside])) == 0:
        return _nothing(facts, rows, "every row has the same loss")
    found = _advantage(inside, outside, record.subseed(seed, check.id))
    attack = auc(
        np.repeat([1, 0], [len(inside), len(outside)]).astype(np.int8),
        -np.concatenate([inside, outside]),
    )
    facts["intervals"] = {"membership_advantage": found}
    at_90, at_95 = attack.interval(0.90), attack.interval(0.95)
    if attack.value is not None and at_90 and at_95:
        facts["intervals"]["attack_auc"] = record.both(attack.value, rows, at_90, at_95)
    confidence = settled["confidence"]
    measurements = [_measured(name, one, confidence) for name, one in facts["intervals"].items()]
    return Evidence(
        measurements=tuple(measurements),
        tables=(_table(inside, outside, found),),
        charts=(_chart(inside, outside, attack.value),),
        sentence=_sentence(found),
        facts=facts,
    )


def _validation_losses(data: CheckInput) -> Floats:
    label = reading.frame(data, [data.label]).get_column(data.label)
    return losses(label, sources.scores(data.scores, label.len(), "validation"), data)


def _training_losses(data: CheckInput) -> Floats:
    frame = sources.columns(data.training, [data.label], "training")
    label = sources.collected(frame, "training").get_column(data.label)
    return losses(label, sources.scores(data.training_scores, label.len(), "training"), data)


def losses(label: pl.Series, scores: pl.DataFrame, data: CheckInput) -> Floats:
    """The loss of every row: log-loss of the label, or the squared error of a number."""
    what = f"label column '{data.label}'"
    if data.task == "multiclass":
        named = [name for name in scores.columns if name.startswith("score_")]
        place = {name.removeprefix("score_"): at for at, name in enumerate(named)}
        rows = [place.get(reading.as_text(value), -1) for value in label.to_list()]
        if -1 in rows:
            raise CheckError(f"The {what} holds a class for which there is no score column.")
        given = scores.select(named).to_numpy()[np.arange(len(rows)), rows]
        return np.asarray(-np.log(np.clip(given, _LEAST_SHARE, 1.0)), dtype=np.float64)
    score = scores.get_column("score").cast(pl.Float64).to_numpy()
    if data.task == "binary":
        truth = reading.binary(label, data.favourable, what).to_numpy()
        if score.min() < 0 or score.max() > 1:
            raise CheckError("The scores are no probabilities, so rows have no log-loss.")
        right = np.where(truth == 1, score, 1 - score)
        return np.asarray(-np.log(np.clip(right, _LEAST_SHARE, 1.0)), dtype=np.float64)
    if label.fill_nan(None).null_count() if label.dtype.is_float() else label.null_count():
        raise CheckError(f"The {what} has empty values: leave those rows out.")
    truth = label.cast(pl.Float64).to_numpy()
    return np.asarray((truth - score) ** 2, dtype=np.float64)


def _advantage(inside: Floats, outside: Floats, seed: int) -> JSON:
    """The best threshold of one half of the rows, tried on the other, both ways round.

    Chosen and measured on the same rows it would be too high; so the advantage of a model that
    remembers nothing is 0 on average. Each row is judged once, by the threshold of the half it is
    not in, which is a proportion on each side: hence Newcombe's interval.
    """
    rng = np.random.default_rng(seed)
    halves = [rng.permutation(len(side)) % 2 for side in (inside, outside)]
    hits = alarms = 0
    for fold in (0, 1):
        threshold = _best(inside[halves[0] != fold], outside[halves[1] != fold])
        hits += int((inside[halves[0] == fold] <= threshold).sum())
        alarms += int((outside[halves[1] == fold] <= threshold).sum())
    n, m = len(inside), len(outside)
    at = {level: intervals.newcombe(hits, n, alarms, m, level) for level in (0.90, 0.95)}
    told = record.both(hits / n - alarms / m, n + m, at[0.90], at[0.95])
    return told | {"hits": hits, "inside": n, "alarms": alarms, "outside": m}


def _best(inside: Floats, outside: Floats) -> float:
    points = np.unique(np.concatenate([inside, outside]))
    a = np.searchsorted(np.sort(inside), points, side="right") / len(inside)
    b = np.searchsorted(np.sort(outside), points, side="right") / len(outside)
    return float(points[int(np.argmax(a - b))])


def _measured(name: str, one: JSON, confidence: float) -> Measurement:
    low, high = one["at_90"] if confidence == 0.90 else one["at_95"]
    return Measurement(name, one["value"], low, high, confidence, one["n"])


def _nothing(facts: JSON, rows: int, why: str) -> Evidence:
    note = f"Not computable: {why}."
    return Evidence(
        (Measurement("membership_advantage", None, n=rows, note=note),),
        sentence=f"Whether training rows can be told from others was not measured: it {why}."
        if why.startswith("needs")
        else f"Whether training rows can be told from others was not measured: {why}.",
        facts=facts,
    )


def _table(inside: Floats, outside: Floats, found: JSON) -> Table:
    rows: list[tuple[Any, ...]] = [
        ("rows", f"{len(inside):,}", f"{len(outside):,}"),
        ("mean loss", f"{inside.mean():.4f}", f"{outside.mean():.4f}"),
        ("median loss", f"{np.median(inside):.4f}", f"{np.median(outside):.4f}"),
        (
            "called “trained on”",
            f"{found['hits'] / found['inside']:.1%}",
            f"{found['alarms'] / found['outside']:.1%}",
        ),
    ]
    note = "The attacker calls a row trained on when its loss is below a threshold."
    return Table("What the attacker sees", ("", "trained on", "not trained on"), tuple(rows), note)


def _chart(inside: Floats, outside: Floats, value: float | None) -> Any:
    label = np.repeat([1, 0], [len(inside), len(outside)]).astype(np.int8)
    points = curve(label, -np.concatenate([inside, outside]))
    title = "Telling training rows from others by their loss"
    mark = f"AUC {value:.3f}" if value is not None else ""
    alt = f"{title}: {mark}, where 0.5 is guessing."
    subtitle = "On the diagonal the model gives nothing away"
    return charts.roc(title, subtitle, points, mark, alt=alt)


def _sentence(found: JSON) -> str:
    low, high = (100 * one for one in found["at_90"])
    value = 100 * found["value"]
    text = (
        f"An attacker who sees the loss of a row calls {found['hits'] / found['inside']:.1%} of "
        f"training rows and {found['alarms'] / found['outside']:.1%} of others “trained on”: an "
        f"advantage of {value:.1f} points, 90% interval {low:.1f} to {high:.1f}."
    )
    return text.replace("-", "\N{MINUS SIGN}") if math.copysign(1, low) < 0 else text

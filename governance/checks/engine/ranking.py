"""Measures how well scores rank outcomes: the body of ``performance.roc_auc``."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from governance.checks import charts
from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence, Measurement, Table
from governance.checks.charts import Bar
from governance.checks.engine import groups, reading, record
from governance.checks.engine.roc import Auc, auc, curve


@dataclass(frozen=True)
class _Ranked:
    """The AUC of one group of rows."""

    name: str
    rows: int
    auc: Auc


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    source = reading.outcomes(data, data.sensitive)
    whole = _ranked("all rows", source)
    parts = {column: _by_group(source, column, data) for column in data.sensitive}
    confidence, floor = settled["confidence"], settled["floor"]
    facts = record.facts(check, settled, seed, source.height)
    facts["intervals"] = _judged(whole)
    measurements = [
        _measurement("roc_auc", whole, "", confidence),
        _gini(whole, confidence),
        *(
            _measurement("roc_auc", one, f"{column}: {one.name}", confidence, floor)
            for column, ranked in parts.items()
            for one in ranked
        ),
    ]
    return Evidence(
        measurements=tuple(measurements),
        tables=(_table(parts, confidence, floor),) if parts else (),
        charts=tuple(_charts(source, whole, parts, confidence, floor)),
        sentence=_sentence(whole),
        facts=facts,
    )


def _ranked(name: str, source: pl.DataFrame) -> _Ranked:
    label = source.get_column("label").to_numpy()
    score = source.get_column("score").cast(pl.Float64).to_numpy()
    return _Ranked(name, source.height, auc(label, score))


def _by_group(source: pl.DataFrame, column: str, data: CheckInput) -> list[_Ranked]:
    """The groups of a column, the largest first."""
    labelled = groups.labelled(source, [column], data)
    names = labelled.group_by("group").len().sort(["len", "group"], descending=[True, False])
    return [
        _ranked(name, labelled.filter(pl.col("group") == name))
        for name in names.get_column("group")
    ]


def _judged(whole: _Ranked) -> JSON:
    at_90, at_95 = whole.auc.interval(0.90), whole.auc.interval(0.95)
    if whole.auc.value is None or at_90 is None or at_95 is None:
        return {}
    return {"roc_auc": record.both(whole.auc.value, whole.rows, at_90, at_95)}


def _measurement(
    name: str, one: _Ranked, group: str, confidence: float, floor: int = 0
) -> Measurement:
    if one.rows < floor:
        rows = one.rows if one.rows >= groups.FEW else 0
        note = f"Not assessed: fewer than {floor} rows."
        return Measurement(name, None, n=rows, group=group, note=note)
    interval = one.auc.interval(confidence)
    if one.auc.value is None or interval is None:
        return Measurement(name, None, n=one.rows, group=group, note=one.auc.note)
    return Measurement(
        name, one.auc.value, interval.low, interval.high, confidence, one.rows, group
    )


def _gini(whole: _Ranked, confidence: float) -> Measurement:
    one = _measurement("gini", whole, "", confidence)
    if one.value is None or one.low is None or one.high is None:
        return one
    return Measurement(
        "gini", 2 * one.value - 1, 2 * one.low - 1, 2 * one.high - 1, confidence, one.n
    )


def _table(parts: dict[str, list[_Ranked]], confidence: float, floor: int) -> Table:
    rows = []
    for column, ranked in parts.items():
        for one in ranked:
            measured = _measurement("", one, "", confidence, floor)
            value = "" if measured.value is None else f"{measured.value:.3f}"
            between = (
                f"{measured.low:.3f} to {measured.high:.3f}"
                if measured.low is not None and measured.high is not None
                else ""
            )
            n = one.rows if one.rows >= groups.FEW else f"<{groups.FEW}"
            rows.append((column, one.name, n, value, between, measured.note))
    columns = ("column", "group", "rows", "ROC AUC", f"{confidence:.0%} interval", "note")
    return Table("ROC AUC by group", columns, tuple(rows))


def _charts(
    source: pl.DataFrame,
    whole: _Ranked,
    parts: dict[str, list[_Ranked]],
    confidence: float,
    floor: int,
) -> list[Chart]:
    interval = whole.auc.interval(confidence)
    if whole.auc.value is None or interval is None:
        return []
    label = source.get_column("label").to_numpy()
    points = curve(label, source.get_column("score").cast(pl.Float64).to_numpy())
    bar = Bar("all rows", whole.auc.value, interval.low, interval.high, f"n = {whole.rows:,}")
    said = f"AUC {charts.with_interval(bar, 3)}"
    counts = f"{whole.auc.positives:,} favourable and {whole.auc.negatives:,} unfavourable outcomes"
    bars = [bar]
    for column, ranked in parts.items():
        for one in ranked:
            measured = _measurement("", one, "", confidence, floor)
            if (
                measured.value is not None
                and measured.low is not None
                and measured.high is not None
            ):
                name = f"{column}: {one.name}"
                note = f"n = {one.rows:,}"
                bars.append(Bar(name, measured.value, measured.low, measured.high, note))
    return [
        charts.intervals(
            "ROC AUC, overall and by group", f"With {confidence:.0%} interval (DeLong)", "ROC AUC",
            bars, alt=f"{said}; " + "; ".join(f"{b.name} {b.value:.2f}" for b in bars[1:]),
            rows_judged={"roc_auc": 0}, digits=3,
        ),
        charts.roc("ROC curve", counts, points, said, alt=f"ROC curve: {said}, {counts}."),
    ]  # fmt: skip


def _sentence(whole: _Ranked) -> str:
    interval = whole.auc.interval(0.90)
    if whole.auc.value is None or interval is None:
        return f"ROC AUC: {whole.auc.note[0].lower()}{whole.auc.note[1:]}"
    return (
        f"The score ranks a favourable outcome above an unfavourable one {whole.auc.value:.0%} "
        f"of the time (AUC {whole.auc.value:.3f}, 90% interval {interval.low:.3f} to "
        f"{interval.high:.3f}, {whole.rows:,} rows)."
    )

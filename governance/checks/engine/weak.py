"""Searches for segments where the model does worse: the body of ``performance.weak_segments``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.checks import charts
from governance.checks.base import JSON, Chart, Check, CheckError, CheckInput, Evidence, Measurement
from governance.checks.base import Table as Shown
from governance.checks.charts import Bar
from governance.checks.engine import record, samples, slicing
from governance.checks.engine.samples import Sample
from governance.checks.engine.shortfall import Segment, holm
from governance.checks.words import points

Floats = NDArray[np.float64]
_SHOWN, _KEPT = 10, 25


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "binary", "multiclass", "regression")
    columns = _columns(data, settled["columns"])
    searched = columns[: settled["most_columns"]]
    sample = samples.read(data, searched)
    loss, called = _loss(sample)
    cuts = [
        slicing.cut(sample.frame.get_column(name), name, data.feature_names.get(name, name))
        for name in searched
    ]
    floor = max(settled["floor"], int(np.ceil(settled["floor_share"] * sample.rows)))
    found = slicing.search(cuts, loss, sample.weight, floor, settled["depth"])
    adjusted = dict(zip((s.name for s in found), holm([s.p for s in found]), strict=True))
    worst = sorted(found, key=lambda s: (-s.simultaneous(len(found)).low, s.name))
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= {
        "task": sample.task,
        "loss": called,
        "searched": len(found),
        "columns": searched,
        "columns_not_searched": columns[len(searched) :],
        "floor": floor,
        "segments": [one.to_json() for one in _kept(worst)],
    }
    return Evidence(
        measurements=tuple(_measurements(worst, len(found), called)),
        tables=(_table(worst, adjusted, called),) if worst else (),
        charts=tuple(_charts(worst, len(found), called)),
        sentence=_sentence(worst, adjusted, called, floor),
        facts=facts,
    )


def _columns(data: CheckInput, wanted: list[str] | None) -> list[str]:
    columns = list(dict.fromkeys(wanted or (*data.features, *data.sensitive)))
    if not columns:
        raise CheckError(
            "There are no columns to search: the model's signature names no features; "
            "name some with 'columns'."
        )
    if data.label in columns:
        raise CheckError(f"'{data.label}' is the outcome itself: leave it out of 'columns'.")
    return columns


def _loss(sample: Sample) -> tuple[Floats, str]:
    """What counts as bad in each row, and its name."""
    if sample.classes:
        return (sample.decided != sample.codes).astype(np.float64), "wrong decisions"
    off = np.abs(sample.grades - sample.score)
    mean = float(off.mean())
    if mean == 0.0:
        return off, "error relative to the mean error"
    return np.asarray(off / mean), "error relative to the mean error"


def _kept(worst: list[Segment]) -> list[Segment]:
    """The segments a verdict can hang on: the surest shortfalls, and the largest possible ones."""
    largest = sorted(worst, key=lambda s: (-s.interval(0.90).high, s.name))[:_KEPT]
    return worst[:_KEPT] + [one for one in largest if one not in worst[:_KEPT]]


def _measurements(worst: list[Segment], searched: int, called: str) -> list[Measurement]:
    if not worst:
        return [Measurement("shortfall", None, note="Not computable: no segment has enough rows.")]
    made = []
    for one in worst[:_SHOWN]:
        at = one.simultaneous(searched)
        made.append(Measurement("shortfall", one.value, at.low, at.high, 0.95, one.n, one.name))
    note = f"Segments searched for more {called} than in all other rows."
    return [*made, Measurement("segments_searched", float(searched), note=note)]


def _table(worst: list[Segment], adjusted: dict[str, float], called: str) -> Shown:
    rows = tuple(
        (
            one.name,
            one.n,
            f"{100 * one.loss:.1f}%",
            f"{100 * one.rest:.1f}%",
            points(one.value),
            f"{points(one.interval(0.90).low)} to {points(one.interval(0.90).high)}",
            "<0.001" if adjusted[one.name] < 0.001 else f"{adjusted[one.name]:.3f}",
        )
        for one in worst[:_SHOWN]
    )
    columns = ("segment", "rows", called, "elsewhere", "points more", "90% interval", "Holm p")
    note = (
        f"The worst {len(rows)} of {len(adjusted):,} segments searched. Found by searching, they "
        "look worse than they are; the p-values allow for the search."
    )
    return Shown("Where the model does worst", columns, rows, note)


def _charts(worst: list[Segment], searched: int, called: str) -> list[Chart]:
    bars = []
    for one in worst[:_SHOWN]:
        at = one.simultaneous(searched)
        bars.append(Bar(_short(one.name), one.value, at.low, at.high, f"n = {one.n:,}"))
    if not bars:
        return []
    said = "; ".join(f"{bar.name} {points(bar.value)}" for bar in bars[:3])
    return [
        charts.intervals(
            "Where the model does worst",
            f"95% intervals that allow for all {searched:,} segments searched",
            f"{called}, more than elsewhere",
            bars,
            alt=f"Where the model does worst, in points more than elsewhere: {said}.",
            threshold="shortfall",
            name_limit=340,
            digits=1,
            unit=" pts",
        )
    ]


def _short(name: str) -> str:
    return name.replace(" is ", " ").replace(" and ", ", ")


def _sentence(worst: list[Segment], adjusted: dict[str, float], called: str, floor: int) -> str:
    if not worst:
        return f"No segment has {floor:,} rows inside and outside, so none was assessed."
    told = worst[0]
    elsewhere = f"{100 * told.loss:.1f}% against {100 * told.rest:.1f}% elsewhere"
    if adjusted[told.name] > 0.05:
        return (
            f"No segment of {len(adjusted):,} searched does clearly worse than the rest once the "
            f"search is allowed for; the nearest is where {told.name} ({elsewhere}, "
            f"{told.n:,} rows)."
        )
    weak = sum(1 for p in adjusted.values() if p <= 0.05)
    return (
        f"The model does worst where {told.name}: {called} {elsewhere} ({told.n:,} rows). "
        f"{weak:,} of {len(adjusted):,} segments searched do worse beyond chance."
    )

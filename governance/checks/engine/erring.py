"""Measures how far predicted numbers are off: the body of ``performance.regression``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.checks import charts_curves
from governance.checks.base import JSON, Chart, Check, CheckInput, Evidence
from governance.checks.charts_curves import Point
from governance.checks.engine import figure_chart, intervals, losses, record, samples
from governance.checks.engine.figures import POSITIVE, WHOLE, Figure, Linear, judged, missing
from governance.checks.engine.intervals import Interval
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import printed

_WITHIN = {"mae": POSITIVE, "rmse": POSITIVE, "r2": Interval(-np.inf, 1.0), "bias": WHOLE}
_BINS = 10


def linear(sample: Sample, name: str) -> Linear | str:
    """A regression figure with its parts per row; or why there is none."""
    found = losses.REGRESSION[name](sample.grades, sample.score, sample.weight)
    return "the recorded outcome is the same in every row" if found is None else found


def figures(sample: Sample) -> list[Figure]:
    """Every error with its two intervals."""
    found = []
    for name in losses.REGRESSION:
        one = linear(sample, name)
        if isinstance(one, str):
            found.append(missing(name, one, sample.rows))
        else:
            found.append(one.figure(name, _WITHIN[name]))
    found.insert(3, losses.median_error(sample.grades, sample.score, sample.weight))
    return found


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "regression")
    sample = samples.read(data)
    found, confidence = figures(sample), settled["confidence"]
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= {"task": sample.task, "intervals": judged(found)}
    return Evidence(
        measurements=tuple(one.measurement(confidence) for one in found),
        tables=(figure_chart.table("How far the numbers are off", found, confidence),),
        charts=(_curve(sample, confidence), *_errors(found, confidence)),
        sentence=_sentence(found),
        facts=facts,
    )


def _errors(found: list[Figure], confidence: float) -> list[Chart]:
    sizes = [one for one in found if one.name != "r2"]
    axis = "in the unit of the outcome"
    return figure_chart.rows("Errors", sizes, confidence, axis=axis)


def _curve(sample: Sample, confidence: float) -> Chart:
    """Mean recorded against mean predicted in tenths of the rows, by the prediction."""
    order = np.argsort(sample.score, kind="stable")
    points = [
        _point(sample, part, confidence)
        for part in np.array_split(order, min(_BINS, sample.rows))
        if sample.weight is None or sample.weight[part].sum() > 0
    ]
    first, last = points[0], points[-1]
    return charts_curves.agreement(
        "Recorded against predicted",
        f"Means of {len(points)} bins of rows, from the lowest predictions, with {confidence:.0%} "
        "interval",
        points,
        alt=f"Recorded against predicted: {printed(first.recorded)} where "
        f"{printed(first.predicted)} is predicted, {printed(last.recorded)} where "
        f"{printed(last.predicted)} is.",
        x_title="mean prediction",
        y_title="mean recorded",
        shares=False,
    )


def _point(sample: Sample, part: NDArray[np.intp], confidence: float) -> Point:
    weight = None if sample.weight is None else sample.weight[part]
    recorded = losses.mean(sample.grades[part], weight)
    predicted = losses.mean(sample.score[part], weight).value
    half = intervals.z_of(confidence) * recorded.error
    return Point(predicted, recorded.value, recorded.value - half, recorded.value + half, len(part))


def _sentence(found: list[Figure]) -> str:
    by_name = {one.name: one for one in found}
    mae, bias, r2 = by_name["mae"], by_name["bias"], by_name["r2"]
    tends = "without leaning either way"
    if bias.sure.low > 0 or bias.sure.high < 0:
        way = "much" if bias.known > 0 else "little"
        tends = f"and says too {way} by {printed(abs(bias.known))}"
    explained = "" if r2.value is None else f"; it explains {r2.value:.0%} of the variance"
    return (
        f"The model is off by {printed(mae.known)} on average, 90% interval "
        f"{printed(mae.sure.low)} to {printed(mae.sure.high)}, {tends}{explained} "
        f"({mae.n:,} rows)."
    )

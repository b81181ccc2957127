"""Measures how good the probabilities are: the bodies of ``performance.probabilities`` and
``performance.calibration``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from governance.checks import charts_curves
from governance.checks.base import JSON, Chart, Check, CheckError, CheckInput, Evidence, Table
from governance.checks.charts_curves import Point
from governance.checks.engine import calibration, figure_chart, intervals, losses, record, samples
from governance.checks.engine.calibration import Bins
from governance.checks.engine.figures import POSITIVE, UNIT, Figure, Linear, judged
from governance.checks.engine.intervals import Interval
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import printed

LOSSES = {"log_loss": losses.log_losses, "brier": losses.brier_losses}


def probabilities(sample: Sample) -> Sample:
    """``sample`` once its scores are seen to be probabilities. Raises CheckError."""
    low, high = float(np.min(sample.score, initial=0)), float(np.max(sample.score, initial=0))
    if low < 0 or high > 1:
        raise CheckError(
            f"The scores run from {low:g} to {high:g} and so are no probabilities: "
            "give scores between 0 and 1, or leave this check out."
        )
    if sample.task == "multiclass":
        if sample.score.shape[1] == 0:
            raise CheckError(
                "The model gives classes and no scores: a column score_<class> each is needed."
            )
        off = float(np.abs(sample.score.sum(1) - 1).max())
        if off > 1e-4:
            raise CheckError(
                f"The scores of the classes of a row do not add up to 1 (off by up to {off:.2g}): "
                "give the probabilities of all classes."
            )
    return sample


def linear(sample: Sample, name: str) -> Linear:
    """Log-loss or Brier score with its parts per row."""
    return losses.mean(LOSSES[name](sample.score, sample.codes), sample.weight)


def figures(sample: Sample) -> list[Figure]:
    within = {"log_loss": POSITIVE, "brier": UNIT if sample.task == "binary" else Interval(0, 2)}
    return [linear(sample, name).figure(name, within[name]) for name in LOSSES]


def ignorant(sample: Sample) -> Sample:
    """The same rows, each given the shares of the outcomes in all: what knowing nothing gives."""
    given = np.ones(sample.rows) if sample.weight is None else sample.weight
    size = len(sample.classes)
    shares = np.bincount(sample.codes, weights=given, minlength=size) / given.sum()
    if sample.task == "binary":
        return replace(sample, score=np.full(sample.rows, shares[1]))
    return replace(sample, score=np.tile(shares, (sample.rows, 1)))


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    """Log-loss and Brier score beside those of always giving the base rate."""
    samples.tasks(data, check.id, "binary", "multiclass")
    sample = probabilities(samples.read(data))
    found, confidence = figures(sample), settled["confidence"]
    base = ignorant(sample)
    note = "Of always giving the shares of the outcomes in these rows."
    without = [
        Figure(f"{name}_of_base_rate", linear(base, name).value, sample.rows, note=note)
        for name in LOSSES
    ]
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= {"task": sample.task, "intervals": judged(found)}
    certain = int((losses.log_losses(sample.score, sample.codes) > 36).sum())
    said = (
        f"{certain:,} rows were given probability 0 for what happened; it is taken as 2e-16."
        if certain
        else ""
    )
    every = [*found, *without]
    return Evidence(
        measurements=tuple(one.measurement(confidence) for one in every),
        tables=(figure_chart.table("How good the probabilities are", every, confidence, said),),
        charts=tuple(_charts(found, without, confidence)),
        sentence=_sentence(found, without),
        facts=facts,
    )


def _charts(found: list[Figure], without: list[Figure], confidence: float) -> list[Chart]:
    said = "; ".join(f"base rate {one.value:.3f}" for one in without[:1] if one.value is not None)
    return figure_chart.rows(
        "Loss of the probabilities", found, confidence, axis=f"loss, smaller is better; {said}",
        digits=3,
    )  # fmt: skip


def _sentence(found: list[Figure], without: list[Figure]) -> str:
    (loss, brier), (loss_0, brier_0) = found, without
    better = brier.known < brier_0.known
    return (
        f"The probabilities have a Brier score of {brier.known:.3f}, 90% interval "
        f"{brier.sure.low:.3f} to {brier.sure.high:.3f}, "
        f"{'better' if better else 'no better'} than the {brier_0.known:.3f} of always giving the "
        f"base rate; log-loss {loss.known:.3f} against {loss_0.known:.3f}."
    )


def calibrated(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    """The calibration curve and its figures."""
    samples.tasks(data, check.id, "binary")
    sample = probabilities(samples.read(data))
    label, score, weight = sample.codes, sample.score, sample.weight
    bins = calibration.binned(label, score, weight, settled["bins"])
    error, chance = calibration.ece(bins, seed, sample.rows)
    large = calibration.in_the_large(label, score, weight)
    found = [error, large, *calibration.slope(label, score, weight), chance]
    confidence = settled["confidence"]
    facts = record.facts(check, settled, seed, sample.rows)
    facts |= {
        "intervals": judged(found),
        "bins": {
            "rows": bins.rows.tolist(),
            "predicted": bins.predicted.tolist(),
            "recorded": bins.recorded.tolist(),
        },
    }
    return Evidence(
        measurements=tuple(one.measurement(confidence) for one in found),
        tables=(_bins(bins, confidence), figure_chart.table("Calibration", found, confidence)),
        charts=(_curve(bins, error, chance, confidence),),
        sentence=_told(error, chance, large, found[2]),
        facts=facts,
    )


def _points(bins: Bins, confidence: float) -> list[Point]:
    found = []
    for place, n in enumerate(bins.effective):
        share = float(bins.recorded[place])
        at = intervals.wilson(share * n, float(n), confidence)
        predicted = float(bins.predicted[place])
        found.append(Point(predicted, share, at.low, at.high, int(bins.rows[place])))
    return found


def _bins(bins: Bins, confidence: float) -> Table:
    rows = tuple(
        (one.n, f"{one.predicted:.1%}", f"{one.recorded:.1%}", f"{one.low:.1%} to {one.high:.1%}")
        for one in _points(bins, confidence)
    )
    columns = ("rows", "mean score", "recorded", f"{confidence:.0%} interval")
    return Table("Score against outcome, from the lowest scores to the highest", columns, rows)


def _curve(bins: Bins, error: Figure, chance: Figure, confidence: float) -> Chart:
    points = _points(bins, confidence)
    ends = f"{points[0].predicted:.0%} predicted, {points[0].recorded:.0%} recorded"
    last = f"{points[-1].predicted:.0%} predicted, {points[-1].recorded:.0%} recorded"
    said = f"ECE {error.value:.3f}, {chance.value:.3f} expected by chance"
    return charts_curves.agreement(
        "Calibration",
        f"{len(points)} bins of equal size with {confidence:.0%} interval; {said}",
        points,
        alt=f"Calibration curve from {ends}, to {last}; {said}.",
        x_title="mean score",
        y_title="share favourable",
    )


def _told(error: Figure, chance: Figure, large: Figure, slope: Figure) -> str:
    if large.sure.low <= 0 <= large.sure.high:
        start = "On the whole the outcome is as common as the scores say"
    else:
        more = "commoner" if large.known > 0 else "rarer"
        size = 100 * abs(large.known)
        start = f"The outcome is {size:.1f} points {more} than the scores say"
    extreme = ""
    if slope.at_90 is not None and slope.at_90.high < 1:
        extreme = f"; the scores are too extreme (slope {printed(slope.known)})"
    if slope.at_90 is not None and slope.at_90.low > 1:
        extreme = f"; the scores are too timid (slope {printed(slope.known)})"
    return (
        f"{start}{extreme}; score and outcome differ by {100 * error.known:.1f} points on average "
        f"over the range, where chance alone would give {100 * chance.known:.1f}."
    )

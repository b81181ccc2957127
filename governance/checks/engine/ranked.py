"""Figures of ranking by score: ROC AUC, Gini, PR AUC and KS, for two classes or one against rest.

ROC AUC has DeLong's interval. PR AUC and KS are exact, with the spread of a bootstrap of the score
histogram. Weighted rows: DeLong's components with weights, Poisson bootstrap of the histogram.
Several classes: each class against the rest by its own score, averaged plainly or by size.
Sources: see ``roc`` and ``histogram``; Hand and Till, Machine Learning 45 (2001) 171-186.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import CheckError
from governance.checks.engine import histogram, intervals, roc
from governance.checks.engine.figures import UNIT, Figure, Linear, missing, normal
from governance.checks.engine.intervals import Interval
from governance.checks.engine.record import subseed
from governance.checks.engine.samples import Sample

Floats = NDArray[np.float64]
BINARY = ("roc_auc", "gini", "pr_auc", "ks")
SEVERAL = ("roc_auc", "roc_auc_weighted")


def figures(sample: Sample, seed: int) -> list[Figure]:
    """Every figure of the task with its two intervals."""
    if sample.task == "binary":
        first = auc(sample.codes, sample.score, sample.weight)
        return [first, first.scaled("gini", 2.0, -1.0), *_by_histogram(sample, seed)]
    plain, by_size = several(sample)
    if isinstance(plain, str) or isinstance(by_size, str):
        return [missing(name, str(plain)) for name in SEVERAL]
    return [plain.figure("roc_auc", UNIT), by_size.figure("roc_auc_weighted", UNIT)]


def auc(label: NDArray[np.int8], score: Floats, weight: Floats | None) -> Figure:
    """ROC AUC with DeLong's interval."""
    found = roc.auc(label, score, weight)
    at_90, at_95 = found.interval(0.90), found.interval(0.95)
    return Figure("roc_auc", found.value, len(label), at_90, at_95, found.note)


def linear(sample: Sample) -> Linear | str:
    """The (macro) AUC with its parts, for paired comparisons; or why there is none."""
    if sample.task != "binary":
        return several(sample)[0]
    why = roc.why_not(sample.codes, sample.score, sample.weight)
    return why or roc.linear(sample.codes, sample.score, sample.weight)


def each_class(sample: Sample) -> list[Figure]:
    """The AUC of every class against the rest."""
    _scored(sample)
    return [
        auc((sample.codes == place).astype(np.int8), sample.score[:, place], sample.weight)
        for place in range(len(sample.classes))
    ]


def several(sample: Sample) -> tuple[Linear | str, Linear | str]:
    """The mean over classes of one against the rest: plain, and weighted by class size."""
    _scored(sample)
    sizes, each = [], []
    for place, name in enumerate(sample.classes):
        label, score = (sample.codes == place).astype(np.int8), sample.score[:, place]
        why = roc.why_not(label, score, sample.weight)
        if why:
            return (f"for the class '{name}' {why}",) * 2
        sizes.append(
            float(label.sum() if sample.weight is None else sample.weight[label == 1].sum())
        )
        each.append(roc.linear(label, score, sample.weight))
    return _mean(each, [1.0] * len(each)), _mean(each, sizes)


def _mean(each: Sequence[Linear], sizes: Sequence[float]) -> Linear:
    shares = np.asarray(sizes) / sum(sizes)
    value = float(sum(share * one.value for share, one in zip(shares, each, strict=True)))
    parts = np.zeros(each[0].n)
    for share, one in zip(shares, each, strict=True):
        parts += share * one.parts
    return Linear(value, parts, each[0].n)


def _scored(sample: Sample) -> None:
    if sample.score.ndim != 2 or sample.score.shape[1] == 0:
        raise CheckError(
            "The model gives classes and no scores: one column score_<class> for each is needed."
        )


def _by_histogram(sample: Sample, seed: int) -> list[Figure]:
    """PR AUC and KS: exact values, spread by bootstrap."""
    label, score, weight = sample.codes, sample.score, sample.weight
    why = roc.why_not(label, score, weight)
    if why:
        return [missing(name, why, sample.rows) for name in ("pr_auc", "ks")]
    drawn = histogram.draws(label, score, weight, subseed(seed, "histogram"))
    positives = int(label.sum())
    fewer = min(positives, sample.rows - positives)
    exact = {
        "pr_auc": (roc.average_precision(label, score, weight), histogram.average_precision),
        "ks": (roc.ks(label, score, weight), histogram.ks),
    }
    return [
        spread(name, value, of(drawn), sample.rows, fewer) for name, (value, of) in exact.items()
    ]


def spread(name: str, value: float, draws: Floats, n: int, fewer: int, note: str = "") -> Figure:
    """A normal interval with the draws' standard deviation, which their bias does not shift."""
    sound = draws[np.isfinite(draws)]
    error = float(sound.std(ddof=1)) if len(sound) > 1 else 0.0
    if error > 1e-12:
        return normal(name, value, error, n, UNIT, note)

    def at(confidence: float) -> Interval:
        return intervals.wilson(value * fewer, fewer, confidence)

    return Figure(name, value, n, at(0.90), at(0.95), note)

"""How much better one model is than another, figure by figure, each with its interval.

Above 0 is always better, whichever way the figure runs. On the same rows the comparison is paired:
Newcombe's interval on the joint cells for proportions, a bootstrap of the joint cells for what
depends on the confusion matrix otherwise, differences of parts row by row for the rest. On
different rows variances add up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import JSON, CheckError
from governance.checks.engine import (
    bootstrap,
    classed,
    erring,
    graded,
    intervals,
    probable,
    ranked,
    record,
    roc,
)
from governance.checks.engine.figures import (
    SIGNED,
    WHOLE,
    Figure,
    Linear,
    bootstrapped,
    missing,
    normal,
)
from governance.checks.engine.intervals import Interval
from governance.checks.engine.samples import Sample
from governance.checks.metric_words import SMALLER_IS_BETTER

Floats = NDArray[np.float64]
NAMES: Mapping[str, tuple[str, ...]] = {
    "binary": (
        "roc_auc", "accuracy", "balanced_accuracy", "recall", "specificity", "precision", "f1",
        "log_loss", "brier",
    ),
    "multiclass": ("roc_auc", "accuracy", "balanced_accuracy", "f1_macro", "log_loss", "brier"),
    "regression": ("mae", "rmse", "r2"),
    "ranking": ("ndcg", "concordance"),
}  # fmt: skip
_PROPORTIONS = ("accuracy", "recall", "specificity")
_ROWWISE = ("roc_auc", "log_loss", "brier", "mae", "rmse", "r2", "ndcg", "concordance")


@dataclass(frozen=True)
class Gain:
    """What the first model has, what the second has, and how much better the first is."""

    first: float | None
    second: float | None
    figure: Figure

    def to_json(self) -> JSON:
        one = self.figure
        if one.value is None or one.at_90 is None or one.at_95 is None:
            return {"value": None, "note": one.note}
        made = record.both(one.value, one.n, one.at_90, one.at_95)
        return made | {"first": self.first, "second": self.second}


def linear(sample: Sample, name: str, query: str | None = None) -> Linear | str:
    """Any figure that is a sum over rows to first order; or why there is none."""
    if name == "roc_auc":
        if sample.task == "multiclass" and sample.score.shape[1] == 0:
            return "the model gives no scores of classes"
        return ranked.linear(sample)
    if name in probable.LOSSES:
        try:
            return probable.linear(probable.probabilities(sample), name)
        except CheckError:
            return "the scores are no probabilities"
    if name in graded.NAMES:
        return graded.linear(sample, name, query, None)
    return erring.linear(sample, name)


def paired(
    first: Sample, second: Sample, names: tuple[str, ...], seed: int, query: str | None = None
) -> list[Gain]:
    """The gains of ``first`` over ``second`` on the same rows in the same order."""
    drawn = _Joint(first, second, seed)
    return [
        _rowwise(name, first, second, lambda a, b: a.minus(b).error, query)
        if name in _ROWWISE
        else drawn.gain(name)
        for name in names
    ]


def apart(first: Sample, second: Sample, names: tuple[str, ...], seed: int) -> list[Gain]:
    """The gains of ``first`` over ``second`` on different rows."""
    drawn = _Separate(first, second, seed)

    def gain(name: str) -> Gain:
        if name == "roc_auc" and first.task == "binary":
            return _squared_and_added(first, second)
        if name in _ROWWISE:
            return _rowwise(name, first, second, lambda a, b: math.hypot(a.error, b.error))
        return drawn.gain(name)

    return [gain(name) for name in names]


def _squared_and_added(first: Sample, second: Sample) -> Gain:
    """ROC AUC on different rows: both intervals combined as Newcombe does, which covers better.

    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702.
    """
    a, b = (roc.auc(one.codes, one.score, one.weight) for one in (first, second))
    rows = min(first.rows, second.rows)
    if a.value is None or b.value is None:
        note = a.note or b.note
        return Gain(None, None, Figure("roc_auc", None, rows, note=note))
    value = a.value - b.value

    def at(confidence: float) -> Interval:
        one, other = a.interval(confidence), b.interval(confidence)
        if a.value is None or b.value is None or one is None or other is None:
            return SIGNED
        down = math.hypot(a.value - one.low, other.high - b.value)
        up = math.hypot(one.high - a.value, b.value - other.low)
        return Interval(max(-1.0, value - down), min(1.0, value + up))

    return Gain(a.value, b.value, Figure("roc_auc", value, rows, at(0.90), at(0.95)))


def _rowwise(
    name: str,
    first: Sample,
    second: Sample,
    error: Callable[[Linear, Linear], float],
    query: str | None = None,
) -> Gain:
    a, b = linear(first, name, query), linear(second, name, query)
    if isinstance(a, str) or isinstance(b, str):
        why = a if isinstance(a, str) else str(b)
        return Gain(None, None, missing(name, why, first.rows))
    if min(a.n, b.n) < 2:
        return Gain(None, None, missing(name, "one list only gives no interval", first.rows))
    gain = a.value - b.value
    if name in SMALLER_IS_BETTER:
        gain = -gain
    within = SIGNED if name in ("roc_auc", "ndcg", "concordance") else WHOLE
    rows = min(first.rows, second.rows)
    return Gain(a.value, b.value, normal(name, gain, error(a, b), rows, within))


def _flat(draws: Floats) -> bool:
    """Whether no draw differs from another, so that they give no interval."""
    sound = draws[np.isfinite(draws)]
    return len(sound) == 0 or float(np.ptp(sound)) < 1e-12


class _Joint:
    """Two models' decisions on the same rows, counted by outcome and both decisions."""

    def __init__(self, first: Sample, second: Sample, seed: int) -> None:
        self.first, self.second = first, second
        if not first.classes:
            return
        size = len(first.classes)
        code = (first.codes.astype(np.int64) * size + first.decided) * size + second.decided
        self.seen, place = np.unique(code, return_inverse=True)
        weight = np.ones(first.rows) if first.weight is None else first.weight
        self.sums = bootstrap.totals(place, weight, len(self.seen))
        own = record.subseed(seed, "joint")
        if first.weight is None:
            counts = np.rint(self.sums).astype(np.int64)
            drawn = bootstrap.resampled_counts(counts, own).astype(np.float64)
        else:
            squares = bootstrap.totals(place, weight**2, len(self.seen))
            drawn = bootstrap.resampled_sums(self.sums, squares, own)
        self.values = [self._of(which, self.sums[None, :]) for which in (0, 1)]
        self.draws = [self._of(which, drawn) for which in (0, 1)]

    def _of(self, which: int, joint: Floats) -> Mapping[str, Floats]:
        """The figures of one of the two models for draws of the joint cells."""
        size = len(self.first.classes)
        label, decided = self.seen // size**2, (self.seen // size, self.seen)[which] % size
        cells = np.zeros((len(joint), size * size))
        for column, cell in enumerate(label * size + decided):
            cells[:, cell] += joint[:, column]
        return classed.measured(self.first, cells.reshape(-1, size, size))

    def gain(self, name: str) -> Gain:
        a, b = (float(values[name][0]) for values in self.values)
        if not (math.isfinite(a) and math.isfinite(b)):
            return Gain(None, None, missing(name, "one of the two has nothing to divide by"))
        if self.first.weight is None and name in _PROPORTIONS:
            return Gain(a, b, self._proportion(name, a - b))
        draws = self.draws[0][name] - self.draws[1][name]
        if _flat(draws):
            return Gain(a, b, self._proportion("accuracy", a - b).named(name))
        return Gain(a, b, bootstrapped(name, a - b, draws, self.first.rows, SIGNED))

    def _proportion(self, name: str, value: float) -> Figure:
        """Newcombe's paired interval among the rows the figure is about."""
        label = self.first.codes
        about = {"recall": label == 1, "specificity": label == 0}.get(name, label >= 0)
        one, other = (s.decided[about] == label[about] for s in (self.first, self.second))
        cells = joint_cells(one, other)

        def at(confidence: float) -> Interval:
            return intervals.paired(*cells, confidence)

        return Figure(name, value, int(about.sum()), at(0.90), at(0.95))


def joint_cells(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Rows right by both, by the first alone, by the second alone, by neither."""
    both = int((one & other).sum())
    first, second = int(one.sum()) - both, int(other.sum()) - both
    return both, first, second, len(one) - both - first - second


class _Separate:
    """Two sets of rows, resampled each for itself."""

    def __init__(self, first: Sample, second: Sample, seed: int) -> None:
        self.samples = (first, second)
        if not first.classes:
            return
        self.cells = [classed.cells_of(one) for one in self.samples]
        self.values = [classed.measured(first, cells) for cells in self.cells]
        seeds = (record.subseed(seed, "first"), record.subseed(seed, "second"))
        self.draws = [
            classed.measured(first, classed.draws(one, own))
            for one, own in zip(self.samples, seeds, strict=True)
        ]

    def gain(self, name: str) -> Gain:
        a, b = (float(values[name]) for values in self.values)
        rows = min(one.rows for one in self.samples)
        if not (math.isfinite(a) and math.isfinite(b)):
            return Gain(None, None, missing(name, "one of the two has nothing to divide by"))
        if name == "accuracy" and all(one.weight is None for one in self.samples):
            return Gain(a, b, self._accuracy(a - b))
        draws = self.draws[0][name] - self.draws[1][name]
        if _flat(draws):
            return Gain(a, b, self._accuracy(a - b).named(name))
        return Gain(a, b, bootstrapped(name, a - b, draws, rows, SIGNED))

    def _accuracy(self, value: float) -> Figure:
        right = [float(np.trace(cells)) / float(cells.sum()) for cells in self.cells]
        sizes = [one.effective for one in self.samples]

        def at(confidence: float) -> Interval:
            (a, b), (m, n) = right, sizes
            return intervals.newcombe(a * m, m, b * n, n, confidence)

        rows = min(one.rows for one in self.samples)
        return Figure("accuracy", value, rows, at(0.90), at(0.95))

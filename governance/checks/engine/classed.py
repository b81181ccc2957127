"""Figures of decisions, for two classes or more, weighted or not, with their intervals.

Binary, unweighted: Wilson; for F1 Wilson on its share TP / (TP + FP + FN), of which F1 is an
increasing function; for balanced accuracy Newcombe's square-and-add. Several classes: multinomial
bootstrap of the confusion matrix. Weighted rows: Wilson on the effective number of rows for
shares of rows, Poisson bootstrap on the cells' sums for the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import bootstrap, confusion, intervals
from governance.checks.engine.figures import Figure, bootstrapped, missing, proportion
from governance.checks.engine.intervals import Interval
from governance.checks.engine.record import subseed
from governance.checks.engine.samples import Sample

Floats = NDArray[np.float64]
_SHARES = ("accuracy", "recall", "specificity", "precision")


def names(sample: Sample) -> tuple[str, ...]:
    return confusion.BINARY if sample.task == "binary" else confusion.SEVERAL


def cells_of(sample: Sample) -> Floats:
    """The confusion matrix as numbers: counts, or sums of weights."""
    size = len(sample.classes)
    if sample.weight is None:
        return confusion.matrix(sample.codes, sample.decided, size).astype(np.float64)
    return confusion.weighted(sample.codes, sample.decided, size, sample.weight)[0]


def measured(sample: Sample, cells: Floats) -> Mapping[str, Floats]:
    """The figures of one confusion matrix, or of many draws of it."""
    of = confusion.binary if sample.task == "binary" else confusion.several
    return of(cells)


def draws(sample: Sample, seed: int) -> Floats:
    """Bootstrap draws of the confusion matrix, shape (replicates, K, K)."""
    size = len(sample.classes)
    own = subseed(seed, "confusion")
    if sample.weight is None:
        counts = confusion.matrix(sample.codes, sample.decided, size)
        drawn = bootstrap.resampled_counts(counts.ravel(), own).astype(np.float64)
    else:
        sums, squares = confusion.weighted(sample.codes, sample.decided, size, sample.weight)
        drawn = bootstrap.resampled_sums(sums.ravel(), squares.ravel(), own)
    return drawn.reshape(-1, size, size)


def figures(sample: Sample, seed: int) -> list[Figure]:
    """Every figure of the task with its two intervals."""
    cells = cells_of(sample)
    if sample.task == "binary" and sample.weight is None:
        return [binary_figure(name, cells) for name in confusion.BINARY]
    values, drawn = measured(sample, cells), measured(sample, draws(sample, seed))
    fewest = _fewest(sample)
    found = []
    for name in names(sample):
        value = float(values[name])
        if not math.isfinite(value):
            found.append(missing(name, confusion.why_not(name, cells, sample.classes)))
        elif name in (_SHARES if sample.task == "binary" else _SHARES[:1]):
            found.append(_share(name, sample))
        else:
            found.append(bootstrapped(name, value, drawn[name], sample.rows, fewest=fewest))
    return found


def _share(name: str, sample: Sample) -> Figure:
    """A share of rows, weighted or not, with Wilson's interval on the effective number of rows.

    That number is Kish's, or less where weights and outcome go together and linearisation says so.
    """
    size = len(sample.classes)
    given = np.ones(sample.rows) if sample.weight is None else sample.weight
    sums, squares = confusion.weighted(sample.codes, sample.decided, size, given)
    right = np.eye(size, dtype=bool)
    about = {
        "accuracy": np.ones((size, size), dtype=bool),
        "recall": np.arange(size)[:, None] == 1,
        "specificity": np.arange(size)[:, None] == 0,
        "precision": np.arange(size)[None, :] == 1,
    }[name] & np.ones((size, size), dtype=bool)
    mass, hits = float(sums[about].sum()), float(sums[about & right].sum())
    share = hits / mass
    effective = mass**2 / float(squares[about].sum())
    inside, outside = squares[about & right].sum(), squares[about & ~right].sum()
    spread = float(inside * (1 - share) ** 2 + outside * share**2) / mass**2
    if spread > 0 and 0 < share < 1:
        effective = min(effective, share * (1 - share) / spread)
    rows = int(np.isin(sample.codes * size + sample.decided, np.flatnonzero(about)).sum())
    return proportion(name, share * effective, effective, rows)


def _fewest(sample: Sample) -> float:
    """The smallest recorded class, in effective rows: the width where draws show none."""
    counts = np.bincount(sample.codes, minlength=len(sample.classes))
    return float(counts[counts > 0].min()) * sample.effective / sample.rows


def binary_figure(name: str, cells: Floats) -> Figure:
    """One figure of a 2x2 table of counts."""
    (negative, false), (missed, hit) = cells.tolist()
    if name == "balanced_accuracy":
        return _balanced(hit, hit + missed, negative, negative + false)
    if name == "f1":
        return _f1(hit, hit + false + missed)
    count, n = {
        "accuracy": (hit + negative, cells.sum()),
        "recall": (hit, hit + missed),
        "specificity": (negative, negative + false),
        "precision": (hit, hit + false),
    }[name]
    if n == 0:
        return missing(name, confusion.why_not(name, cells, ("", "")))
    return proportion(name, count, float(n))


def _f1(hit: float, rows: float) -> Figure:
    """F1 = 2J / (1 + J), where J is the share of hits among rows favourable either way."""
    if rows == 0:
        return missing("f1", "no row is favourable, neither recorded nor predicted")

    def of(share: float) -> float:
        return 2 * share / (1 + share)

    def at(confidence: float) -> Interval:
        found = intervals.wilson(hit, rows, confidence)
        return Interval(of(found.low), of(found.high))

    return Figure("f1", of(hit / rows), int(rows), at(0.90), at(0.95))


def _balanced(hit: float, positives: float, rejected: float, negatives: float) -> Figure:
    fewer = min(positives, negatives)
    if fewer == 0:
        return missing("balanced_accuracy", "only one outcome is recorded")
    recall, specificity = hit / positives, rejected / negatives
    value = (recall + specificity) / 2

    def at(level: float) -> Interval:
        a = intervals.wilson(hit, positives, level)
        b = intervals.wilson(rejected, negatives, level)
        down = math.hypot(recall - a.low, specificity - b.low) / 2
        up = math.hypot(a.high - recall, b.high - specificity) / 2
        return Interval(max(0.0, value - down), min(1.0, value + up))

    return Figure("balanced_accuracy", value, int(fewer), at(0.90), at(0.95))

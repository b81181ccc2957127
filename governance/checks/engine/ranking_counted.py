"""What ranking needs of the rows, and the way to it from a counts file: 1,024 bins of the score.

The AUC of bins differs from that of rows by less than the share of pairs that lie in one bin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from governance.checks.base import CheckInput, Measurement
from governance.checks.engine import bootstrap, counted, groups, histogram, ranked, reading, roc
from governance.checks.engine.counted import BINNED, Ints
from governance.checks.engine.figures import Figure, missing
from governance.checks.engine.record import subseed


@dataclass(frozen=True)
class Part:
    """The AUC of some of the rows: a group of people, or a class against the rest."""

    column: str
    name: str
    rows: int
    auc: Figure

    @property
    def title(self) -> str:
        return f"{self.column}: {self.name}"


@dataclass(frozen=True)
class Ranked:
    """Figures of all rows and of parts of them. ``curve``: (false-, true-positive rate)."""

    task: str
    rows: int
    positives: int
    figures: list[Figure]
    parts: list[Part]
    prevalence: Measurement | None
    curve: Sequence[tuple[float, float]]


def read(data: CheckInput, floor: int, seed: int) -> Ranked:
    """Everything from a counts file. Raises CheckError."""
    (bins,) = counted.histograms(data).values()
    rows, positives = int(bins.sum()), int(bins[1].sum())
    first = _auc(bins)
    figures = [first, first.scaled("gini", 2.0, -1.0), *_spread(bins, first, seed)]
    return Ranked(
        task="binary",
        rows=rows,
        positives=positives,
        figures=figures,
        parts=[part for column in data.sensitive for part in _parts(data, column, floor)],
        prevalence=prevalence(positives / rows, rows),
        curve=_curve(bins) if first.value is not None else (),
    )


def prevalence(share: float, rows: int) -> Measurement:
    note = "Share of favourable outcomes: the PR AUC of a model that knows nothing."
    return Measurement("prevalence", share, n=rows, note=note)


def _auc(bins: Ints) -> Figure:
    found = roc.of_bins(bins)
    at_90, at_95 = found.interval(0.90), found.interval(0.95)
    return Figure("roc_auc", found.value, int(bins.sum()), at_90, at_95, found.note or BINNED)


def _spread(bins: Ints, first: Figure, seed: int) -> list[Figure]:
    """PR AUC and KS, with the spread of a bootstrap of the bins."""
    rows = int(bins.sum())
    if first.value is None:
        why = first.note.removeprefix("Not computable: ").rstrip(".")
        return [missing(name, why, rows) for name in ("pr_auc", "ks")]
    used = bins[:, bins.sum(0) > 0]
    drawn = bootstrap.resampled_counts(used.ravel(), subseed(seed, "histogram"))
    draws = drawn.reshape(-1, *used.shape).astype(np.float64)
    fewer = int(bins.sum(1).min())
    return [
        ranked.spread(name, float(of(used)), of(draws), rows, fewer, BINNED)
        for name, of in (("pr_auc", histogram.average_precision), ("ks", histogram.ks))
    ]


def _curve(bins: Ints) -> list[tuple[float, float]]:
    """The ROC curve through every eighth bin, from the highest scores."""
    y, x = (np.append(0, np.cumsum(one[::-1])) / one.sum() for one in (bins[1], bins[0]))
    return [(round(float(a), 5), round(float(b), 5)) for a, b in zip(x[::8], y[::8], strict=True)]


def _parts(data: CheckInput, column: str, floor: int) -> list[Part]:
    """The groups of a column, the largest first."""
    named: dict[str, Ints] = {}
    for (value,), bins in counted.histograms(data, [column]).items():
        name = reading.group_name(value, column, data)
        named[name] = named.get(name, np.zeros_like(bins)) + bins
    found = []
    for name, bins in sorted(named.items(), key=lambda item: (-int(item[1].sum()), item[0])):
        rows = int(bins.sum())
        if rows < floor:
            note = f"Not assessed: fewer than {floor} rows."
            one = Figure("roc_auc", None, rows if rows >= groups.FEW else 0, note=note)
        else:
            one = _auc(bins)
        found.append(Part(column, name, rows, one))
    return found

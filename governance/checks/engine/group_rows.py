"""The rows of each group as arrays, for figures that are no function of a few counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import JSON, CheckInput
from governance.checks.engine import groups, samples
from governance.checks.engine.group_estimates import GroupEstimate
from governance.checks.engine.group_rates import FEW, Floor

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The rows of one group in an order of their own, so that the order given never matters."""

    group: str
    label: Floats
    score: Floats
    weight: Floats | None

    @property
    def n(self) -> int:
        return len(self.label)

    @property
    def given(self) -> Floats:
        """The weights, 1 each when there are none."""
        return np.ones(self.n) if self.weight is None else self.weight

    @property
    def effective(self) -> float:
        """Kish's effective number of rows; the rows themselves without weights."""
        if self.weight is None:
            return float(self.n)
        squares = float(np.square(self.weight).sum())
        return float(self.weight.sum()) ** 2 / squares if squares > 0 else 0.0


def by_group(data: CheckInput, columns: tuple[str, ...]) -> list[Rows]:
    """Label and score of every group, the largest first. Raises CheckError."""
    if data.task in ("regression", "ranking"):
        sample = samples.read(data, columns)
        made = {"label": sample.grades, "prediction": sample.score, "score": sample.score}
        weight = {} if sample.weight is None else {"weight": sample.weight}
        source = pl.DataFrame(made | weight).hstack(sample.frame)
    else:
        source = groups.outcomes(data, columns)
    labelled = groups.labelled(source, columns, data).drop("prediction")
    kept = [name for name in ("score", "label", "weight") if name in labelled.columns]
    found = []
    for part in labelled.partition_by("group", maintain_order=False):
        ordered = part.select(pl.col(kept).cast(pl.Float64)).sort(kept)
        weight_of = ordered.get_column("weight").to_numpy() if "weight" in kept else None
        label, score = (ordered.get_column(name).to_numpy() for name in ("label", "score"))
        found.append(Rows(str(part.get_column("group")[0]), label, score, weight_of))
    return sorted(found, key=lambda rows: (-rows.n, rows.group))


def mean(values: Floats, rows: Rows) -> tuple[float, float]:
    """The (weighted) mean and its standard error, linearised where rows are weighted."""
    given = rows.given
    whole = float(given.sum())
    middle = float((given * values).sum()) / whole
    spread = float(np.square(given * (values - middle)).sum())
    return middle, float(np.sqrt(spread * rows.n / max(1, rows.n - 1))) / whole


def median(values: Floats, rows: Rows) -> tuple[float, float]:
    """The (weighted) median, and an error from its distribution-free interval (order statistics).

    Source: Hettmansperger and Sheather, Statistics and Probability Letters 4 (1986).
    """
    order = np.argsort(values, kind="stable")
    ordered, given = values[order], rows.given[order]
    below = (np.cumsum(given) - given / 2) / given.sum()
    half = 1.959964 / (2 * np.sqrt(rows.effective))
    low, middle, high = np.interp([0.5 - half, 0.5, 0.5 + half], below, ordered)
    return float(middle), float(high - low) / (2 * 1.959964)


def assess(rows: Rows, floor: Floor, total: int) -> str:
    """Why a group is too small for a figure of all its rows; empty if it is not."""
    return floor.why_not(rows.n, rows.effective + 1e-9, total)


def published(one: GroupEstimate) -> JSON:
    """A group's estimate as the evidence keeps it; tiny groups without their numbers."""
    few = one.shown < FEW or not one.assessed
    found: JSON = {
        "group": one.group,
        "value": None if few else one.value,
        "error": None if few else one.error,
        "n": None if one.shown < FEW else one.n,
        "scale": one.scale,
        "assessed": one.assessed,
        "why": one.why,
    }
    if one.rows is not None:
        found["rows"] = None if few else one.rows
    return found


def not_assessed(rows: Rows, why: str) -> GroupEstimate:
    return GroupEstimate(rows.group, 0.0, 0.0, float(rows.n), assessed=False, why=why)


def named(settled: JSON, data: CheckInput) -> tuple[tuple[str, ...], str]:
    """The attribute's columns and what they are called together."""
    columns = groups.attribute_columns(data, settled["attribute"])
    return columns, " × ".join(columns)


def reference_of(found: list[Rows], title: str, reference: object) -> str | None:
    """The declared reference, when the data have it. Raises CheckError."""
    names: Mapping[str, int] = {rows.group: rows.n for rows in found}
    return groups.known_reference(title, names, reference)

"""Turns controls into the columns of a regression: numbers as they are, categories as 0 or 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import CheckError
from governance.checks.engine import reading, regression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """Columns of the regression: intercept, one for each group but the reference, controls."""

    names: tuple[str, ...]
    values: Floats
    groups: tuple[str, ...]

    def without_controls(self) -> tuple[tuple[str, ...], Floats]:
        kept = 1 + len(self.groups)
        return self.names[:kept], self.values[:, :kept]


def complete(source: pl.DataFrame, controls: Sequence[str]) -> pl.Series:
    """Whether every control of a row is filled."""
    filled = [
        pl.col(one).is_not_null() & pl.col(one).cast(pl.Float64).is_finite()
        if source.schema[one].is_numeric()
        else pl.col(one).is_not_null()
        for one in controls
    ]
    return source.select(pl.all_horizontal(filled).alias("kept")).get_column("kept")


def built(source: pl.DataFrame, groups: Sequence[str], controls: Sequence[str]) -> Design:
    """The design of ``source`` (column ``group``), ``groups`` without the reference.

    Raises CheckError when a control is constant or a combination of others.
    """
    names, columns = ["(intercept)"], [np.ones(source.height)]
    belongs = source.get_column("group")
    for group in groups:
        names.append(group)
        columns.append((belongs == group).cast(pl.Float64).to_numpy())
    owner = [""] * len(names)
    for control in controls:
        for name, values in _columns(source.get_column(control)):
            names.append(name)
            owner.append(control)
            columns.append(values)
    values = np.column_stack(columns)
    found = regression.dependent(values)
    if found is not None and owner[found]:
        raise CheckError(
            f"The control '{owner[found]}' is constant, or follows from the groups and the other "
            "controls: leave it out."
        )
    if found is not None:
        raise CheckError(f"The group '{names[found]}' has no rows of its own once controls are in.")
    if source.height <= values.shape[1] + 1:
        raise CheckError(
            f"There are {source.height:,} complete rows for {values.shape[1]} coefficients: "
            "name fewer controls."
        )
    return Design(tuple(names), values, tuple(groups))


def _columns(values: pl.Series) -> list[tuple[str, Floats]]:
    """The columns of one control; of categories the commonest is what others are held against."""
    if values.dtype.is_numeric():
        return [(values.name, values.cast(pl.Float64).to_numpy())]
    texts = values.cast(pl.String) if values.dtype != pl.Boolean else values.cast(pl.Int8).cast(
        pl.String
    )  # fmt: skip
    found = texts.value_counts().sort(["count", texts.name], descending=[True, False])
    names = found.get_column(texts.name).to_list()
    if len(names) > reading.MOST_GROUPS:
        raise CheckError(
            f"The control '{values.name}' has {len(names):,} different texts "
            f"(at most {reading.MOST_GROUPS}): put it into bands first."
        )
    return [
        (f"{values.name}: {name}", (texts == name).cast(pl.Float64).to_numpy())
        for name in names[1:]
    ]

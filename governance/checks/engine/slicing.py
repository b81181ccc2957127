"""Cuts rows into segments: bands of numbers, commonest values of texts, and pairs of both."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.engine import reading
from governance.checks.engine.bootstrap import totals
from governance.checks.engine.shortfall import Segment
from governance.checks.metric_words import printed

Floats = NDArray[np.float64]
BANDS = 4
_MOST_VALUES = 8
_OTHER = "another value"


@dataclass(frozen=True)
class Cut:
    """One column cut into parts: the part of every row, and each part in words."""

    column: str
    codes: NDArray[np.int64]
    parts: tuple[str, ...]


def cut(values: pl.Series, column: str, spoken: str) -> Cut:
    """Quartile bands of a number with many values; else its values, the rare ones together."""
    if values.dtype.is_float():
        values = values.fill_nan(None)
    if values.dtype.is_numeric() and values.n_unique() > _MOST_VALUES:
        return _bands(values, column, spoken)
    counts = values.value_counts(name="rows", sort=True)
    named = [(reading.as_text(value), rows) for value, rows in counts.iter_rows()]
    kept = [name for name, _ in sorted(named, key=lambda one: (-one[1], one[0]))][:_MOST_VALUES]
    places = {name: place for place, name in enumerate(kept)}
    distinct = counts.get_column(values.name).to_list()
    new = [places.get(reading.as_text(value), len(kept)) for value in distinct]
    codes = values.replace_strict(distinct, new, return_dtype=pl.Int64).to_numpy()
    return Cut(column, codes, tuple(f"{spoken} is {name}" for name in (*kept, _OTHER)))


def _bands(values: pl.Series, column: str, spoken: str) -> Cut:
    whole, values = values.dtype.is_integer(), values.cast(pl.Float64)
    held = values.drop_nulls().to_numpy()
    steps = np.unique(np.quantile(held, np.arange(1, BANDS) / BANDS, method="higher"))
    steps = steps[steps > held.min()]
    codes = np.searchsorted(steps, values.fill_null(held.min()).to_numpy(), side="right")
    codes = np.where(values.is_null().to_numpy(), len(steps) + 1, codes)
    ends = [f"{step:,.0f}" if whole else printed(float(step)) for step in steps]
    names = [f"{spoken} is under {ends[0]}"] if ends else [f"{spoken} is anything"]
    names += [f"{spoken} is {a} to {b}" for a, b in pairwise(ends)]
    if ends:
        names.append(f"{spoken} is {ends[-1]} or more")
    return Cut(column, codes.astype(np.int64), (*names, f"{spoken} is {reading.MISSING}"))


def search(
    cuts: list[Cut], loss: Floats, weight: Floats | None, floor: int, depth: int
) -> list[Segment]:
    """Every segment of one column, or of two crossed, with enough rows inside and outside."""
    shares = weight is None and bool(np.isin(loss, (0.0, 1.0)).all())
    found = []
    crossed = list(combinations(cuts, 2)) if depth > 1 else []
    for one in cuts:
        found += _segments(one.codes, list(one.parts), loss, weight, floor, shares)
    for a, b in crossed:
        names = [f"{first} and {second}" for first in a.parts for second in b.parts]
        found += _segments(a.codes * len(b.parts) + b.codes, names, loss, weight, floor, shares)
    return found


def _segments(
    codes: NDArray[np.int64],
    names: list[str],
    loss: Floats,
    weight: Floats | None,
    floor: int,
    shares: bool,
) -> list[Segment]:
    size, n = len(names), len(codes)
    rows = np.bincount(codes, minlength=size)
    given = np.ones(n) if weight is None else weight
    mass = totals(codes, given, size)
    total = totals(codes, given * loss, size)
    errors = None if shares else _errors(codes, loss, given, size)
    found = []
    for place in np.flatnonzero((rows >= floor) & (n - rows >= floor) & (mass > 0)):
        others = mass.sum() - mass[place]
        if others <= 0:
            continue
        found.append(
            Segment(
                name=names[place],
                n=int(rows[place]),
                loss=float(total[place] / mass[place]),
                others=int(n - rows[place]),
                rest=float((total.sum() - total[place]) / others),
                error=None if errors is None else float(errors[place]),
            )
        )
    return found


def _errors(codes: NDArray[np.int64], loss: Floats, given: Floats, size: int) -> Floats:
    """The standard error of each segment's mean loss minus that of the rest."""
    mass = totals(codes, given, size)
    first = totals(codes, given**2, size)
    second = totals(codes, given**2 * loss, size)
    third = totals(codes, given**2 * loss**2, size)
    total = totals(codes, given * loss, size)

    def variance(m: Floats, t: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = t / m
            return np.asarray(np.maximum(0.0, c - 2 * mean * b + mean**2 * a) / m**2)

    here = variance(mass, total, first, second, third)
    rest = variance(*(all_.sum() - all_ for all_ in (mass, total, first, second, third)))
    return np.asarray(np.sqrt(here + rest))

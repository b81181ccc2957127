"""Rows of each column in the bins of a stored profile, counted on any engine.

A profile has ``kind`` number with inner ``edges`` (an edge starts a bin), or category with the
``values`` that have a bin of their own. Only plain sums of conditions, so that nothing depends on
the order of rows; numbers are compared as 64-bit floats everywhere, and NaN is missing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

_REFUSE_TO_ROUND = (nw.Implementation.PYARROW, nw.Implementation.PANDAS, nw.Implementation.DASK)
_HALF = 2**32
_BOOLEAN = {"1": True, "0": False}
Profile = Mapping[str, Any]


def counted(native: Any, profiles: Mapping[str, Profile]) -> dict[str, list[int]]:
    """For every column its bins, then other values, then missing ones. One pass over the rows."""
    if not profiles:
        return {}
    source = nw.from_native(native).lazy()
    kinds = source.collect_schema()
    halved = source.implementation in _REFUSE_TO_ROUND
    sums = [nw.len().alias("rows")]
    for place, (name, profile) in enumerate(profiles.items()):
        conditions = _conditions(nw.col(name), kinds[name], profile, halved)
        sums += [_number_of(one).alias(f"{place}:{at}") for at, one in enumerate(conditions)]
    row = source.select(*sums).collect().rows(named=True)[0]
    found = {}
    for place, (name, profile) in enumerate(profiles.items()):
        size = 1 + len(_marks(profile))
        counts = [int(row[f"{place}:{at}"] or 0) for at in range(size)]
        found[name] = _placed(profile, int(row["rows"]), counts)
    return found


def _marks(profile: Profile) -> Sequence[Any]:
    marks: Sequence[Any] = profile["edges" if profile["kind"] == "number" else "values"]
    return marks


def _conditions(column: nw.Expr, dtype: Any, profile: Profile, halved: bool) -> list[nw.Expr]:
    """First whether there is a value at all, then one condition an edge or category."""
    if profile["kind"] == "number":
        value = _halved(column) if halved and dtype == nw.Int64 else column.cast(nw.Float64)
        return [value <= math.inf, *(value < float(edge) for edge in profile["edges"])]
    given = ~column.is_null()
    return [given, *(_is(column, dtype, str(value)) & given for value in profile["values"])]


def _halved(column: nw.Expr) -> nw.Expr:
    """The nearest 64-bit float of whole numbers, for Arrow, which refuses to round those beyond
    2^53 where the other engines do so unasked: each half is exact, and their sum rounds once."""
    high = column // _HALF
    return high.cast(nw.Float64) * float(_HALF) + (column - high * _HALF).cast(nw.Float64)


def _is(column: nw.Expr, dtype: Any, value: str) -> nw.Expr:
    """Whether the text of ``column`` is ``value``; booleans are spelt 1 and 0."""
    if dtype == nw.Boolean:
        return column == _BOOLEAN[value] if value in _BOOLEAN else column.is_null()
    same = column.cast(nw.String) == value
    if dtype == nw.Object and value in _BOOLEAN:  # pandas keeps booleans with gaps as objects
        return same | (column == _BOOLEAN[value])
    return same


def _number_of(condition: nw.Expr) -> nw.Expr:
    """Rows for which it holds, as a whole number: not every engine adds up booleans."""
    return condition.fill_null(False).cast(nw.Int64).sum()


def _placed(profile: Profile, rows: int, counts: Sequence[int]) -> list[int]:
    present, counts = counts[0], counts[1:]
    if profile["kind"] == "category":
        return [*counts, present - sum(counts), rows - present]
    below = [0, *counts, present]
    bins = [high - low for low, high in itertools.pairwise(below)]
    return [*bins, 0, rows - present]

"""The legitimate factor by which rows are put into strata: categories, or bands of a number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from governance.checks.base import CheckError
from governance.checks.engine import reading

MOST_STRATA = 400


def columns_of(by: object, attribute: Sequence[str]) -> tuple[str, ...]:
    """The columns of ``by``. Raises CheckError when it is missing or is the attribute itself."""
    if by is None:
        raise CheckError(
            "Say with 'by' which legitimate factor to compare within, such as a credit history."
        )
    columns = (by,) if isinstance(by, str) else tuple(by)  # type: ignore[arg-type]
    both = [column for column in columns if column in attribute]
    if both:
        raise CheckError(
            f"'{both[0]}' is both compared and held alike: take it out of 'by' or of 'attribute'."
        )
    return tuple(dict.fromkeys(columns))


def strata(source: pl.DataFrame, columns: Sequence[str], bands: int) -> pl.Series:
    """The stratum of every row, as text. Raises CheckError for too many of them."""
    parts = [
        _banded(source.get_column(column), bands).alias(str(place))
        for place, column in enumerate(columns)
    ]
    found = pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" × ")).to_series()
    if found.n_unique() > MOST_STRATA:
        raise CheckError(
            f"'by' makes {found.n_unique():,} strata (at most {MOST_STRATA}): "
            "name fewer columns or take fewer bands."
        )
    return found.alias("stratum")


def _banded(values: pl.Series, bands: int) -> pl.Series:
    """Categories as they are; a number with many values as bands that hold alike many rows."""
    if values.dtype.is_float():
        values = values.fill_nan(None)
    distinct = values.unique().sort().to_list()
    if len(distinct) <= max(bands, 10) or not values.dtype.is_numeric():
        if len(distinct) > reading.MOST_GROUPS:
            raise CheckError(
                f"The column '{values.name}' has {len(distinct):,} different texts, too many to "
                f"compare within (at most {reading.MOST_GROUPS}): put it into bands first."
            )
        new = [reading.as_text(value) for value in distinct]
        return values.replace_strict(distinct, new, return_dtype=pl.String)
    numbers = values.cast(pl.Float64)
    known = numbers.drop_nulls().sort()
    places = [(known.len() * band) // bands for band in range(1, bands)]
    edges = sorted({float(known[place]) for place in places} - {float(known[0])})
    ends = [float(known[0]), *edges, float(known[-1])]
    names = [
        f"{low} to {'below ' if place < len(edges) else ''}{high}"
        for place, (low, high) in enumerate(pairwise(_said(ends)))
    ]
    place = pl.lit(0)
    for edge in edges:
        place = place + (pl.col("x") >= edge).cast(pl.Int32)
    found = pl.DataFrame({"x": numbers}).select(
        pl.when(pl.col("x").is_null()).then(-1).otherwise(place).alias("place")
    )
    return found.get_column("place").replace_strict(
        [-1, *range(len(names))], [reading.MISSING, *names], return_dtype=pl.String
    )


def _said(ends: list[float]) -> list[str]:
    """The ends of bands with as few digits as keep different ones apart."""
    for digits in (4, 6, 9):
        said = [f"{end:,.{digits}g}" if abs(end) < 1e4 else f"{end:,.0f}" for end in ends]
        if len(set(said)) == len(set(ends)):
            return said
    return [repr(end) for end in ends]

"""Makes altered copies of rows for a model to score: noise, gaps, swaps, unit errors, grids. Pure.

``made(rows, columns, features, seed)`` gives frames by name; whoever runs the model scores each in
the same child and hands the scores to the checks as ``CheckInput.probes`` under the same names,
with ``described`` as ``case["probes"]``. The same rows, declaration and seed give the same frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import JSON, CheckError
from governance.checks.engine.record import subseed

Ints = NDArray[np.int64]
AGAIN = "again"
_MOST_COLUMNS = 12
_FEW = 10


@dataclass(frozen=True)
class Amounts:
    """How much: rows altered, noise in standard deviations, share emptied, rows and points of a
    grid, and the factor of a unit error where the schema declares none (0: then no such copy)."""

    rows: int = 2000
    noise: float = 0.05
    missing: float = 0.05
    grid_rows: int = 200
    grid_points: int = 15
    unit_factor: float = 0.0


@dataclass(frozen=True)
class Made:
    """The altered frames by name, each with the features only, and what was done, as JSON."""

    frames: dict[str, pl.DataFrame]
    described: JSON


def made(
    rows: pl.DataFrame,
    columns: Sequence[Mapping[str, Any]],
    features: Sequence[str],
    seed: int,
    amounts: Amounts | None = None,
) -> Made:
    """Altered copies of a sample of ``rows``. ``columns`` is the declared schema (``case``)."""
    amounts = amounts or Amounts()
    missing = [name for name in features if name not in rows.columns]
    if missing or not features:
        raise CheckError(f"There is nothing to alter: no column {', '.join(missing) or 'at all'}.")
    declared = {str(one.get("name")): one for one in columns}
    sample = _sample(rows.height, amounts.rows, subseed(seed, "sample"))
    base = rows.select(list(features))[sample]
    frames = {AGAIN: base}
    told: dict[str, JSON] = {AGAIN: _told("again", "", "The same rows a second time.")}
    for name, one, frame in [
        *_noisy(base, declared, amounts, seed),
        *_emptied(base, declared, amounts, seed),
        *_swapped(base, rows, seed),
        *_mistaken(base, declared, amounts),
    ]:
        frames[name], told[name] = frame, one
    grids: dict[str, JSON] = {}
    for name in features:
        direction = declared.get(name, {}).get("monotone")
        if direction:
            grid, one = _grid(rows, sample, list(features), name, str(direction), amounts)
            frames[f"grid:{name}"], grids[f"grid:{name}"] = grid, one
    described = {"seed": seed, "sample": sample.tolist(), "made": told, "grids": grids}
    return Made(frames, described)


def _told(kind: str, column: str, sentence: str) -> JSON:
    return {"kind": kind, "column": column, "sentence": sentence}


def _sample(height: int, most: int, seed: int) -> Ints:
    """Places of at most ``most`` rows, in order."""
    if height <= most:
        return np.arange(height)
    return np.sort(np.random.default_rng(seed).choice(height, most, replace=False))


def _is_continuous(column: pl.Series) -> bool:
    return column.dtype.is_numeric() and column.n_unique() > _FEW


_Copies = list[tuple[str, JSON, pl.DataFrame]]


def _noisy(base: pl.DataFrame, declared: Mapping[str, Any], amounts: Amounts, seed: int) -> _Copies:
    """Every continuous number moved by normal noise, within its declared range."""
    changed = []
    for column in base:
        if not _is_continuous(column):
            continue
        clean = column.cast(pl.Float64).fill_nan(None)
        spread = float(clean.std() or 0.0)  # type: ignore[arg-type]
        rng = np.random.default_rng(subseed(seed, "noise", column.name))
        moved = clean + pl.Series(rng.normal(size=base.height) * spread * amounts.noise)
        one = declared.get(column.name, {})
        moved = moved.clip(one.get("minimum"), one.get("maximum"))
        moved = moved.round(0) if column.dtype.is_integer() else moved
        changed.append(moved.cast(column.dtype).alias(column.name))
    if not changed:
        return []
    said = f"Numbers moved by noise of {amounts.noise:.0%} of their standard deviation."
    return [("noise", _told("noise", "", said), base.with_columns(changed))]


def _emptied(
    base: pl.DataFrame, declared: Mapping[str, Any], amounts: Amounts, seed: int
) -> _Copies:
    """Values emptied at random, in columns that may be empty."""
    changed = []
    for column in base:
        if declared.get(column.name, {}).get("nullable") is False:
            continue
        rng = np.random.default_rng(subseed(seed, "missing", column.name))
        keep = pl.Series(rng.random(base.height) >= amounts.missing)
        kept = pl.DataFrame({"value": column, "keep": keep})
        changed.append(
            kept.select(pl.when("keep").then("value").alias(column.name)).get_column(column.name)
        )
    if not changed:
        return []
    said = f"{amounts.missing:.0%} of values emptied at random."
    return [("missing", _told("missing", "", said), base.with_columns(changed))]


def _swapped(base: pl.DataFrame, rows: pl.DataFrame, seed: int) -> _Copies:
    """Every row with another category of one column, drawn as often as the others occur."""
    found: _Copies = []
    for column in base:
        categories = rows.get_column(column.name).drop_nulls()
        if _is_continuous(column) or not 2 <= categories.n_unique() <= 50:
            continue
        if len(found) == _MOST_COLUMNS:
            break
        counts = categories.value_counts().sort(column.name)
        values, weights = counts.get_column(column.name), counts.get_column("count").to_numpy()
        rng = np.random.default_rng(subseed(seed, "swap", column.name))
        place = {value: at for at, value in enumerate(values.to_list())}
        given = np.array([place.get(value, -1) for value in column.to_list()])
        other = np.zeros(base.height, dtype=np.int64)
        for at in np.unique(given):
            chance = np.where(np.arange(len(weights)) == at, 0, weights).astype(float)
            mine = given == at
            other[mine] = rng.choice(len(weights), int(mine.sum()), p=chance / chance.sum())
        said = f"Every row with another value of {column.name}."
        swapped = base.with_columns(values.gather(other).alias(column.name))
        found.append((f"swap:{column.name}", _told("swap", column.name, said), swapped))
    return found


def _mistaken(base: pl.DataFrame, declared: Mapping[str, Any], amounts: Amounts) -> _Copies:
    """One continuous number at a time in the wrong unit."""
    found: _Copies = []
    for column in base:
        factor = float(declared.get(column.name, {}).get("unit_factor") or amounts.unit_factor)
        if not factor or not _is_continuous(column):
            continue
        if len(found) == _MOST_COLUMNS:
            break
        wrong = column.cast(pl.Float64) * factor
        wrong = wrong.round(0) if column.dtype.is_integer() else wrong
        said = f"{column.name} times {factor:g}, as if given in another unit."
        told = _told("unit", column.name, said)
        altered = base.with_columns(wrong.cast(column.dtype, strict=False).alias(column.name))
        found.append((f"unit:{column.name}", told, altered))
    return found


def _grid(
    rows: pl.DataFrame,
    sample: Ints,
    features: list[str],
    name: str,
    direction: str,
    amounts: Amounts,
) -> tuple[pl.DataFrame, JSON]:
    """The first rows of the sample at every point of ``name``: all rows at the first, and so on."""
    if direction not in ("increasing", "decreasing"):
        raise CheckError(f"'{name}' must be declared increasing or decreasing, not {direction!r}.")
    column = rows.get_column(name)
    if not column.dtype.is_numeric():
        raise CheckError(f"'{name}' is declared {direction} and is no number.")
    clean = column.cast(pl.Float64).fill_nan(None).drop_nulls().to_numpy()
    if not len(clean):
        raise CheckError(f"'{name}' is declared {direction} and has no values.")
    levels = np.linspace(0.01, 0.99, amounts.grid_points)
    points = np.unique(np.quantile(clean, levels, method="inverted_cdf"))
    step = max(1, len(sample) // amounts.grid_rows)
    few = sample[::step][: amounts.grid_rows]
    base = rows.select(features)[few]
    parts = [
        base.with_columns(pl.lit(float(point)).cast(column.dtype).alias(name)) for point in points
    ]
    told = {"column": name, "direction": direction, "points": points.tolist(), "rows": few.tolist()}
    return pl.concat(parts), told

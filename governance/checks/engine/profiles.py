"""The reference in bins, kept so that drift needs its rows only once; see ``case.Profile``.

Numbers are cut at the deciles of the reference (values of its own, so ties stay together); a
value that fills a whole bin gets one to itself. A column of few values has one bin for each and
one for each gap between them, so that a value never seen before shows.
How rows are counted in them stands in ``governance.counting.columns``: the same integers on any
engine.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import JSON, CheckError
from governance.checks.engine import reading
from governance.counting import columns

Ints = NDArray[np.int64]
FEW_VALUES = 12
MOST_CATEGORIES = 30
MISSING, OTHER = "(missing)", "(other)"


def kind_of(dtype: pl.DataType) -> str:
    """``number``, ``category``, or empty for types whose drift means nothing (times, lists)."""
    if dtype.is_numeric():
        return "number"
    if dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum):
        return "category"
    return ""


def made(frame: pl.LazyFrame, kinds: Mapping[str, str], bins: int = 10) -> dict[str, JSON]:
    """The profile of every column of ``kinds``, one column in memory at a time."""
    found = {}
    for name, kind in kinds.items():
        column = frame.select(pl.col(name)).collect().get_column(name)
        found[name] = _numbers(column, bins) if kind == "number" else _categories(column)
    return found


def _numbers(column: pl.Series, bins: int) -> JSON:
    values = column.cast(pl.Float64).fill_nan(None).drop_nulls().sort().to_numpy()
    few = _few(values)
    edges = _edges(values, bins) if few is None else _around(few)
    below = [0, *np.searchsorted(values, edges, side="left").tolist(), len(values)]
    made: JSON = {
        "kind": "number",
        "edges": edges,
        "counts": np.diff(below).tolist(),
        "missing": column.len() - len(values),
    }
    return made if few is None else made | {"names": _names_around(few)}


def _few(ordered: NDArray[np.float64]) -> list[float] | None:
    """The different values when there are few of them."""
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if not len(ordered) or len(starts) >= FEW_VALUES:
        return None
    return [float(ordered[0]), *(float(one) for one in ordered[starts])]


def _around(values: Sequence[float]) -> list[float]:
    """An edge at each value and one right above it."""
    return sorted({edge for one in values for edge in (one, float(np.nextafter(one, np.inf)))})


def _names_around(values: Sequence[float]) -> list[str]:
    texts = [reading.as_text(value) for value in values]
    between = [f"{a} to {b}" for a, b in itertools.pairwise(texts)]
    pairs = [name for pair in zip(texts, between, strict=False) for name in pair]
    return [f"below {texts[0]}", *pairs, texts[-1], f"above {texts[-1]}"]


def _edges(ordered: NDArray[np.float64], bins: int) -> list[float]:
    """Inner edges: an edge starts a bin, so the least value is none."""
    if not len(ordered):
        return []
    places = np.ceil(np.arange(1, bins) / bins * len(ordered)).astype(int) - 1
    cuts = ordered[places]
    edges = set(cuts.tolist())
    for value in {float(a) for a, b in itertools.pairwise(cuts) if a == b}:
        after = int(np.searchsorted(ordered, value, side="right"))
        if after < len(ordered):
            edges.add(float(ordered[after]))
    return sorted(edges - {float(ordered[0])})


def _categories(column: pl.Series) -> JSON:
    counts = _text_counts(column)
    missing = counts.pop(None, 0)
    order = sorted(counts, key=lambda name: (-counts[name], str(name)))
    kept = order[:MOST_CATEGORIES]
    return {
        "kind": "category",
        "values": kept,
        "counts": [counts[name] for name in kept],
        "other": sum(counts[name] for name in order[MOST_CATEGORIES:]),
        "missing": missing,
    }


def _text_counts(column: pl.Series) -> dict[str | None, int]:
    counts: dict[str | None, int] = {}
    for value, count in column.value_counts().iter_rows():
        name = None if value is None else reading.as_text(value)
        counts[name] = counts.get(name, 0) + int(count)
    return counts


def counted(frame: pl.LazyFrame, profiles: Mapping[str, JSON]) -> dict[str, Ints]:
    """Rows of ``frame`` in the bins of ``profiles``: the bins, then other, then missing."""
    found = columns.counted(frame, profiles)
    return {name: np.array(bins, dtype=np.int64) for name, bins in found.items()}


def reference_counts(profile: JSON) -> Ints:
    """The reference's own rows in the same order as ``counted``."""
    return np.array(
        [*profile["counts"], profile.get("other", 0), profile.get("missing", 0)], dtype=np.int64
    )


def bin_names(profile: JSON) -> list[str]:
    """What people read below the bars."""
    if profile["kind"] == "category":
        names = [str(value) for value in profile["values"]]
    elif len(profile.get("names", ())) == len(profile["counts"]):
        names = [str(name) for name in profile["names"]]
    else:
        edges = [f"{edge:.4g}" for edge in profile["edges"]]
        names = [f"{a} to {b}" for a, b in itertools.pairwise(edges)]
        names = [f"below {edges[0]}", *names, f"from {edges[-1]}"] if edges else ["all values"]
    return [*names, OTHER, MISSING]


def marks(profile: JSON) -> list[Any]:
    """What tells its bins apart: edges, or categories."""
    return [profile["kind"], *profile["edges" if profile["kind"] == "number" else "values"]]


def problem(name: str, profile: Any) -> str:
    """What is wrong with a stored profile, as a sentence; empty when it is sound."""
    if not isinstance(profile, Mapping) or profile.get("kind") not in ("number", "category"):
        return f"The stored profile of '{name}' must say its kind: number or category."
    counts = profile.get("counts")
    extra = [profile.get("other", 0), profile.get("missing", 0)]
    if not isinstance(counts, list) or not all(_is_count(one) for one in [*counts, *extra]):
        return f"The stored profile of '{name}' must list whole, non-negative counts."
    if profile["kind"] == "category":
        if len(profile.get("values", ())) != len(counts):
            return f"The stored profile of '{name}' has not one count for each category."
        return ""
    edges = profile.get("edges")
    if not isinstance(edges, list) or len(edges) + 1 != len(counts):
        return f"The stored profile of '{name}' needs one count more than it has edges."
    if not _rises(edges):
        return f"The stored edges of '{name}' must be finite numbers that rise."
    return ""


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _rises(edges: Sequence[Any]) -> bool:
    numbers = all(isinstance(e, (int, float)) and not isinstance(e, bool) for e in edges)
    return numbers and bool(np.all(np.isfinite(edges))) and bool(np.all(np.diff(edges) > 0))


def sound(profiles: Mapping[str, Any], name: str) -> JSON:
    """The stored profile of ``name``. Raises CheckError when it cannot be used."""
    wrong = problem(name, profiles[name])
    if wrong:
        raise CheckError(wrong)
    return dict(profiles[name])

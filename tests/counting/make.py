"""Tables to be counted, and a count of them in plain Python to hold the engines against."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

PROFILES = {
    "income": {"kind": "number", "edges": [-1.0, 0.0, 0.5]},
    "small": {"kind": "number", "edges": [0.1, 0.25, float(np.float32(0.3)), 0.9]},
    "visits": {"kind": "number", "edges": [1.0, 2.0, 3.0]},
    "race": {"kind": "category", "values": ["white", "black"]},
    "abroad": {"kind": "category", "values": ["1", "0"]},
}


AWKWARD = ("race", "Race", "code", "since")


def make_awkward() -> pl.DataFrame:
    """Texts that engines like to take for something else, columns that differ in capitals alone."""
    texts = ["", "NA", "None", "null", "nan", "01", "1", "yes", "no", "true", " ", None] * 3
    since = pl.Series(texts, dtype=pl.String).is_null()
    return pl.DataFrame(
        {
            "race": texts,
            "Race": texts[1:] + texts[:1],
            "code": [None if one is None else f"0{at % 3}" for at, one in enumerate(texts)],
            "since": pl.Series([None if one else "2026-05-01" for one in since]).str.to_date(),
            "outcome": [at % 2 for at in range(36)],
            "decision": [at % 3 // 2 for at in range(36)],
        }
    )


def make_table(n: int = 800, seed: int = 1) -> pa.Table:
    """Every type that is hard: gaps, NaN, infinity, booleans, 32-bit floats, numbers as groups."""
    rng = np.random.default_rng(seed)

    def gaps(values: Any, share: float) -> list[Any]:
        return [None if rng.random() < share else one for one in values.tolist()]

    income = rng.normal(size=n)
    income[rng.random(n) < 0.05] = np.nan
    income[rng.random(n) < 0.05] = np.inf
    return pa.table(
        {
            "race": pa.array(gaps(rng.choice(["white", "black", "other"], n), 0.05), pa.string()),
            "band": pa.array(gaps(rng.integers(0, 3, n), 0.05), pa.int64()),
            "abroad": pa.array(gaps(rng.random(n) < 0.4, 0.1), pa.bool_()),
            "outcome": pa.array(rng.choice(["yes", "no"], n)),
            "decision": pa.array(rng.choice(["yes", "no"], n)),
            "score": pa.array(np.where(rng.random(n) < 0.05, 1.0, rng.random(n))),
            "weight": pa.array(rng.random(n) * 3),
            "income": pa.array(income),
            "small": pa.array(rng.random(n).astype(np.float32)),
            "visits": pa.array(gaps(rng.integers(0, 5, n), 0.1), pa.int64()),
        }
    )


def naive(rows: list[dict[str, Any]], sensitive: tuple[str, ...]) -> dict[str, Any]:
    """Cells by group and scores by group, label and bin, one row after the other."""
    cells: Counter[Any] = Counter()
    scores: Counter[Any] = Counter()
    for row in rows:
        key = tuple(_text(row[name]) for name in sensitive)
        label, decision = int(row["outcome"] == "yes"), int(row["decision"] == "yes")
        cells[key, label, decision] += 1
        scores[key, label, min(1023, math.floor(row["score"] * 1024))] += 1
    return {"cells": cells, "scores": scores}


def of_counts(counts: Any) -> dict[str, Any]:
    """The same shape out of ``Counts``."""
    cells: Counter[Any] = Counter()
    scores: Counter[Any] = Counter()
    for key, group in counts.groups.items():
        one = group.cells
        cells[key, 1, 1] = one.true_positives
        cells[key, 0, 1] = one.false_positives
        cells[key, 1, 0] = one.positives - one.true_positives
        cells[key, 0, 0] = one.negatives - one.false_positives
        for label, bins in enumerate(group.scores):
            for at, n in bins.items():
                scores[key, label, at] = n
    return {"cells": +cells, "scores": scores}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None else str(value)

"""Data sets with a reference and a training set beside them, for the checks that compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from governance.checks.base import CheckInput

COLUMNS = [
    {"name": "income", "type": "number", "known_at": "before", "minimum": 0},
    {"name": "debt", "type": "number", "known_at": "before"},
    {"name": "region", "type": "text", "known_at": "before", "categories": ["n", "s", "w"]},
    {"name": "race", "type": "text", "categories": ["white", "not white"]},
    {"name": "approved", "type": "integer", "minimum": 0, "maximum": 1, "nullable": False},
]


def make_frame(n: int = 1000, seed: int = 1, *, shift: float = 0.0) -> pl.DataFrame:
    """``n`` applicants; ``shift`` moves incomes by so many standard deviations."""
    rng = np.random.default_rng(seed)
    merit = rng.normal(size=n)
    return pl.DataFrame(
        {
            "income": np.exp(merit / 2 + shift / 2) * 50,
            "debt": rng.normal(size=n),
            "region": rng.choice(["n", "s", "w"], size=n, p=[0.5, 0.3, 0.2]),
            "race": rng.choice(["white", "not white"], size=n, p=[0.7, 0.3]),
            "approved": (merit + rng.normal(size=n) > -0.8).astype(int),
        }
    )


def make_compared(
    folder: Path,
    current: pl.DataFrame,
    reference: pl.DataFrame | None = None,
    training: pl.DataFrame | None = None,
    **more: Any,
) -> CheckInput:
    """The frames as Parquet files in their roles."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Any] = {}
    frames = {"data": current, "reference": reference, "training": training}
    for role, frame in frames.items():
        if frame is not None:
            paths[role] = folder / f"{role}.parquet"
            frame.write_parquet(paths[role])
    more.setdefault("features", ("income", "debt", "region"))
    more.setdefault("sensitive", ("race",))
    more.setdefault("label", "approved")
    return CheckInput(**paths, **more)

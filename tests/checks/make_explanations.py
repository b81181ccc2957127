"""Explained rows of a linear scorer, whose Shapley values are known: w (x - mean of x)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from governance.checks.base import CheckInput
from tests.checks.make import make_input

WEIGHTS = {"income": 0.12, "debt": -0.08, "history": 0.05, "noise": 0.01, "race_code": -0.03}
NAMES = {"income": "Income", "debt": "Debt ratio", "history": "Credit history", "noise": "Noise",
         "race_code": "Race"}  # fmt: skip
SCHEMA = [
    {"name": "income", "monotone": "increasing"},
    {"name": "debt", "monotone": "decreasing"},
    {"name": "race_code", "derived_from": ["race"]},
]


def make_linear(
    folder: Path,
    n: int = 400,
    *,
    seed: int = 0,
    link: str = "identity",
    order: Sequence[int] | None = None,
    weights: Mapping[str, float] | None = None,
    **more: Any,
) -> CheckInput:
    """``n`` applicants, all explained. The last two in ten are not white; they earn less."""
    rng = np.random.default_rng(seed)
    given = dict(weights or WEIGHTS)
    race = np.array(["white"] * (n - n // 5) + ["not white"] * (n // 5))
    columns = {name: rng.normal(size=n) for name in given}
    if "race_code" in columns:
        columns["race_code"] = (race == "not white").astype(float)
    columns["income"] = columns["income"] - 0.5 * (race == "not white")
    parts = {name: w * (columns[name] - columns[name].mean()) for name, w in given.items()}
    output = 0.6 + sum(parts.values())
    score = output if link == "identity" else 1 / (1 + np.exp(-output))
    frame = pl.DataFrame({**columns, "race": race, "approved": rng.integers(0, 2, n)})
    kept = np.arange(n) if order is None else np.asarray(order)
    folder.mkdir(parents=True, exist_ok=True)
    told = {"base_value": 0.6, "additivity_error": 0.0, "method": "exact", "rows": n, "link": link}
    (folder / "explanations.json").write_text(json.dumps(told))
    explained = pl.DataFrame({"row": np.arange(n), **{k: v[kept] for k, v in parts.items()}})
    explained.write_ipc(folder / "explanations.arrow")
    more.setdefault("sensitive", ("race",))
    more.setdefault("feature_names", {k: v for k, v in NAMES.items() if k in given})
    more.setdefault("case", {"schema": SCHEMA})
    return make_input(
        folder, frame[kept], prediction=(score[kept] > 0.5).astype(int), score=score[kept],
        features=tuple(given), explanations=folder / "explanations.arrow",
        explanation_facts=folder / "explanations.json", **more,
    )  # fmt: skip


def renamed(data: CheckInput, folder: Path, names: Mapping[str, str]) -> CheckInput:
    """The same rows with other names of columns."""
    folder.mkdir(parents=True, exist_ok=True)
    pl.read_parquet(data.data).rename(dict(names)).write_parquet(folder / "data.parquet")
    assert data.explanations is not None
    found = pl.read_ipc(data.explanations)
    kept = {old: new for old, new in names.items() if old in found.columns}
    found.rename(kept).write_ipc(folder / "explanations.arrow")
    return replace(
        data,
        data=folder / "data.parquet",
        explanations=folder / "explanations.arrow",
        features=tuple(names.get(name, name) for name in data.features),
    )


def told(data: CheckInput, **facts: Any) -> CheckInput:
    """``data`` with other words about its explanations."""
    assert data.explanation_facts is not None
    known = json.loads(data.explanation_facts.read_text()) | facts
    data.explanation_facts.write_text(json.dumps(known))
    return data

"""Small data sets for the checks: rows of applicants with a race, a label and a decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from governance.checks.base import CheckInput


def make_input(
    folder: Path,
    frame: pl.DataFrame,
    *,
    prediction: Sequence[int] | pl.Series,
    score: Sequence[float] | pl.Series | None = None,
    label: str = "approved",
    sensitive: tuple[str, ...] = ("race",),
    **more: Any,
) -> CheckInput:
    """``frame`` written as Parquet with a scores file beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "data.parquet")
    decided = pl.Series("prediction", list(prediction), dtype=pl.Int8)
    given = decided.cast(pl.Float64) if score is None else pl.Series(list(score), dtype=pl.Float64)
    scores = pl.DataFrame({"row": np.arange(frame.height), "score": given, "prediction": decided})
    scores.write_ipc(folder / "scores.arrow")
    return CheckInput(
        data=folder / "data.parquet",
        label=label,
        sensitive=sensitive,
        scores=folder / "scores.arrow",
        **more,
    )


def make_selected(folder: Path, groups: dict[str, tuple[int, int]], **more: Any) -> CheckInput:
    """(selected, n) per group; the label agrees with the decision."""
    race = [name for name, (_, n) in groups.items() for _ in range(n)]
    chosen = [int(place < k) for k, n in groups.values() for place in range(n)]
    frame = pl.DataFrame({"race": race, "approved": chosen})
    return make_input(folder, frame, prediction=chosen, **more)


def make_people(folder: Path, n: int = 400, seed: int = 3, **more: Any) -> CheckInput:
    """``n`` applicants of two races and sexes, with scores that know something."""
    rng = np.random.default_rng(seed)
    merit = rng.normal(size=n)
    label = (merit + rng.normal(size=n) > -0.8).astype(int)
    score = 1 / (1 + np.exp(-(merit + 0.8)))
    frame = pl.DataFrame(
        {
            "race": rng.choice(["white", "not white"], size=n, p=[0.7, 0.3]),
            "sex": rng.choice(["female", "male"], size=n),
            "income": merit * 20 + 50,
            "debt": rng.normal(size=n),
            "approved": label,
        }
    )
    more.setdefault("sensitive", ("race", "sex"))
    return make_input(folder, frame, prediction=(score > 0.5).astype(int), score=score, **more)


def make_explained(folder: Path, contributions: dict[str, Sequence[float]]) -> CheckInput:
    """People with given contributions of features, one list per feature."""
    rows = len(next(iter(contributions.values())))
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {name: rng.normal(size=rows) for name in contributions} | {"approved": [0, 1] * (rows // 2)}
    )
    data = make_input(
        folder, frame, prediction=[1] * rows, score=rng.random(rows), sensitive=(),
        features=tuple(contributions), explanations=folder / "explanations.arrow",
        explanation_facts=folder / "explanations.json",
    )  # fmt: skip
    given = pl.DataFrame({"row": np.arange(rows), **contributions})
    given.write_ipc(folder / "explanations.arrow")
    facts = {"rows": rows, "base_value": 0.5, "additivity_error": 1e-16, "method": "made"}
    (folder / "explanations.json").write_text(json.dumps(facts))
    return data

"""Small data sets for the other tasks, and for comparisons: classes, numbers, lists, champions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from governance.checks.base import CheckInput
from tests.checks.make import make_people


def written(
    folder: Path, frame: pl.DataFrame, scores: dict[str, Any], *, label: str, **more: Any
) -> CheckInput:
    """``frame`` as Parquet and ``scores`` beside it, as the child writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "data.parquet")
    rows = {"row": np.arange(frame.height, dtype=np.int64)}
    pl.DataFrame(rows | scores).write_ipc(folder / "scores.arrow")
    return CheckInput(
        data=folder / "data.parquet", label=label, scores=folder / "scores.arrow", **more
    )


def make_classes(folder: Path, n: int = 600, seed: int = 4, **more: Any) -> CheckInput:
    """Claims sorted into three kinds by a model that is often right."""
    rng = np.random.default_rng(seed)
    names = np.array(["fire", "theft", "water"])
    code = rng.choice(3, n, p=[0.2, 0.3, 0.5])
    raw = rng.random((n, 3)) + 0.8 * np.eye(3)[code]
    share = raw / raw.sum(1, keepdims=True)
    frame = pl.DataFrame({"kind": names[code], "amount": rng.normal(size=n), "w": rng.random(n)})
    scores = {"prediction": names[share.argmax(1)]}
    scores |= {f"score_{name}": share[:, place] for place, name in enumerate(names)}
    more.setdefault("features", ("amount",))
    return written(folder, frame, scores, label="kind", task="multiclass", **more)


def make_numbers(folder: Path, n: int = 500, seed: int = 5, **more: Any) -> CheckInput:
    """House prices, and a model that misses those of old houses."""
    rng = np.random.default_rng(seed)
    age, size = rng.integers(0, 100, n), rng.normal(100, 20, n)
    price = 3 * size + rng.normal(0, 10, n)
    off = rng.normal(0, 8, n) + np.where(age > 75, rng.normal(0, 60, n), 0)
    frame = pl.DataFrame({"age": age, "size": size, "price": price, "w": rng.random(n)})
    more.setdefault("features", ("age", "size"))
    scores = {"score": price + off, "prediction": price + off}
    return written(folder, frame, scores, label="price", task="regression", **more)


def make_lists(folder: Path, queries: int = 40, seed: int = 6, **more: Any) -> CheckInput:
    """Search results with grades 0 to 3, ten a query."""
    rng = np.random.default_rng(seed)
    n = queries * 10
    grade = rng.integers(0, 4, n)
    frame = pl.DataFrame({"query": np.repeat(np.arange(queries), 10), "grade": grade})
    score = grade + rng.normal(0, 1.5, n)
    scores = {"score": score, "prediction": score}
    return written(folder, frame, scores, label="grade", task="ranking", **more)


def with_weights(data: CheckInput, weight: Any, name: str = "w") -> CheckInput:
    """The same rows with a weight column."""
    frame = pl.read_parquet(data.data)
    frame.with_columns(pl.Series(name, weight)).write_parquet(data.data)
    return replace(data, weight=name)


def with_champion(data: CheckInput, noise: float = 0.5, seed: int = 8) -> CheckInput:
    """A champion that ranks like the candidate, but with noise."""
    rng = np.random.default_rng(seed)
    scores = pl.read_ipc(data.scores)
    score = scores["score"].to_numpy()
    if data.task == "binary":
        logit = np.log((score + 1e-9) / (1 - score + 1e-9)) + noise * rng.normal(size=len(score))
        other = 1 / (1 + np.exp(-logit))
        made = scores.with_columns(score=other, prediction=(other > 0.5).astype(np.int8))
    else:
        other = score + noise * score.std() * rng.normal(size=len(score))
        made = scores.with_columns(score=other, prediction=other)
    path = data.data.parent / "champion.arrow"
    made.write_ipc(path)
    return replace(data, champion_scores=path)


def with_training(folder: Path, data: CheckInput, n: int = 800) -> CheckInput:
    """Training rows of the same people, scored too well."""
    train = make_people(folder / "training", n=n, seed=77)
    label = pl.read_parquet(train.data)["approved"].to_numpy()
    scores = pl.read_ipc(train.scores)
    score = np.clip(scores["score"].to_numpy() * 0.7 + 0.3 * label, 0, 1)
    if data.weight:
        pl.read_parquet(train.data).with_columns(w=pl.lit(1.0)).write_parquet(train.data)
    scores.with_columns(score=score, prediction=(score > 0.5).astype(np.int8)).write_ipc(
        folder / "training" / "better.arrow"
    )
    better = folder / "training" / "better.arrow"
    return replace(data, training=train.data, training_scores=better)

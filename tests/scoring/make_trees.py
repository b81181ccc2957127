"""Small boosted trees of both libraries, for every task, and the files they are saved in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import polars as pl
import xgboost

FEATURES = ["income", "debt", "age"]
CLASSES = ("fire", "theft", "water")


def make_rows(path: Path, n: int = 300, seed: int = 0) -> pl.DataFrame:
    """Rows with gaps in ``debt``, and an outcome for every task; written to ``path``."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3)).round(3)
    merit = 1.5 * values[:, 0] - values[:, 1]
    values[::9, 1] = np.nan
    frame = pl.DataFrame(
        {name: values[:, place] for place, name in enumerate(FEATURES)}
        | {
            "binary": (merit + rng.normal(size=n) > 0).astype(int),
            "multiclass": np.digitize(merit + rng.normal(size=n), [-1.0, 1.0]),
            "regression": merit + rng.normal(size=n),
            "ranking": np.digitize(merit, [-1.0, 0.5, 1.5]),
        }
    )
    frame.write_parquet(path)
    return frame


XGBOOST = {
    "binary": {"objective": "binary:logistic"},
    "multiclass": {"objective": "multi:softprob", "num_class": 3},
    "regression": {"objective": "reg:squarederror"},
    "ranking": {"objective": "rank:ndcg"},
}
LIGHTGBM = {
    "binary": {"objective": "binary"},
    "multiclass": {"objective": "multiclass", "num_class": 3},
    "regression": {"objective": "regression"},
    "ranking": {"objective": "lambdarank"},
}


def make_xgboost(
    path: Path, frame: pl.DataFrame, task: str = "binary", *, named: bool = True, **more: Any
) -> xgboost.Booster:
    data = xgboost.DMatrix(
        frame.select(FEATURES).to_numpy(),
        label=frame[task].to_numpy(),
        feature_names=FEATURES if named else None,
    )
    if task == "ranking":
        data.set_group([frame.height // 10] * 10)
    settings = {"max_depth": 3, "nthread": 1, **XGBOOST[task], **more}
    model = xgboost.train(settings, data, num_boost_round=8)
    model.save_model(path)
    return model


def make_lightgbm(
    path: Path, frame: pl.DataFrame, task: str = "binary", *, named: bool = True, **more: Any
) -> lightgbm.Booster:
    data = lightgbm.Dataset(
        frame.select(FEATURES).to_numpy(),
        label=frame[task].to_numpy(),
        feature_name=FEATURES if named else "auto",
        group=[frame.height // 10] * 10 if task == "ranking" else None,
    )
    settings = {"num_leaves": 7, "verbose": -1, "num_threads": 1, **LIGHTGBM[task], **more}
    model = lightgbm.train(settings, data, num_boost_round=8)
    model.save_model(str(path))
    return model


def edited(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The XGBoost JSON in ``path`` with ``change`` made to it."""
    whole = json.loads(path.read_text())
    change(whole)
    path.write_text(json.dumps(whole))
    return path


def trees_of(whole: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = whole["learner"]["gradient_booster"]["model"]["trees"]
    return found

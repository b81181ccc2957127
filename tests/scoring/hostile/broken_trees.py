"""Boosted trees that are none: out of range, in circles, without end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.scoring import corrupt
from tests.scoring.hostile.cases import Hostile, Make, written
from tests.scoring.make_trees import edited, make_lightgbm, make_rows, make_xgboost, trees_of


def _xgboost(change: Callable[[dict[str, Any]], None]) -> Make:
    def make(path: Path) -> None:
        make_xgboost(path, make_rows(path.with_suffix(".parquet")))
        edited(path, change)

    return make


def _lightgbm(pattern: str, new: str) -> Make:
    def make(path: Path) -> None:
        make_lightgbm(path, make_rows(path.with_suffix(".parquet")))
        path.write_text(re.sub(pattern, new, path.read_text(), count=1))

    return make


def _not_a_number(whole: dict[str, Any]) -> None:
    trees_of(whole)[0]["split_conditions"][0] = float("nan")


def _many_trees(whole: dict[str, Any]) -> None:
    whole["learner"]["gradient_booster"]["model"]["gbtree_model_param"]["num_trees"] = "2000000000"


def _many_features(whole: dict[str, Any]) -> None:
    whole["learner"]["learner_model_param"]["num_feature"] = "2000000000"


_SPOILT: Final = {
    corrupt.loop: "leads back to its root",
    corrupt.ring: "on two ways",
    corrupt.beyond: "points to node 9,000",
    corrupt.feature: "beyond the model's 3",
    corrupt.short: "values and not",
    corrupt.orphan: "does not lead to",
    corrupt.nodes: "999,999,999 nodes",
    _not_a_number: "NaN, which is no number",
    _many_trees: "no count",
    _many_features: "no count",
}
_TEXT: Final = (
    ("a loop", r"left_child=\S+", "left_child=0", "leads back to its root"),
    ("a child out of range", r"left_child=\S+", "left_child=5000", "neither one of its splits"),
    ("a leaf out of range", r"left_child=\S+", "left_child=-99", "neither one of its splits"),
    ("a feature out of range", r"split_feature=\S+", "split_feature=3", "beyond the model's 3"),
    ("a threshold of NaN", r"threshold=\S+", "threshold=nan", "not finite"),
    ("a thousand million leaves", r"num_leaves=\d+", "num_leaves=999999999", "leaves"),
    ("endless classes", r"num_class=1", "num_class=999999999", "trees a round"),
    ("a category's bits", r"decision_type=\d+", "decision_type=1", "categories"),
)
CASES: Final = (
    *(
        Hostile(f"XGBoost: {change.__name__.strip('_')}", "xgboost-json", _xgboost(change), says)
        for change, says in _SPOILT.items()
    ),
    Hostile("XGBoost: nested without end", "xgboost-json", written(b"[" * 200_000),
            "not XGBoost JSON"),
    Hostile("XGBoost: a number of a million digits", "xgboost-json",
            written(b'{"learner": ' + b"9" * 1_000_000 + b"}"), "not XGBoost JSON"),
    Hostile("XGBoost: another tree's name twice", "xgboost-json",
            written(json.dumps({"learner": {}})[:-1].encode() + b', "learner": 3}'), "missing"),
    *(
        Hostile(f"LightGBM: {name}", "lightgbm-text", _lightgbm(pattern, new), says)
        for name, pattern, new, says in _TEXT
    ),
)  # fmt: skip

"""Answers of trees do not depend on how many threads share the rows out."""

from __future__ import annotations

import numpy as np
import pytest

from governance.scoring import lightgbm_model, xgboost_model
from governance.scoring.answers import Asked
from governance.scoring.lightgbm_model import LightgbmModel
from governance.scoring.xgboost_model import XgboostModel
from tests.scoring.make_trees import FEATURES, make_lightgbm, make_rows, make_xgboost

KINDS = {
    "xgboost": (xgboost_model, XgboostModel, make_xgboost),
    "lightgbm": (lightgbm_model, LightgbmModel, make_lightgbm),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_two_threads_answer_bit_by_bit_as_one_does(tmp_path, monkeypatch, task, kind):
    module, opened, make = KINDS[kind]
    frame = make_rows(tmp_path / "rows.parquet", n=20_000)
    path = tmp_path / "m.json"
    make(path, frame, task)
    columns = {name: frame[name].to_numpy() for name in FEATURES}
    found = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(module, "_THREADS", threads)
        said = opened(path, Asked(task, tuple(FEATURES))).answers(columns)
        found.append(said.shares if task == "multiclass" else said.score)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])

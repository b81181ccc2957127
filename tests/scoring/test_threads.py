"""Answers of trees do not depend on how many threads share the rows out."""

from __future__ import annotations

import numpy as np
import pytest

from governance.scoring import xgboost_model
from governance.scoring.answers import Asked
from governance.scoring.xgboost_model import XgboostModel
from tests.scoring.make_trees import FEATURES, make_rows, make_xgboost


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_two_threads_answer_bit_by_bit_as_one_does(tmp_path, monkeypatch, task):
    frame = make_rows(tmp_path / "rows.parquet", n=20_000)
    make_xgboost(tmp_path / "m.json", frame, task)
    columns = {name: frame[name].to_numpy() for name in FEATURES}
    found = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(xgboost_model, "_THREADS", threads)
        model = XgboostModel(tmp_path / "m.json", Asked(task, tuple(FEATURES)))
        said = model.answers(columns)
        found.append(said.shares if task == "multiclass" else said.score)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])

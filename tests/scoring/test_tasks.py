"""ONNX and predictions of every task: the columns that the checks read."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from governance.checks.base import CheckInput
from governance.checks.engine import samples
from governance.scoring.launch import Explain, ScoringError, score
from tests.scoring.make_trees import CLASSES, FEATURES, make_rows


@pytest.fixture
def frame(tmp_path):
    rows = make_rows(tmp_path / "rows.parquet").fill_nan(0.0)
    named = rows.with_columns(
        kind=pl.col("multiclass").replace_strict(dict(enumerate(CLASSES)), return_dtype=pl.String)
    )
    named.write_parquet(tmp_path / "rows.parquet")
    return named


def make_onnx(path, estimator, frame, label, **options):
    features = frame.select(FEATURES).to_numpy().astype(np.float32)
    model = estimator.fit(features, frame[label].to_numpy())
    kept = to_onnx(model, features[:1], options={id(model): options} if options else None)
    path.write_bytes(kept.SerializeToString())
    return model


def run(tmp_path, **more):
    given = {"format": "onnx", "features": FEATURES, "workdir": tmp_path / "work"} | more
    files = {"m.onnx": tmp_path / "m.onnx"} if given["format"] == "onnx" else {}
    return score(files, data=tmp_path / "rows.parquet", **given)


@pytest.mark.parametrize("zipmap", [True, False])
@pytest.mark.parametrize(
    "estimator", [LogisticRegression(), RandomForestClassifier(n_estimators=5, random_state=0)]
)
def test_a_classifier_of_many_classes_names_its_columns(tmp_path, frame, estimator, zipmap):
    model = make_onnx(tmp_path / "m.onnx", estimator, frame, "kind", zipmap=zipmap)
    found = run(tmp_path, task="multiclass")
    scores = pl.read_ipc(found.scores)
    assert scores.columns == ["row", "prediction", *(f"score_{name}" for name in CLASSES)]
    features = frame.select(FEATURES).to_numpy().astype(np.float32)
    assert np.allclose(
        scores.select(pl.col("^score_.*$")), model.predict_proba(features), atol=1e-5
    )
    assert (scores["prediction"] == pl.Series(model.predict(features))).mean() > 0.99
    assert found.facts["classes"] == list(CLASSES)
    data = CheckInput(tmp_path / "rows.parquet", "kind", scores=found.scores, task="multiclass")
    assert samples.read(data).classes == CLASSES


def test_classes_that_are_counted_take_the_declared_names(tmp_path, frame):
    make_onnx(tmp_path / "m.onnx", LogisticRegression(), frame, "multiclass", zipmap=False)
    scores = pl.read_ipc(run(tmp_path, task="multiclass", classes=CLASSES).scores)
    plain = pl.read_ipc(run(tmp_path, task="multiclass", workdir=tmp_path / "b").scores)
    assert scores["score_theft"].equals(plain["score_1"])
    renamed = plain["prediction"].replace_strict(dict(zip("012", CLASSES, strict=True)))
    assert scores["prediction"].to_list() == renamed.to_list()


@pytest.mark.parametrize("task", ["regression", "ranking"])
@pytest.mark.parametrize("estimator", [LinearRegression(), GradientBoostingRegressor()])
def test_a_regressor_gives_its_number_as_score_and_prediction(tmp_path, frame, task, estimator):
    model = make_onnx(tmp_path / "m.onnx", estimator, frame, "regression")
    found = run(tmp_path, task=task, threshold=0.5, explain=Explain(rows=50, background=20))
    scores = pl.read_ipc(found.scores)
    assert scores.columns == ["row", "score", "prediction"]
    said = model.predict(frame.select(FEATURES).to_numpy().astype(np.float32))
    assert np.allclose(scores["score"], said, atol=1e-4)
    assert scores["prediction"].equals(scores["score"].alias("prediction"))
    assert pl.read_ipc(found.explanations).height == 50


@pytest.mark.parametrize(
    ("task", "label", "said"),
    [
        ("binary", "kind", "has 3 classes and the task is binary"),
        ("regression", "kind", "is a classifier and the task wants a number"),
        ("clustering", "kind", "no task 'clustering'"),
    ],
)
def test_a_model_of_another_task_is_refused(tmp_path, frame, task, label, said):
    make_onnx(tmp_path / "m.onnx", LogisticRegression(), frame, label, zipmap=False)
    with pytest.raises(ScoringError, match=said):
        run(tmp_path, task=task)


def test_declared_classes_must_be_as_many_as_the_models(tmp_path, frame):
    make_onnx(tmp_path / "m.onnx", LogisticRegression(), frame, "multiclass", zipmap=False)
    with pytest.raises(ScoringError, match="has 3 classes and 4 are declared"):
        run(tmp_path, task="multiclass", classes=["a", "b", "c", "d"])


SHARES = pl.DataFrame(
    {
        "p_fire": [0.2, 0.7, 0.1],
        "p_water": [0.5, 0.2, 0.3],
        "p_theft": [0.3, 0.1, 0.6],
        "said": ["water", "fire", "water"],
        "number": [1.5, 2.0, -1.0],
    }
)


@pytest.mark.parametrize(
    ("how", "columns", "prediction"),
    [
        ({"score_column": "p_"}, ["score_fire", "score_water", "score_theft"], "water fire theft"),
        (
            {"score_column": {"theft": "p_theft", "water": "p_water"}},
            ["score_theft", "score_water"],
            "water water theft",
        ),
        (
            {"score_column": "p_", "classes": CLASSES, "prediction_column": "said"},
            ["score_fire", "score_theft", "score_water"],
            "water fire water",
        ),
        ({"prediction_column": "said"}, [], "water fire water"),
    ],
)
def test_predictions_of_several_classes(tmp_path, how, columns, prediction):
    SHARES.write_parquet(tmp_path / "rows.parquet")
    found = run(tmp_path, format="predictions", features=[], task="multiclass", **how)
    scores = pl.read_ipc(found.scores)
    assert scores.columns == ["row", "prediction", *columns]
    assert scores["prediction"].to_list() == prediction.split()


@pytest.mark.parametrize("named", ["score_column", "prediction_column"])
@pytest.mark.parametrize("task", ["regression", "ranking"])
def test_predictions_of_numbers_come_from_either_column(tmp_path, task, named):
    SHARES.write_parquet(tmp_path / "rows.parquet")
    found = run(tmp_path, format="predictions", features=[], task=task, **{named: "number"})
    scores = pl.read_ipc(found.scores)
    assert scores["score"].to_list() == scores["prediction"].to_list() == [1.5, 2.0, -1.0]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"task": "multiclass", "score_column": "q_"}, "0 columns that begin with 'q_'"),
        ({"task": "multiclass"}, "which column is the score"),
        ({"task": "regression"}, "which column is the score"),
        ({"task": "regression", "score_column": {"a": "number"}}, "one column of scores"),
        ({"task": "regression", "score_column": "said"}, "holds text, not numbers"),
        ({"task": "multiclass", "score_column": {"a": "x", "b": "number"}}, "no column 'x'"),
    ],
)
def test_predictions_that_do_not_fit_are_said(tmp_path, how, said):
    SHARES.write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(ScoringError, match=said):
        run(tmp_path, format="predictions", features=[], **how)

"""scikit-learn models out of skops files: every kind answers as it does at home."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from governance.scoring.launch import Explain, ScoringError, score
from tests.scoring.make_trees import CLASSES, FEATURES, make_rows

SEEN = [*FEATURES, "kind"]
NUMBERS = ["income", "age"]


@pytest.fixture
def frame(tmp_path):
    rows = make_rows(tmp_path / "rows.parquet").fill_nan(0.0)
    named = rows.with_columns(
        kind=pl.when(pl.col("age") > 0).then(pl.lit("old")).otherwise(pl.lit("young")),
        peril=pl.col("multiclass").replace_strict(dict(enumerate(CLASSES)), return_dtype=pl.String),
    )
    named.write_parquet(tmp_path / "rows.parquet")
    return named


def saved(tmp_path, model, rows, label):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(rows, label)
    skops.io.dump(model, tmp_path / "m.skops")
    return model


def run(tmp_path, **more):
    given = {"format": "skops", "features": FEATURES, "workdir": tmp_path / "work"} | more
    return score({"m.skops": tmp_path / "m.skops"}, data=tmp_path / "rows.parquet", **given)


PLAIN = [
    make_pipeline(StandardScaler(), LogisticRegression()),
    RandomForestClassifier(n_estimators=4, n_jobs=-1, random_state=0),
    GradientBoostingClassifier(n_estimators=4, random_state=0),
    HistGradientBoostingClassifier(max_iter=4, random_state=0),
    CalibratedClassifierCV(GaussianNB(), cv=2),
    StackingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], cv=2),
    MLPClassifier((4,), max_iter=20, random_state=0),
]


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: type(model).__name__)
def test_a_classifier_answers_as_it_does_at_home(tmp_path, frame, model):
    rows = frame.select(FEATURES).to_numpy()
    saved(tmp_path, model, rows, frame["binary"].to_numpy())
    found = run(tmp_path)
    scores = pl.read_ipc(found.scores)
    assert np.allclose(scores["score"], model.predict_proba(rows)[:, 1])
    assert scores["prediction"].to_list() == model.predict(rows).tolist()
    assert found.facts["structure"]["ok"]
    assert "allowed types" in found.facts["structure"]["sentence"]
    assert {"skops", "scikit-learn"} <= set(found.facts["libraries"])


@pytest.mark.parametrize("chosen", [NUMBERS, make_column_selector(dtype_include="number")])
def test_columns_and_text_are_given_by_name_in_the_models_own_order(tmp_path, frame, chosen):
    steps = ColumnTransformer(
        [("numbers", make_pipeline(SimpleImputer(), StandardScaler()), chosen),
         ("kinds", OneHotEncoder(handle_unknown="ignore"), ["kind"])],
        remainder="drop",
    )  # fmt: skip
    rows = frame.select(SEEN).to_pandas()
    model = saved(tmp_path, make_pipeline(steps, LogisticRegression()), rows, frame["binary"])
    found = run(tmp_path, features=SEEN[::-1], explain=Explain(rows=20, background=10))
    assert np.allclose(pl.read_ipc(found.scores)["score"], model.predict_proba(rows)[:, 1])
    assert pl.read_ipc(found.explanations).height == 20


def test_text_without_names_is_encoded_by_the_models_own_step(tmp_path, frame):
    rows = frame.select(SEEN).to_pandas().to_numpy(dtype=object)
    steps = ColumnTransformer([("kinds", OrdinalEncoder(), [3])], remainder="passthrough")
    model = saved(tmp_path, make_pipeline(steps, Ridge()), rows, frame["regression"])
    found = run(tmp_path, features=SEEN, task="regression")
    assert np.allclose(pl.read_ipc(found.scores)["score"], model.predict(rows))


@pytest.mark.parametrize(
    "model",
    [RandomForestRegressor(n_estimators=4), HistGradientBoostingRegressor(max_iter=4)],
    ids=lambda model: type(model).__name__,
)
def test_a_regressor_gives_its_number(tmp_path, frame, model):
    rows = frame.select(FEATURES).to_numpy()
    saved(tmp_path, model, rows, frame["regression"].to_numpy())
    found = run(tmp_path, task="regression")
    assert np.allclose(pl.read_ipc(found.scores)["score"], model.predict(rows))


def test_classes_and_their_names_come_from_the_model(tmp_path, frame):
    rows = frame.select(FEATURES).to_numpy()
    model = saved(tmp_path, LogisticRegression(max_iter=500), rows, frame["peril"].to_list())
    scores = pl.read_ipc(run(tmp_path, task="multiclass").scores)
    assert scores.columns == ["row", "prediction", *(f"score_{name}" for name in CLASSES)]
    assert np.allclose(scores.select(pl.col("^score_.*$")), model.predict_proba(rows))
    refusing = saved(tmp_path, LogisticRegression(), rows, np.where(rows[:, 0] > 0, "yes", "no"))
    scores = pl.read_ipc(run(tmp_path, favourable="no", workdir=tmp_path / "b").scores)
    assert np.allclose(scores["score"], refusing.predict_proba(rows)[:, 0])


def test_one_that_decides_without_probabilities_gives_its_decisions(tmp_path, frame):
    rows = frame.select(FEATURES).to_numpy()
    model = saved(tmp_path, RidgeClassifier(), rows, frame["binary"].to_numpy())
    found = run(tmp_path)
    assert pl.read_ipc(found.scores)["prediction"].to_list() == model.predict(rows).tolist()
    assert found.facts["score_from"] == "label"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"task": "regression"}, "is a classifier and its task is registered as regression"),
        ({"features": ["income", "age"]}, "not declared: 'debt'"),
        ({"features": ["income", "debt", "age", "multiclass"]}, "not known to the .* 'multiclass'"),
        ({"favourable": "yes"}, "'yes' is to be the favourable one"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path, frame, how, said):
    saved(tmp_path, LogisticRegression(), frame.select(FEATURES).to_pandas(), frame["binary"])
    with pytest.raises(ScoringError, match=said):
        run(tmp_path, **how)


def test_a_step_that_calls_a_function_is_refused_by_its_name(tmp_path, frame):
    model = make_pipeline(FunctionTransformer(np.log1p), Ridge())
    saved(tmp_path, model, np.abs(frame.select(FEATURES).to_numpy()), frame["regression"])
    with pytest.raises(ScoringError, match=r"would build .*log1p.* not on this server's list"):
        run(tmp_path, task="regression")


def test_categories_within_the_trees_are_refused(tmp_path, frame):
    rows = frame.select(FEATURES).with_columns(age=pl.col("age").round(0).abs()).to_numpy()
    model = HistGradientBoostingClassifier(max_iter=20, categorical_features=[2])
    saved(tmp_path, model, rows, (rows[:, 2] % 2).astype(int))
    with pytest.raises(ScoringError) as caught:
        run(tmp_path)
    assert "not on this server's list" in str(caught.value) or "categories" in str(caught.value)
    assert caught.value.structure["ok"] is False

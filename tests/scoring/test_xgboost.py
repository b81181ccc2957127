"""XGBoost's JSON: the same answers as the library, its contributions, and no trust in its trees."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import polars as pl
import pytest
import shap
import xgboost

from governance.scoring import xgboost_trees
from governance.scoring.answers import Asked, Malformed
from governance.scoring.launch import Explain, ScoringError, score
from governance.scoring.xgboost_model import XgboostModel
from tests.scoring.corrupt import CORRUPT, loop
from tests.scoring.make_trees import CLASSES, FEATURES, edited, make_rows, make_xgboost


def run(tmp_path, model, **more):
    given = {"format": "xgboost-json", "features": FEATURES, "workdir": tmp_path / "work"} | more
    return score({"model/model.json": model}, data=tmp_path / "rows.parquet", **given)


@pytest.fixture
def frame(tmp_path):
    return make_rows(tmp_path / "rows.parquet")


def columns_of(frame):
    return {name: frame[name].to_numpy() for name in FEATURES}


def predicted(model, frame, **how):
    matrix = frame.select(model.feature_names or FEATURES).to_numpy()
    return model.predict(xgboost.DMatrix(matrix, feature_names=model.feature_names), **how)


def test_a_binary_model_is_scored_explained_and_timed(tmp_path, frame):
    model = make_xgboost(tmp_path / "m.json", frame)
    plan = Explain(seed=4)
    found = run(tmp_path, tmp_path / "m.json", explain=plan, time_single=30)
    scores = pl.read_ipc(found.scores)
    assert np.array_equal(scores["score"].to_numpy(), predicted(model, frame).astype(float))
    assert scores["prediction"].to_list() == (scores["score"] >= 0.5).cast(int).to_list()
    said = json.loads(found.explanation_facts.read_text())
    assert said["link"] == "log-odds"
    assert said["rows"] == frame.height
    assert "TreeSHAP" in said["method"]
    assert said["additivity_error"] < 1e-5
    assert {"numpy", "xgboost"} <= set(said["libraries"])
    values = pl.read_ipc(found.explanations)
    margin = predicted(model, frame, output_margin=True)
    total = values.select(FEATURES).to_numpy().sum(axis=1) + said["base_value"]
    assert np.allclose(total, margin[values["row"].to_numpy()], atol=1e-5)
    assert len(found.facts["timings"]["single_ms"]) == 30
    assert found.facts["timings"]["load_ms"] > 0
    assert found.facts["structure"]["ok"]


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "ranking"])
def test_contributions_are_those_of_shaps_tree_explainer(tmp_path, frame, task):
    model = make_xgboost(tmp_path / "m.json", frame, task)
    ours = XgboostModel(tmp_path / "m.json", Asked(task, tuple(FEATURES)))
    found = ours.contributions(columns_of(frame))
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    matrix = frame.select(FEATURES).to_numpy()
    theirs = np.asarray(explainer.shap_values(matrix)).reshape(found.values.shape)
    assert np.abs(found.values - theirs).max() < 1e-5
    assert np.abs(found.bases - explainer.expected_value).max() < 1e-5
    assert np.abs(found.bases + found.values.sum(axis=1) - found.outputs).max() < 1e-5


def test_several_classes_have_their_names_and_explain_the_predicted_one(tmp_path, frame):
    model = make_xgboost(tmp_path / "m.json", frame, "multiclass")
    found = run(
        tmp_path, tmp_path / "m.json", task="multiclass", classes=CLASSES, explain=Explain()
    )
    scores = pl.read_ipc(found.scores)
    assert scores.columns == ["row", "prediction", *(f"score_{name}" for name in CLASSES)]
    shares = predicted(model, frame)
    given = scores.select(f"score_{name}" for name in CLASSES).to_numpy()
    assert np.allclose(given, shares, atol=1e-6)
    best = np.array(CLASSES)[shares.argmax(axis=1)]
    assert scores["prediction"].to_list() == best.tolist()
    said = json.loads(found.explanation_facts.read_text())
    assert said["target"] == "predicted"
    assert said["targets"] == best[said["row_ids"]].tolist()
    assert said["link"] == "margin"
    assert set(said["base_values"]) == set(CLASSES)
    values = pl.read_ipc(found.explanations).select(FEATURES).to_numpy().sum(axis=1)
    bases = np.array([said["base_values"][name] for name in said["targets"]])
    assert np.allclose(values + bases, said["outputs"], atol=1e-5)


@pytest.mark.parametrize(
    ("task", "more"),
    [
        ("regression", {}),
        ("regression", {"booster": "dart", "rate_drop": 0.5}),
        ("regression", {"tree_method": "exact", "gamma": 2.0}),  # prunes nodes
        ("regression", {"objective": "count:poisson"}),
        ("ranking", {}),
        ("binary", {"num_parallel_tree": 2, "subsample": 0.5}),
    ],
)
def test_what_is_written_anew_answers_as_the_file_does(tmp_path, frame, task, more):
    frame = frame.with_columns(pl.col("regression").abs())
    model = make_xgboost(tmp_path / "m.json", frame, task, **more)
    ours = XgboostModel(tmp_path / "m.json", Asked(task, tuple(FEATURES)))
    said = ours.answers(columns_of(frame)).score
    # The library adds dropped-out trees up in another order when it predicts in place.
    near = 1e-6 if "booster" in more else 0
    assert np.allclose(said, predicted(model, frame), rtol=near, atol=0)
    found = ours.contributions(columns_of(frame))
    assert np.abs(found.bases + found.values.sum(axis=1) - found.outputs).max() < 1e-5


def test_features_are_matched_by_name_and_not_by_place(tmp_path, frame):
    model = make_xgboost(tmp_path / "m.json", frame)
    mixed = ("age", "income", "debt")
    ours = XgboostModel(tmp_path / "m.json", Asked("binary", mixed))
    assert np.array_equal(ours.answers(columns_of(frame)).score, predicted(model, frame))
    found = ours.contributions(columns_of(frame))
    straight = XgboostModel(tmp_path / "m.json", Asked("binary", tuple(FEATURES)))
    there = straight.contributions(columns_of(frame)).values
    places = [FEATURES.index(name) for name in mixed]
    assert np.array_equal(found.values, there[:, places])


def test_the_other_class_may_be_the_favourable_one(tmp_path, frame):
    make_xgboost(tmp_path / "m.json", frame)
    names = ("refused", "approved")
    one, two = (
        XgboostModel(tmp_path / "m.json", Asked("binary", tuple(FEATURES), name, names))
        for name in names
    )
    columns = columns_of(frame)
    assert np.allclose(one.answers(columns).score + two.answers(columns).score, 1)
    there, here = one.contributions(columns), two.contributions(columns)
    assert np.array_equal(there.values, -here.values)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"features": ["income", "debt", "aeg"]}, "no column 'aeg'"),
        ({"features": ["income", "debt", "binary"]}, "not declared: 'age'.*known to it: 'binary'"),
        ({"features": ["income", "debt"]}, "not declared: 'age'"),
        ({"features": [*FEATURES, "binary"]}, "not known to the model: 'binary'"),
        ({"task": "regression"}, "trained for binary .*declares regression"),
        ({"favourable": "approved"}, "declare the names of its classes"),
    ],
)
def test_what_does_not_agree_is_said(tmp_path, frame, more, said):
    make_xgboost(tmp_path / "m.json", frame)
    with pytest.raises(ScoringError, match=said):
        run(tmp_path, tmp_path / "m.json", **more)


@pytest.mark.parametrize("change", CORRUPT, ids=lambda change: change.__name__)
def test_corrupt_trees_are_refused_before_the_library_sees_them(tmp_path, frame, change):
    make_xgboost(tmp_path / "m.json", frame)
    with pytest.raises(Malformed, match=CORRUPT[change]):
        xgboost_trees.read(edited(tmp_path / "m.json", change))


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"a": NaN}', b"[1]"])
def test_what_is_no_model_is_refused(tmp_path, content):
    (tmp_path / "m.json").write_bytes(content)
    with pytest.raises(Malformed, match="The file is not"):
        xgboost_trees.read(tmp_path / "m.json")


def test_a_refused_structure_reaches_the_caller_with_how_the_child_behaved(tmp_path, frame):
    make_xgboost(tmp_path / "m.json", frame)
    with pytest.raises(ScoringError, match="leads back to its root") as caught:
        run(tmp_path, edited(tmp_path / "m.json", loop))
    assert caught.value.structure == {"ok": False, "sentence": str(caught.value)}
    assert caught.value.behaviour["exit_code"] == 3
    assert caught.value.behaviour["signal"] == ""


def test_a_name_given_twice_is_what_was_checked(tmp_path, frame):
    """A parser that takes the first of two trees would load what nobody looked at."""
    make_xgboost(tmp_path / "m.json", frame)
    good = (tmp_path / "m.json").read_text()
    bad = good.replace('"left_children":[1,', '"left_children":[900,1,', 1)
    assert bad != good
    at = good.index('"left_children":[')
    end = good.index("]", at) + 1
    twice = good[:at] + good[at:end].replace("[1,", "[900,", 1) + "," + good[at:]
    (tmp_path / "m.json").write_text(twice)
    written = xgboost_trees.read(tmp_path / "m.json").content
    assert b"900" not in written.split(b'"split_indices"')[0]
    assert written.count(b'"left_children"') == good.count('"left_children"')


@pytest.mark.parametrize("seed", range(5))
def test_a_file_with_a_number_changed_anywhere_never_breaks_the_reader(tmp_path, frame, seed):
    make_xgboost(tmp_path / "m.json", frame, "multiclass")
    rng = np.random.default_rng(seed)
    good = (tmp_path / "m.json").read_bytes()
    for _ in range(40):
        bad = bytearray(good)
        for place in rng.integers(0, len(bad), 3):
            bad[place] = rng.choice(list(b'0123456789-E.,[]{}"x'))
        (tmp_path / "m.json").write_bytes(bad)
        with contextlib.suppress(Malformed):  # anything else would be a fault of the reader
            xgboost.Booster().load_model(xgboost_trees.read(tmp_path / "m.json").content)

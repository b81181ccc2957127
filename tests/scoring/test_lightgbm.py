"""LightGBM's text: the same answers as the library, and no trust in its trees."""

from __future__ import annotations

import contextlib
import json
import re

import lightgbm
import numpy as np
import polars as pl
import pytest

from governance.scoring import lightgbm_trees
from governance.scoring.answers import Asked, Malformed
from governance.scoring.launch import Explain, ScoringError, score
from governance.scoring.lightgbm_model import LightgbmModel
from tests.scoring.make_trees import CLASSES, FEATURES, make_lightgbm, make_rows


@pytest.fixture
def frame(tmp_path):
    return make_rows(tmp_path / "rows.parquet")


def columns_of(frame):
    return {name: frame[name].to_numpy() for name in FEATURES}


def run(tmp_path, model, **more):
    given = {"format": "lightgbm-text", "features": FEATURES, "workdir": tmp_path / "work"} | more
    return score({"model.txt": model}, data=tmp_path / "rows.parquet", **given)


def test_a_binary_model_is_scored_and_explained_by_permutation(tmp_path, frame):
    model = make_lightgbm(tmp_path / "m.txt", frame)
    found = run(tmp_path, tmp_path / "m.txt", explain=Explain(rows=40, background=20))
    scores = pl.read_ipc(found.scores)
    matrix = frame.select(FEATURES).to_numpy()
    assert np.allclose(scores["score"].to_numpy(), model.predict(matrix), atol=1e-12, rtol=0)
    said = json.loads(found.explanation_facts.read_text())
    assert said["link"] == "identity"
    assert said["permutations"] == 2
    assert said["additivity_error"] < 1e-12
    assert "lightgbm" in found.facts["libraries"]


@pytest.mark.parametrize(
    ("task", "more"),
    [
        ("binary", {"sigmoid": 0.7}),
        ("multiclass", {}),
        ("multiclass", {"objective": "multiclassova"}),
        ("regression", {}),
        ("regression", {"objective": "regression", "reg_sqrt": True}),
        ("regression", {"objective": "poisson"}),
        ("regression", {"boosting": "dart"}),
        ("regression", {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}),
        ("regression", {"min_data_in_leaf": 299}),  # trees of a single leaf
        ("ranking", {}),
    ],
)
def test_what_is_written_anew_answers_as_the_file_does(tmp_path, frame, task, more):
    frame = frame.with_columns(pl.col("regression").abs())
    model = make_lightgbm(tmp_path / "m.txt", frame, task, **more)
    ours = LightgbmModel(tmp_path / "m.txt", Asked(task, tuple(FEATURES)))
    given = ours.answers(columns_of(frame))
    said = given.shares if task == "multiclass" else given.score
    assert np.array_equal(said, model.predict(frame.select(FEATURES).to_numpy()))


def test_several_classes_have_their_names(tmp_path, frame):
    make_lightgbm(tmp_path / "m.txt", frame, "multiclass")
    found = run(tmp_path, tmp_path / "m.txt", task="multiclass", classes=CLASSES)
    scores = pl.read_ipc(found.scores)
    assert scores.columns == ["row", "prediction", *(f"score_{name}" for name in CLASSES)]
    assert set(scores["prediction"]) <= set(CLASSES)


def test_features_are_matched_by_name_with_spaces_as_it_writes_them(tmp_path, frame):
    model = make_lightgbm(tmp_path / "m.txt", frame)
    text = (tmp_path / "m.txt").read_text().replace("debt", "all_debt")
    (tmp_path / "m.txt").write_text(text)
    ours = LightgbmModel(tmp_path / "m.txt", Asked("binary", ("age", "all debt", "income")))
    given = {
        "age": frame["age"].to_numpy(),
        "all debt": frame["debt"].to_numpy(),
        "income": frame["income"].to_numpy(),
    }
    assert np.array_equal(
        ours.answers(given).score, model.predict(frame.select(FEATURES).to_numpy())
    )
    unnamed = make_lightgbm(tmp_path / "n.txt", frame, named=False)
    plain = LightgbmModel(tmp_path / "n.txt", Asked("binary", tuple(FEATURES)))
    assert np.array_equal(
        plain.answers(columns_of(frame)).score, unnamed.predict(frame.select(FEATURES).to_numpy())
    )


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r"left_child=\S+", "left_child=0", "leads back to its root"),
        (r"left_child=\S+", "left_child=5000", "neither one of its splits nor a leaf"),
        (r"left_child=\S+", "left_child=-99", "neither one of its splits nor a leaf"),
        (r"split_feature=\S+", "split_feature=3", "beyond the model's 3"),
        (r"threshold=\S+", "threshold=nan", "not finite"),
        (r"threshold=\S+", "threshold=inf", "not finite"),
        (r"threshold=\S+", "threshold=x", "must be numbers"),
        (r"leaf_value=\S+ ", "leaf_value=", "values and not"),
        (r"decision_type=\d+", "decision_type=1", "splits on categories"),
        (r"decision_type=\d+", "decision_type=64", "of a kind"),
        (r"num_cat=0", "num_cat=1", "splits on categories"),
        (r"is_linear=0", "is_linear=1", "linear leaves"),
        (r"num_leaves=\d+", "num_leaves=999999999", "999,999,999 leaves"),
        (r"num_leaves=\d+", "num_leaves=-3", "no count 'num_leaves'"),
        (r"shrinkage=1\n", "shrinkage=1\nshrinkage=1\n", "'shrinkage' twice"),
        (r"shrinkage=1\n", "shrinkage=1\nevil=1\n", "holds 'evil'"),
        (r"max_feature_idx=2", "max_feature_idx=1", "2 features and 3 names"),
        (r"num_class=1", "num_class=7", "trees a round"),
        (r"objective=binary", "objective=../x", "not what LightGBM writes"),
        (r"Tree=1\n", "Tree=7\n", "Tree 1 calls itself 7"),
        (r"end of trees", "", "not a LightGBM model"),
        (r"\Atree", "forest", "not a LightGBM model"),
    ],
)
def test_corrupt_trees_are_refused_before_the_library_sees_them(
    tmp_path, frame, pattern, new, said
):
    make_lightgbm(tmp_path / "m.txt", frame)
    good = (tmp_path / "m.txt").read_text()
    bad = re.sub(pattern, new, good, count=1)
    assert bad != good
    (tmp_path / "m.txt").write_text(bad)
    with pytest.raises(Malformed, match=said):
        lightgbm_trees.read(tmp_path / "m.txt")


def test_two_nodes_that_lead_to_each_other_are_refused(tmp_path, frame):
    make_lightgbm(tmp_path / "m.txt", frame)
    good = (tmp_path / "m.txt").read_text()
    left = re.search(r"left_child=(.*)", good)[1].split()
    inner = [place for place, child in enumerate(left) if int(child) >= 0]
    left[-1] = left[inner[0]]
    (tmp_path / "m.txt").write_text(re.sub(r"left_child=.*", "left_child=" + " ".join(left), good))
    with pytest.raises(ScoringError, match="on two ways") as caught:
        run(tmp_path, tmp_path / "m.txt")
    assert caught.value.structure["ok"] is False


@pytest.mark.parametrize("seed", range(5))
def test_a_file_with_a_character_changed_anywhere_never_breaks_the_reader(tmp_path, frame, seed):
    make_lightgbm(tmp_path / "m.txt", frame, "multiclass")
    rng = np.random.default_rng(seed)
    good = (tmp_path / "m.txt").read_bytes()
    good = good[: good.index(b"end of trees") + 13]
    for _ in range(40):
        bad = bytearray(good)
        for place in rng.integers(0, len(bad), 3):
            bad[place] = rng.choice(list(b"0123456789-e.=\n _x"))
        (tmp_path / "m.txt").write_bytes(bad)
        with contextlib.suppress(Malformed):  # anything else would be a fault of the reader
            content = lightgbm_trees.read(tmp_path / "m.txt").content
            with contextlib.suppress(lightgbm.basic.LightGBMError):
                lightgbm.Booster(model_str=content)

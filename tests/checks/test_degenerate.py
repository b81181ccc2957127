"""Data that leave nothing to compute: "not computable" and why, never 0, 1, NaN or a crash.

The rows of this table are those of ``docs/checks/performance.md``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge
from tests.checks.make import make_input
from tests.checks.make_tasks import make_lists, written

N = 60
HALF, ONES, ZEROS = [0, 1] * (N // 2), [1] * N, [0] * N
SPREAD, FLAT = list(np.linspace(0.01, 0.99, N)), [0.5] * N


@pytest.mark.parametrize(
    ("check", "label", "decided", "score", "figure", "said"),
    [
        ("roc_auc", ONES, ONES, SPREAD, "roc_auc", "only one outcome"),
        ("roc_auc", ONES, ONES, SPREAD, "gini", "only one outcome"),
        ("roc_auc", ONES, ONES, SPREAD, "pr_auc", "only one outcome"),
        ("roc_auc", HALF, ONES, FLAT, "ks", "the same score"),
        ("accuracy", ZEROS, HALF, SPREAD, "recall", "only one outcome is recorded"),
        ("accuracy", ONES, HALF, SPREAD, "specificity", "only one outcome is recorded"),
        ("accuracy", ONES, HALF, SPREAD, "balanced_accuracy", "only one outcome is recorded"),
        ("accuracy", HALF, ZEROS, SPREAD, "precision", "no row is predicted favourable"),
        ("accuracy", ZEROS, ZEROS, SPREAD, "f1", "neither recorded nor predicted"),
        ("calibration", ONES, ONES, SPREAD, "calibration_slope", "only one outcome"),
        ("calibration", HALF, ONES, FLAT, "calibration_slope", "every score is the same"),
        ("calibration", ZEROS[:30] + ONES[:30], ONES, SPREAD, "calibration_slope", "perfectly"),
        ("estimated", HALF, ONES, FLAT, "roc_auc", "the same score"),
        ("estimated", HALF, ZEROS, SPREAD, "precision", "no row is expected"),
    ],
)
def test_binary_figures_say_why_there_are_none(
    tmp_path, check, label, decided, score, figure, said
):
    frame = pl.DataFrame({"approved": label})
    data = make_input(tmp_path, frame, prediction=decided, score=score, sensitive=())
    kind = all_checks()[f"performance.{check}"]
    evidence = kind.measure(data, {}, 1)
    found = next(one for one in evidence.measurements if one.name == figure)
    assert found.value is None
    assert "Not computable" in found.note
    assert said in found.note
    judged = judge(kind.id, evidence.to_json(), {"measurement": figure, **_bound(figure)})
    assert judged.verdict == "inconclusive"
    assert said in judged.sentence


def _bound(figure: str) -> dict[str, object]:
    return {"between": [0.8, 1.2]} if figure == "calibration_slope" else {"at_least": 0.5}


@pytest.mark.parametrize(
    ("figure", "recorded", "decided", "said"),
    [
        ("precision_macro", ["a", "b", "c"], ["a", "b", "b"], "'c' is never predicted"),
        ("recall_macro", ["a", "b", "b"], ["a", "b", "c"], "'c' is never recorded"),
        ("balanced_accuracy", ["a", "a", "a"], ["a", "b", "c"], "only one outcome is recorded"),
    ],
)
def test_averages_over_classes_say_which_class_is_lacking(
    tmp_path, figure, recorded, decided, said
):
    frame = pl.DataFrame({"kind": recorded * 20})
    data = written(tmp_path, frame, {"prediction": decided * 20}, label="kind", task="multiclass")
    evidence = all_checks()["performance.accuracy"].measure(data, {}, 1)
    found = next(one for one in evidence.measurements if one.name == figure)
    assert found.value is None
    assert said in found.note


@pytest.mark.parametrize("n", [2, 3, 5])
def test_a_handful_of_rows_is_no_crash(tmp_path, n):
    frame = pl.DataFrame({"approved": HALF[:n], "x": SPREAD[:n], "price": SPREAD[:n]})
    data = make_input(
        tmp_path, frame, prediction=HALF[:n], score=SPREAD[:n], sensitive=(), features=("x",)
    )
    data = replace(
        data, champion_scores=data.scores, training=data.data, training_scores=data.scores
    )
    for check in all_checks().values():
        if check.component != "performance":
            continue
        task = {"performance.regression": "regression", "performance.ranking": "ranking"}
        one = replace(data, task=task.get(check.id, "binary"))
        if one.task == "regression":
            one = replace(one, label="price")
        check.measure(one, {}, 1).to_json()


def test_one_row_is_refused_in_words(tmp_path):
    data = make_input(tmp_path, pl.DataFrame({"approved": [1]}), prediction=[1], sensitive=())
    with pytest.raises(CheckError, match="one row only"):
        all_checks()["performance.accuracy"].measure(data, {}, 1)


def test_a_constant_outcome_has_no_share_explained(tmp_path):
    frame = pl.DataFrame({"price": [3.0] * N})
    data = written(tmp_path, frame, {"score": SPREAD}, label="price", task="regression")
    evidence = all_checks()["performance.regression"].measure(data, {}, 1)
    found = {one.name: one for one in evidence.measurements}
    assert found["r2"].value is None
    assert "the same in every row" in found["r2"].note
    assert found["mae"].value is not None


def test_one_list_has_a_value_and_no_interval(tmp_path):
    evidence = all_checks()["performance.ranking"].measure(make_lists(tmp_path), {}, 1)
    assert evidence.measurements[0].value is not None
    assert evidence.measurements[0].low is None
    assert "several queries" in evidence.measurements[0].note


def test_equal_grades_cannot_be_ordered(tmp_path):
    frame = pl.DataFrame({"grade": ONES})
    data = written(tmp_path, frame, {"score": SPREAD}, label="grade", task="ranking")
    evidence = all_checks()["performance.ranking"].measure(data, {}, 1)
    assert "cannot be measured" in evidence.sentence


def test_the_same_model_twice_is_no_worse_than_itself(tmp_path):
    frame = pl.DataFrame({"approved": HALF})
    score = [0.6 if one else 0.3 for one in HALF[:-4]] + [0.2, 0.8, 0.3, 0.7]
    decided = [int(one > 0.5) for one in score]
    data = make_input(tmp_path, frame, prediction=decided, score=score, sensitive=())
    check = all_checks()["performance.champion"]
    evidence = check.measure(replace(data, champion_scores=data.scores), {}, 1)
    assert all(one.value in (0.0, None) for one in evidence.measurements)
    for figure in ("roc_auc", "brier"):
        threshold = {"measurement": figure, "not_worse_by": 0.0}
        assert judge(check.id, evidence.to_json(), threshold).verdict == "pass"

"""ROC AUC and accuracy: agreement with scikit-learn, sentences where nothing can be computed."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.engine.roc import auc
from governance.checks.judge import judge
from tests.checks.make import make_input, make_people

ROC = all_checks()["performance.roc_auc"]
ACCURACY = all_checks()["performance.accuracy"]
SEVENTY = {"measurement": "roc_auc", "at_least": 0.70}


def test_auc_agrees_with_scikit_learn_ties_included():
    rng = np.random.default_rng(0)
    for _ in range(50):
        label = rng.integers(0, 2, 80).astype(np.int8)
        score = rng.integers(0, 12, 80) / 12
        assert auc(label, score).value == pytest.approx(
            metrics.roc_auc_score(label, score), abs=1e-12
        )


def test_delong_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    truth, hits = 0.7602, 0  # P(X > Y) with a shift of one standard deviation
    for _ in range(300):
        label = np.repeat([0, 1], 80).astype(np.int8)
        interval = auc(label, rng.normal(size=160) + label).interval(0.90)
        hits += interval.low <= truth <= interval.high
    assert 0.85 <= hits / 300 <= 0.95


def test_perfect_separation_still_has_an_interval(tmp_path):
    label = [0] * 40 + [1] * 40
    data = make_input(tmp_path, pl.DataFrame({"approved": label}), prediction=label, sensitive=())
    one = ROC.measure(data, {}, 1).measurements[0]
    assert one.value == 1.0
    assert one.low < 0.97


def test_the_interval_narrows_with_more_rows(tmp_path):
    widths = []
    for n in (200, 800, 3200):
        one = ROC.measure(make_people(tmp_path / str(n), n=n), {}, 1).measurements[0]
        widths.append(one.high - one.low)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("labels", "scores", "said"),
    [
        ([1] * 60, None, "only one outcome"),
        ([0, 1] * 30, [0.5] * 60, "the same score"),
        ([1] + [0] * 59, None, "fewer than two cases"),
    ],
)
def test_too_little_is_inconclusive_and_says_why(tmp_path, labels, scores, said):
    given = scores or list(np.linspace(0, 1, 60))
    frame = pl.DataFrame({"approved": labels})
    data = make_input(tmp_path, frame, prediction=[1] * 60, score=given, sensitive=())
    evidence = ROC.measure(data, {}, 1)
    assert evidence.measurements[0].value is None
    found = judge(ROC.id, evidence.to_json(), SEVENTY)
    assert found.verdict == "inconclusive"
    assert said in found.sentence


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([1.0, float("nan")] * 30, "30 empty values of 60"),
        ([1, None] * 30, "30 empty values"),
        ([0, 1, 2] * 20, "3 different values"),
        (["yes", "no"] * 30, "never 1"),
    ],
)
def test_labels_that_cannot_be_used_are_an_error_in_words(tmp_path, labels, said):
    frame = pl.DataFrame({"approved": labels})
    data = make_input(tmp_path, frame, prediction=[1] * 60, sensitive=())
    for check in (ROC, ACCURACY):
        with pytest.raises(CheckError, match=said):
            check.measure(data, {}, 1)


def test_words_for_labels_are_fine_when_the_favourable_one_is_named(tmp_path):
    frame = pl.DataFrame({"approved": ["yes", "no"] * 30})
    data = make_input(tmp_path, frame, prediction=[1, 0] * 30, sensitive=(), favourable="yes")
    assert ACCURACY.measure(data, {}, 1).measurements[0].value == 1.0


def test_scores_of_other_data_are_refused(tmp_path):
    data = make_people(tmp_path)
    pl.read_parquet(data.data).head(300).write_parquet(tmp_path / "data.parquet")
    with pytest.raises(CheckError, match="400 scores for 300 rows"):
        ROC.measure(data, {}, 1)


def test_scores_that_are_not_numbers_are_refused(tmp_path):
    frame = pl.DataFrame({"approved": [0, 1] * 30})
    data = make_input(
        tmp_path, frame, prediction=[1] * 60, score=[0.1, float("nan")] * 30, sensitive=()
    )
    with pytest.raises(CheckError, match="no score for 30 of 60"):
        ROC.measure(data, {}, 1)


def test_a_wrong_label_column_is_named(tmp_path):
    data = make_people(tmp_path, label="aproved")
    with pytest.raises(CheckError, match="no column 'aproved'; they have 'race'"):
        ACCURACY.measure(data, {}, 1)


def test_accuracy_agrees_with_scikit_learn(tmp_path):
    data = make_people(tmp_path)
    label = pl.read_parquet(data.data)["approved"].to_numpy()
    decided = pl.read_ipc(data.scores)["prediction"].to_numpy()
    found = {m.name: m.value for m in ACCURACY.measure(data, {}, 1).measurements}
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(label, decided), abs=1e-12)
    assert found["recall"] == pytest.approx(metrics.recall_score(label, decided), abs=1e-12)
    assert found["precision"] == pytest.approx(metrics.precision_score(label, decided), abs=1e-12)
    balanced = metrics.balanced_accuracy_score(label, decided)
    assert found["balanced_accuracy"] == pytest.approx(balanced, abs=1e-12)


@pytest.mark.parametrize(
    ("limit", "verdict"), [(0.60, "pass"), (0.99, "fail"), (0.80, "inconclusive")]
)
def test_the_bound_is_judged_by_intervals(tmp_path, limit, verdict):
    evidence = ROC.measure(make_people(tmp_path), {}, 1).to_json()
    figure = evidence["facts"]["intervals"]["roc_auc"]
    at = figure["value"] + 0.005 if verdict == "inconclusive" else limit
    found = judge(ROC.id, evidence, {"measurement": "roc_auc", "at_least": at})
    assert found.verdict == verdict
    if verdict == "inconclusive":
        assert found.needed["rows"] > 400
        assert "more would settle it" in found.sentence


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    data = make_people(tmp_path)
    for check in (ROC, ACCURACY):
        once = json.dumps(check.measure(data, {}, 5).to_json(), sort_keys=True)
        assert once == json.dumps(check.measure(data, {}, 5).to_json(), sort_keys=True)

"""Every check of performance on every task it is for: sentence, figures, chart, verdict."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from governance.checks import theme
from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge, validate_threshold
from governance.checks.render import render_svg
from governance.checks.threshold_line import with_threshold
from tests.checks.make import make_input, make_people
from tests.checks.make_tasks import (
    make_classes,
    make_lists,
    make_numbers,
    with_champion,
    with_training,
    with_weights,
)  # fmt: skip

PEOPLE, WEIGHED, CLASSES, NUMBERS, LISTS = "people", "weighed", "classes", "numbers", "lists"
CASES = [
    ("roc_auc", PEOPLE, {}, {"measurement": "pr_auc", "at_least": 0.7}, "pass"),
    ("roc_auc", WEIGHED, {}, {"measurement": "ks", "at_least": 0.9}, "fail"),
    ("roc_auc", CLASSES, {}, {"measurement": "roc_auc_weighted", "at_least": 0.9}, "pass"),
    ("accuracy", PEOPLE, {}, {"measurement": "f1", "at_least": 0.7}, "pass"),
    ("accuracy", WEIGHED, {}, {"measurement": "precision", "at_least": 0.99}, "fail"),
    ("accuracy", CLASSES, {}, {"measurement": "f1_macro", "at_least": 0.9}, "pass"),
    ("probabilities", PEOPLE, {}, {"measurement": "brier", "at_most": 0.25}, "pass"),
    ("probabilities", CLASSES, {}, {"measurement": "log_loss", "at_most": 0.2}, "fail"),
    ("regression", NUMBERS, {}, {"measurement": "mae", "at_most": 30}, "pass"),
    ("ranking", LISTS, {"query": "query"}, {"measurement": "ndcg", "at_least": 0.9}, "pass"),
    ("calibration", PEOPLE, {}, {"measurement": "ece", "at_most": 0.2}, "pass"),
    ("calibration", WEIGHED, {}, {"measurement": "calibration_slope", "between": [3, 4]}, "fail"),
    ("champion", PEOPLE, {}, {"measurement": "roc_auc", "not_worse_by": 0.01}, "pass"),
    ("champion", WEIGHED, {}, {"measurement": "f1", "not_worse_by": 0.05}, "pass"),
    ("champion", NUMBERS, {}, {"measurement": "mae", "better_by": 100}, "fail"),
    ("champion", LISTS, {"query": "query"}, {"measurement": "ndcg", "not_worse_by": 0.1}, "pass"),
    ("baseline", PEOPLE, {}, {"measurement": "brier", "better_by": 0.01}, "pass"),
    ("baseline", CLASSES, {}, {"measurement": "accuracy", "better_by": 0.2}, "pass"),
    ("baseline", NUMBERS, {}, {"measurement": "rmse", "better_by": 1}, "pass"),
    ("degradation", PEOPLE, {}, {"measurement": "roc_auc", "not_worse_by": 0.05}, "fail"),
    ("degradation", WEIGHED, {}, {"measurement": "accuracy", "not_worse_by": 0.9}, "pass"),
    ("weak_segments", PEOPLE, {}, {"shortfall_at_most": 0.01}, "fail"),
    ("weak_segments", WEIGHED, {}, {"shortfall_at_most": 0.9}, "pass"),
    ("weak_segments", NUMBERS, {}, {"shortfall_at_most": 0.5}, "fail"),
    ("weak_segments", CLASSES, {}, {"shortfall_at_most": 0.5}, "pass"),
    ("estimated", PEOPLE, {}, {"measurement": "accuracy", "at_least": 0.5}, "pass"),
    ("estimated", WEIGHED, {}, {"measurement": "roc_auc", "at_least": 0.9}, "fail"),
]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    home = tmp_path_factory.mktemp("tasks")
    columns = ("income", "debt")
    people = with_champion(make_people(home / "people", n=1000, features=columns))
    weighed = make_people(home / "weighed", n=1000, features=columns)
    weights = np.random.default_rng(0).random(1000) * 3
    weighed = with_champion(with_weights(weighed, weights))
    numbers = make_numbers(home / "numbers")
    return {
        PEOPLE: with_training(home / "p", people),
        WEIGHED: with_training(home / "w", weighed),
        CLASSES: make_classes(home / "classes"),
        NUMBERS: with_champion(numbers, 0.1),
        LISTS: with_champion(make_lists(home / "lists"), 0.1),
    }


@pytest.mark.parametrize(("name", "which", "parameters", "threshold", "verdict"), CASES)
def test_each_check_tells_shows_and_is_judged(inputs, name, which, parameters, threshold, verdict):
    check = all_checks()[f"performance.{name}"]
    assert validate_threshold(check.id, threshold) == []
    evidence = check.measure(inputs[which], parameters, 1)
    assert re.match(r"[A-Z].*\d.*\.$", evidence.sentence)
    found = judge(check.id, evidence.to_json(), threshold)
    assert found.verdict == verdict
    assert found.sentence.endswith((".", "!"))
    assert evidence.tables
    for chart in evidence.charts:
        assert re.search(r"\d", chart.alt)
        svg = render_svg(with_threshold(chart.spec, threshold))
        assert set(re.findall(r"#[0-9a-fA-F]{6}\b", svg)) <= set(theme.TOKENS)
    assert evidence.charts


@pytest.mark.parametrize(("name", "which", "parameters"), [case[:3] for case in CASES])
def test_the_same_seed_gives_the_same_bytes(inputs, name, which, parameters):
    check = all_checks()[f"performance.{name}"]
    once, again = (
        json.dumps(check.measure(inputs[which], parameters, 7).to_json(), sort_keys=True)
        for _ in range(2)
    )
    assert once == again


def test_several_classes_agree_with_scikit_learn(inputs):
    data = inputs[CLASSES]
    label = pl.read_parquet(data.data)["kind"].to_numpy()
    scores = pl.read_ipc(data.scores)
    found = all_checks()["performance.accuracy"].measure(data, {}, 1).measurements
    ours = {one.name: one.value for one in found}
    theirs = metrics.f1_score(label, scores["prediction"].to_numpy(), average="macro")
    assert ours["f1_macro"] == pytest.approx(theirs, abs=1e-12)
    first = all_checks()["performance.roc_auc"].measure(data, {}, 1).measurements[0]
    given = scores.select(pl.col("^score_.*$")).to_numpy()
    theirs = metrics.roc_auc_score(label, given, multi_class="ovr")
    assert first.value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "which", "said"),
    [
        ("regression", PEOPLE, "for regression models, and this one is for binary"),
        ("calibration", CLASSES, "for binary models"),
        ("accuracy", NUMBERS, "binary and multiclass models, and this one is for regression"),
        ("baseline", LISTS, "and this one is for ranking"),
    ],
)
def test_the_wrong_task_is_an_error_in_words(inputs, name, which, said):
    with pytest.raises(CheckError, match=said):
        all_checks()[f"performance.{name}"].measure(inputs[which], {}, 1)


def test_an_unknown_task_is_named(inputs):
    with pytest.raises(CheckError, match="no task 'clustering'"):
        all_checks()["performance.accuracy"].measure(
            replace(inputs[PEOPLE], task="clustering"), {}, 1
        )


def test_scores_that_are_no_probabilities_are_refused(tmp_path):
    frame = pl.DataFrame({"approved": [0, 1] * 30})
    data = make_input(tmp_path, frame, prediction=[1] * 60, score=[300.0, 700.0] * 30, sensitive=())
    for name in ("probabilities", "calibration", "estimated"):
        with pytest.raises(CheckError, match="from 0 to 700 and so are no probabilities"):
            all_checks()[f"performance.{name}"].measure(data, {}, 1)


def test_a_class_the_model_does_not_score_is_named(inputs):
    data = inputs[CLASSES]
    frame = pl.read_parquet(data.data)
    path = data.data.parent / "strange.parquet"
    strange = pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("flood")).otherwise("kind")
    frame.with_columns(kind=strange).write_parquet(path)
    with pytest.raises(CheckError, match="The class 'flood' is in the label column"):
        all_checks()["performance.accuracy"].measure(replace(data, data=path), {}, 1)


def test_without_a_champion_the_verdict_is_inconclusive_and_says_so(inputs):
    check = all_checks()["performance.champion"]
    evidence = check.measure(replace(inputs[PEOPLE], champion_scores=None), {}, 1)
    found = judge(check.id, evidence.to_json(), {"measurement": "roc_auc", "not_worse_by": 0.01})
    assert found.verdict == "inconclusive"
    assert "no champion" in found.sentence


def test_champion_scores_of_other_rows_are_refused(inputs):
    data = replace(inputs[PEOPLE], champion_scores=inputs[NUMBERS].scores)
    with pytest.raises(CheckError, match="champion's scores do not fit: There are 500 scores"):
        all_checks()["performance.champion"].measure(data, {}, 1)


def test_without_training_scores_degradation_says_what_to_do(inputs):
    with pytest.raises(CheckError, match="register the version with its training data"):
        all_checks()["performance.degradation"].measure(
            replace(inputs[PEOPLE], training_scores=None), {}, 1
        )


def test_performance_is_estimated_without_outcomes(inputs):
    data = inputs[PEOPLE]
    path = data.data.parent / "unlabelled.parquet"
    pl.read_parquet(data.data).drop("approved").write_parquet(path)
    check = all_checks()["performance.estimated"]
    without = check.measure(replace(data, data=path), {}, 1)
    assert "no outcomes are there to tell" in without.sentence
    assert without.measurements == check.measure(data, {}, 1).measurements


def test_the_estimate_holds_where_scores_are_calibrated(tmp_path):
    rng = np.random.default_rng(11)
    score = rng.beta(2, 2, 3000)
    label = (rng.random(3000) < score).astype(int)
    frame = pl.DataFrame({"approved": label})
    data = make_input(
        tmp_path, frame, prediction=(score > 0.5).astype(int), score=score, sensitive=()
    )
    evidence = all_checks()["performance.estimated"].measure(data, {}, 1)
    assert "the estimate holds here" in evidence.sentence
    facts = evidence.facts
    for name in ("accuracy", "roc_auc", "recall", "f1"):
        low, high = facts["intervals"][name]["at_95"]
        assert low <= facts["realised"][name] <= high


def test_the_weak_segment_that_was_planted_is_found(tmp_path):
    evidence = all_checks()["performance.weak_segments"].measure(make_numbers(tmp_path), {}, 1)
    assert evidence.sentence.startswith("The model does worst where age is 7")
    assert evidence.facts["searched"] >= 8


def test_the_outcome_is_no_segment(tmp_path):
    data = make_people(tmp_path, features=("approved",))
    with pytest.raises(CheckError, match="'approved' is the outcome itself"):
        all_checks()["performance.weak_segments"].measure(data, {}, 1)


@pytest.mark.parametrize(
    ("check", "threshold", "said"),
    [
        ("champion", {"measurement": "roc_auc", "not_worse_by": -0.1}, "0 or more"),
        ("champion", {"measurement": "roc_auc", "not_worse_by": 5}, "0.01 is one point"),
        ("champion", {"not_worse_by": 0.01}, "Beside 'not_worse_by' give exactly one"),
        ("champion", {"measurement": "auc", "not_worse_by": 0.01}, "can be judged by roc_auc"),
        ("champion", {}, "looks like {measurement: roc_auc, not_worse_by: 0.01}"),
        ("calibration", {"measurement": "ece", "between": [0.2]}, "two numbers, the lower first"),
        ("calibration", {"measurement": "ece", "between": [2, 1]}, "two numbers"),
        ("weak_segments", {"shortfall_at_most": 10}, "share between 0 and 1"),
        ("roc_auc", {"measurement": "roc_auc", "at_least": 70}, "beyond what any measurement"),
    ],
)
def test_a_wrong_threshold_is_refused_in_words(check, threshold, said):
    assert said in " ".join(validate_threshold(f"performance.{check}", threshold))


def test_errors_may_be_bounded_beyond_one():
    threshold = {"measurement": "mae", "at_most": 2500}
    assert validate_threshold("performance.regression", threshold) == []

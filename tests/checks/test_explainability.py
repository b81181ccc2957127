"""Importance with rank intervals, additivity, and forbidden features judged by them."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.engine import contributions, explained
from governance.checks.judge import judge
from tests.checks.make import make_explained, make_people
from tests.checks.make_explanations import make_linear, told

CHECK = all_checks()["explainability.global_importance"]


@pytest.fixture
def people(tmp_path):
    rng = np.random.default_rng(0)
    sizes = {"income": 0.4, "debt": 0.3, "race": 0.2, "noise": 0.01, "unused": 0.0}
    given = {name: rng.normal(size=100) * size for name, size in sizes.items()}
    return make_explained(tmp_path, given | {"age": given["race"][::-1]})  # as heavy as race


def judged(data, names, top):
    evidence = CHECK.measure(data, {}, 1).to_json()
    return judge(CHECK.id, evidence, {"forbidden_features": names, "top": top})


def test_features_are_ranked_with_intervals(people):
    facts = CHECK.measure(people, {}, 1).facts["features"]
    assert [fact["feature"] for fact in facts[:2]] == ["income", "debt"]
    for fact in facts:
        assert fact["rank_90"][0] <= fact["rank"] <= fact["rank_90"][1]
        assert fact["rank_95"][0] <= fact["rank_90"][0]
        assert fact["at_90"][0] <= fact["mean_abs_shap"] <= fact["at_90"][1]


def test_a_forbidden_feature_surely_in_the_top_fails(people):
    found = judged(people, ["income"], 3)
    assert found.verdict == "fail"
    assert "must not weigh" in found.sentence


def test_a_forbidden_feature_on_the_edge_is_inconclusive(people):
    assert judged(people, ["race"], 3).verdict == "inconclusive"


def test_a_forbidden_feature_surely_below_passes(people):
    assert judged(people, ["noise"], 3).verdict == "pass"


def test_a_feature_that_is_no_input_or_never_moves_a_score_passes(people):
    found = judged(people, ["religion"], 3)
    assert found.verdict == "pass"
    assert found.sentence == "Religion is no input of the model."
    assert judged(people, ["unused"], 6).verdict == "pass"


def test_additivity_is_measured_and_not_taken_on_trust(people, tmp_path):
    bound = {"measurement": "additivity_error", "at_most": 0.001}
    good = CHECK.measure(make_linear(tmp_path / "good"), {}, 1)
    assert judge(CHECK.id, good.to_json(), bound).verdict == "pass"
    bad = CHECK.measure(people, {}, 1)  # says 1e-16 of itself; its scores are of nothing
    assert judge(CHECK.id, bad.to_json(), bound).verdict == "fail"
    assert "they are not all of it" in bad.sentence


def test_additivity_goes_through_the_link_that_is_named(tmp_path):
    evidence = CHECK.measure(make_linear(tmp_path, link="log-odds"), {}, 1)
    assert evidence.facts["additivity_error"] < 1e-12
    assert evidence.facts["explained"]["link"] == "log-odds"
    note = next(one.note for one in evidence.measurements if one.name == "additivity_error")
    assert "through the link (log-odds)" in note
    wrong = CHECK.measure(told(make_linear(tmp_path, link="log-odds"), link="identity"), {}, 1)
    assert wrong.facts["additivity_error"] > 0.01


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(people):
    def told(seed):
        return json.dumps(CHECK.measure(people, {}, seed).to_json(), sort_keys=True)

    assert told(5) == told(5)
    assert told(5) != told(6)


def test_without_explanations_it_is_an_error_in_words(tmp_path):
    with pytest.raises(CheckError, match="predictions only has no model to ask"):
        CHECK.measure(make_people(tmp_path, features=("income",)), {}, 1)


def test_too_few_explained_rows_are_an_error_in_words(tmp_path):
    data = make_explained(tmp_path, {"income": [0.1, 0.2]})
    with pytest.raises(CheckError, match="Only 2 rows"):
        CHECK.measure(data, {}, 1)


def test_an_order_is_claimed_only_where_rank_intervals_do_not_overlap(tmp_path):
    sure = CHECK.measure(make_linear(tmp_path / "sure"), {}, 1)
    assert sure.facts["tiers"] == [["income"], ["debt"], ["history"], ["race_code"], ["noise"]]
    assert "most on Income, then on Debt ratio, then on Credit history" in sure.sentence
    alike = dict.fromkeys(["a", "b", "c"], 0.1) | {"d": 0.01, "income": 0.3}
    unsure = CHECK.measure(make_linear(tmp_path / "alike", weights=alike, case={}), {}, 1)
    assert [sorted(tier) for tier in unsure.facts["tiers"]] == [["income"], ["a", "b", "c"], ["d"]]
    assert "most on Income, then on " in unsure.sentence
    assert "(in no sure order)" in unsure.sentence


def test_the_sample_and_its_error_are_stated(tmp_path):
    few = CHECK.measure(make_linear(tmp_path / "few", 100), {}, 1)
    many = CHECK.measure(make_linear(tmp_path / "many", 6400), {}, 1)
    assert "100 of 100 rows explained, importance known to about 7%" in few.sentence
    errors = [one.facts["sampling_error"] for one in (few, many)]
    assert errors[0] / errors[1] == pytest.approx(8, rel=0.25)  # as 1 / sqrt(n)
    bound = {"measurement": "sampling_error", "at_most": 0.03}
    assert judge(CHECK.id, few.to_json(), bound).verdict == "fail"
    assert judge(CHECK.id, many.to_json(), bound).verdict == "pass"


def test_rank_intervals_hold_the_true_rank_as_often_as_they_say(tmp_path):
    """Five features, true sizes a tenth apart, drawn anew 60 times: of 300 intervals at 90% at
    least 85% hold the true rank (they are whole ranks, so rather more than 90% do)."""
    sizes = {name: 0.1 * 1.1**-place for place, name in enumerate("abcde")}
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        given = {name: rng.normal(size=60) * size for name, size in sizes.items()}
        data = make_explained(tmp_path, given)
        found = explained.ranked(contributions.read(data), data, seed)
        ranks = {one.name: one.rank_90 for one in found}
        held += sum(ranks[n][0] <= place <= ranks[n][1] for place, n in enumerate("abcde", 1))
    assert held >= 0.85 * 300


def test_scores_of_other_tasks_are_explained_too(tmp_path):
    data = make_linear(tmp_path, task="regression")
    assert CHECK.measure(data, {}, 1).facts["additivity_error"] < 1e-12


def several_classes(data, **facts):
    """``data`` of three classes, each row explained for one of two."""
    said = ["a", "b"] * (pl.read_ipc(data.explanations.read_bytes()).height // 2)
    scores = pl.read_ipc(data.scores.read_bytes())
    shares = {f"score_{name}": scores["score"] for name in "abc"}
    prediction = pl.Series("prediction", said)
    scores.select("row").with_columns(prediction, **shares).write_ipc(data.scores)
    bases = {"a": 0.6, "b": 0.6, "c": 0.0}
    return told(data, targets=said, target="predicted", base_values=bases, **facts)


def test_each_class_is_held_against_its_own_score(tmp_path):
    data = several_classes(make_linear(tmp_path, task="multiclass", favourable="a"))
    assert CHECK.measure(data, {}, 1).facts["additivity_error"] < 1e-12
    scores = pl.read_ipc(data.scores.read_bytes())
    scores.with_columns(score_b=pl.col("score_b") + 0.25).write_ipc(data.scores)
    assert CHECK.measure(data, {}, 1).facts["additivity_error"] == pytest.approx(0.25)


def test_margins_are_held_against_the_margins_that_were_recorded(tmp_path):
    data = make_linear(tmp_path, task="multiclass", favourable="a")
    outputs = pl.read_ipc(data.scores.read_bytes())["score"].to_list()
    found = CHECK.measure(several_classes(data, link="margin", outputs=outputs), {}, 1)
    assert found.facts["additivity_error"] < 1e-12
    assert "against the margin that the child recorded" in str(found.measurements)
    without = CHECK.measure(told(data, outputs=None), {}, 1)
    assert without.facts["additivity_error"] is None


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"link": "probit"}, "name the link 'probit'; identity, log-odds, log, margin are known"),
        ({"base_value": None}, "do not say what they start from"),
        ({"outputs": [1.0]}, "tell of other rows than they hold"),
        ({"targets": ["a"], "base_values": {"a": 0}}, "name other classes than rows"),
    ],
)
def test_it_says_what_is_wrong_with_the_explanations(tmp_path, facts, says):
    with pytest.raises(CheckError, match=says):
        CHECK.measure(told(make_linear(tmp_path), **facts), {}, 1)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (pl.lit(None, pl.Float64).alias("income"), "explanation of 'income' has 400 empty values"),
        (pl.col("row") + 7, "belong to other data"),
        (pl.col("row").alias("income").cast(pl.String), "holds String, not numbers"),
    ],
)
def test_it_says_what_is_wrong_with_a_contribution(tmp_path, changed, says):
    data = make_linear(tmp_path)
    found = pl.read_ipc(data.explanations.read_bytes()).with_columns(changed)
    found.write_ipc(data.explanations)
    with pytest.raises(CheckError, match=says):
        CHECK.measure(data, {}, 1)

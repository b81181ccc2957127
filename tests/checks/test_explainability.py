"""Importance with rank intervals, and forbidden features judged by them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge
from tests.checks.make import make_explained, make_people

CHECK = all_checks()["explainability.global_importance"]


@pytest.fixture
def explained(tmp_path):
    rng = np.random.default_rng(0)
    sizes = {"income": 0.4, "debt": 0.3, "race": 0.2, "noise": 0.01, "unused": 0.0}
    given = {name: rng.normal(size=100) * size for name, size in sizes.items()}
    return make_explained(tmp_path, given | {"age": given["race"][::-1]})  # as heavy as race


def judged(data, names, top):
    evidence = CHECK.measure(data, {}, 1).to_json()
    return judge(CHECK.id, evidence, {"forbidden_features": names, "top": top})


def test_features_are_ranked_with_intervals(explained):
    facts = CHECK.measure(explained, {}, 1).facts["features"]
    assert [fact["feature"] for fact in facts[:2]] == ["income", "debt"]
    for fact in facts:
        assert fact["rank_90"][0] <= fact["rank"] <= fact["rank_90"][1]
        assert fact["rank_95"][0] <= fact["rank_90"][0]
        assert fact["at_90"][0] <= fact["mean_abs_shap"] <= fact["at_90"][1]


def test_a_forbidden_feature_surely_in_the_top_fails(explained):
    found = judged(explained, ["income"], 3)
    assert found.verdict == "fail"
    assert "must not weigh" in found.sentence


def test_a_forbidden_feature_on_the_edge_is_inconclusive(explained):
    assert judged(explained, ["race"], 3).verdict == "inconclusive"


def test_a_forbidden_feature_surely_below_passes(explained):
    assert judged(explained, ["noise"], 3).verdict == "pass"


def test_a_feature_that_is_no_input_or_never_moves_a_score_passes(explained):
    found = judged(explained, ["religion"], 3)
    assert found.verdict == "pass"
    assert found.sentence == "Religion is no input of the model."
    assert judged(explained, ["unused"], 6).verdict == "pass"


def test_additivity_is_judged_as_an_exact_figure(explained):
    evidence = CHECK.measure(explained, {}, 1).to_json()
    bound = {"measurement": "additivity_error", "at_most": 0.001}
    assert judge(CHECK.id, evidence, bound).verdict == "pass"


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(explained):
    def told(seed):
        return json.dumps(CHECK.measure(explained, {}, seed).to_json(), sort_keys=True)

    assert told(5) == told(5)
    assert told(5) != told(6)


def test_without_explanations_it_is_an_error_in_words(tmp_path):
    with pytest.raises(CheckError, match="predictions only has no model to ask"):
        CHECK.measure(make_people(tmp_path, features=("income",)), {}, 1)


def test_too_few_explained_rows_are_an_error_in_words(tmp_path):
    data = make_explained(tmp_path, {"income": [0.1, 0.2]})
    with pytest.raises(CheckError, match="Only 2 rows"):
        CHECK.measure(data, {}, 1)

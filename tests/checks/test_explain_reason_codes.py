"""Whether refusals can be explained by reasons that make sense."""

from __future__ import annotations

import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.judge import judge, validate_threshold
from tests.checks.make_explanations import NAMES, make_linear

CHECK = all_checks()["explainability.reason_codes"]


def measured(data, **parameters):
    return CHECK.measure(data, parameters, 1)


def verdict(evidence, threshold):
    assert validate_threshold(CHECK.id, threshold) == []
    return judge(CHECK.id, evidence.to_json(), threshold)


def test_reasons_of_refused_rows_are_counted_by_group(tmp_path):
    evidence = measured(make_linear(tmp_path))
    table = evidence.tables[1]
    assert table.columns == ("reason", "given", "as the first", "of 74 white", "of 32 not white")
    race = next(row for row in table.rows if row[0] == "Race")
    assert race[3:] == ("0.0%", "100.0%")
    assert evidence.facts["told"] == {"rows": 106, "how": "decided unfavourably"}


def test_no_row_has_more_reasons_than_asked_for(tmp_path):
    facts = measured(make_linear(tmp_path), most=1).facts
    assert sum(facts["frequency"].values()) == facts["told"]["rows"]


def test_plain_names_and_a_reason_for_everybody_pass(tmp_path):
    wanted = {"require": ["named", "unique", "given"]}
    assert verdict(measured(make_linear(tmp_path)), wanted).verdict == "pass"


def test_a_sensitive_feature_is_no_reason_to_give(tmp_path):
    found = verdict(measured(make_linear(tmp_path / "race")), {"require": "all"})
    assert found.verdict == "fail"
    assert "Race, a sensitive feature, is a reason in 32 of 106 rows." in found.sentence
    without = {"income": 0.12, "debt": -0.08, "history": 0.05}
    fair = measured(make_linear(tmp_path / "fair", weights=without))
    assert verdict(fair, {"require": "all"}).verdict == "pass"


def test_a_column_name_is_no_reason(tmp_path):
    names = {name: plain for name, plain in NAMES.items() if name != "race_code"}
    found = verdict(measured(make_linear(tmp_path, feature_names=names)), {"require": ["named"]})
    assert found.verdict == "fail"
    assert "'race_code'" in found.sentence


def test_two_features_of_one_name_are_no_reasons(tmp_path):
    data = make_linear(tmp_path, feature_names=NAMES | {"noise": "income"})
    found = verdict(measured(data), {"require": ["unique"]})
    assert found.verdict == "fail"
    assert "Several features are called Income, income" in found.sentence


def test_contributions_in_the_declared_direction_pass(tmp_path):
    found = verdict(
        measured(make_linear(tmp_path)), {"every": "against_direction", "at_most": 0.02}
    )
    assert found.verdict == "pass"


@pytest.mark.parametrize("n", [400, 1200])
def test_contributions_against_the_declared_direction_fail(tmp_path, n):
    case = {"schema": [{"name": "income", "monotone": "decreasing"}]}
    evidence = measured(make_linear(tmp_path, n, case=case))
    assert evidence.facts["several"]["against_direction"]["rows"][0]["count"] == n
    assert verdict(evidence, {"every": "against_direction", "at_most": 0.05}).verdict == "fail"
    assert "Income, declared decreasing, moves the score the other way" in evidence.sentence
    assert int(evidence.tables[2].rows[0][3]) > 0  # and it was given as a reason all the same


def test_a_reversed_flag_counts_in_full_however_rare(tmp_path):
    case = {"schema": [{"name": "race_code", "monotone": "increasing"}]}
    facts = measured(make_linear(tmp_path, case=case)).facts
    assert facts["several"]["against_direction"]["rows"][0]["value"] == 1


def test_nothing_declared_cannot_be_judged_by_direction(tmp_path):
    evidence = measured(make_linear(tmp_path, case={}))
    found = verdict(evidence, {"every": "against_direction", "at_most": 0.05})
    assert found.verdict == "inconclusive"


def test_where_few_are_refused_the_lowest_quarter_stands_in(tmp_path):
    evidence = measured(make_linear(tmp_path, task="regression"))
    assert evidence.facts["told"] == {"rows": 100, "how": "with the lowest quarter of scores"}
    assert "the 100 rows with the lowest quarter of scores" in evidence.sentence


def test_a_tiny_group_is_left_out_by_name(tmp_path):
    table = measured(make_linear(tmp_path, 80)).tables[1]
    assert "of" not in " ".join(table.columns[4:])
    assert "Fewer than 10 rows, so not shown: not white" in table.note


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"name": "income", "monotone": "upwards"}, "declared increasing or decreasing"),
        ({"name": "history", "monotone": "increasing"}, "'history' is declared increasing and is"),
    ],
)
def test_it_says_what_is_wrong_with_the_declaration(tmp_path, case, says):
    data = make_linear(tmp_path, case={"schema": [case]})
    frame = pl.read_parquet(data.data).with_columns(history=pl.lit("good"))
    frame.write_parquet(data.data)
    with pytest.raises(CheckError, match=says):
        measured(data)

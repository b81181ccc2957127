"""Whether explanations hold still: rankings of halves, and rows that are alike."""

from __future__ import annotations

import polars as pl
import pytest

from governance.checks.catalog import all_checks
from governance.checks.judge import judge, validate_threshold
from tests.checks.make_explanations import make_linear

CHECK = all_checks()["explainability.stability"]
ALIKE = dict.fromkeys(["a", "b", "c", "d", "e", "f"], 0.1) | {"income": 0.1}


def measured(data, **parameters):
    return CHECK.measure(data, {"top": 3} | parameters, 1)


def test_a_clear_order_is_the_same_in_both_halves(tmp_path):
    facts = measured(make_linear(tmp_path)).facts
    assert facts["intervals"]["top_overlap"]["value"] == 1
    assert facts["same_order"] > 0.99


def test_features_that_weigh_alike_change_places(tmp_path):
    evidence = measured(make_linear(tmp_path, 100, weights=ALIKE, case={}))
    assert evidence.facts["same_order"] < 0.3
    assert evidence.facts["intervals"]["top_overlap"]["value"] < 0.9
    assert sum(evidence.facts["kept"].values()) == pytest.approx(3)
    threshold = {"measurement": "top_overlap", "at_least": 0.9}
    assert validate_threshold(CHECK.id, threshold) == []
    assert judge(CHECK.id, evidence.to_json(), threshold).verdict != "pass"


def test_rows_that_are_alike_are_explained_alike_by_a_smooth_model(tmp_path):
    near = measured(make_linear(tmp_path)).facts["intervals"]["neighbour_difference"]
    assert near["value"] < 0.4
    assert near["at_90"][0] <= near["value"] <= near["at_90"][1]


def test_contributions_that_ignore_the_row_are_no_more_alike_than_any(tmp_path):
    data = make_linear(tmp_path)
    found = pl.read_ipc(data.explanations.read_bytes())
    shuffled = found.drop("row").sample(fraction=1, shuffle=True, seed=5)
    shuffled.insert_column(0, found["row"]).write_ipc(data.explanations)
    near = measured(data).facts["intervals"]["neighbour_difference"]
    assert near["value"] == pytest.approx(1, abs=0.1)


def test_twins_show_the_noise_of_the_method(tmp_path):
    data = make_linear(tmp_path)
    frame = pl.read_parquet(data.data)
    pl.concat([frame.head(200), frame.head(200)]).write_parquet(data.data)
    evidence = measured(data)
    assert evidence.facts["twins"]["rows"] == 400
    assert evidence.facts["twins"]["apart"] > 0  # the explanations are still of other rows
    assert "400 rows have a twin" in evidence.sentence


def test_with_no_more_features_than_the_top_it_is_not_computable(tmp_path):
    evidence = measured(make_linear(tmp_path), top=5)
    overlap = next(one for one in evidence.measurements if one.name == "top_overlap")
    assert overlap.value is None
    assert overlap.note == "The model has 5 features, so the top 5 are always the same."
    threshold = {"measurement": "top_overlap", "at_least": 0.5}
    assert judge(CHECK.id, evidence.to_json(), threshold).verdict == "inconclusive"


def test_a_model_that_never_moves_is_not_computable(tmp_path):
    weights = dict.fromkeys(["income", "debt", "history", "noise"], 0.0)
    evidence = measured(make_linear(tmp_path, weights=weights))
    assert all(one.value is None for one in evidence.measurements)
    assert "No feature moved the score" in evidence.sentence


def test_text_and_empty_values_are_held_against_each_other(tmp_path):
    data = make_linear(tmp_path)
    frame = pl.read_parquet(data.data)
    debt = pl.when(pl.col("debt") > 1).then(None).otherwise(pl.col("debt")).alias("debt")
    history = pl.when(pl.col("history") > 0).then(pl.lit("good")).alias("history")
    frame.with_columns(debt, history).write_parquet(data.data)
    assert measured(data).facts["intervals"]["neighbour_difference"]["value"] < 1

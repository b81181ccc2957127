"""What the fairness checks say when parameters or data are wrong: what to mend."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from tests.checks.make import make_people

CHECKS = {name: check for name, check in all_checks().items() if name.startswith("fairness.")}


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("conditional_disparity", {}, "Say with 'by' which legitimate factor"),
        ("conditional_disparity", {"by": "race"}, "both compared and held alike"),
        ("conditional_disparity", {"by": "shoe"}, "no column 'shoe'"),
        ("conditional_disparity", {"by": "income", "of": "wish"}, "one of decision, recorded"),
        ("adjusted_disparity", {}, "Say with 'controls'"),
        ("adjusted_disparity", {"controls": ["one"]}, "'one' is constant"),
        (
            "adjusted_disparity",
            {"controls": ["income", "twice"]},
            "'twice' is constant, or follows",
        ),
        ("adjusted_disparity", {"controls": ["name"]}, "600 different texts"),
        ("adjusted_disparity", {"controls": ["empty"]}, "No row has all its controls filled"),
        ("error_rates", {"rates": ["precision"]}, "not 'precision'"),
        ("champion_gap", {"rates": ["accuracy"]}, "not 'accuracy'"),
        ("regression_parity", {}, "is for regression models"),
        ("selection_rate_ratio", {"reference": "green"}, "no group 'green'"),
        ("group_auc", {"reference": "green"}, "no group 'green'"),
    ],
)
def test_a_wrong_parameter_says_what_to_mend(tmp_path, name, parameters, said):
    data = make_people(tmp_path, n=600, features=("income",))
    frame = pl.read_parquet(data.data).with_columns(
        one=pl.lit(1.0), twice=2 * pl.col("income"), empty=pl.lit(None, dtype=pl.Float64),
        name=pl.int_range(pl.len()).cast(pl.String),
    )  # fmt: skip
    frame.write_parquet(data.data)
    with pytest.raises(CheckError, match=said):
        CHECKS[f"fairness.{name}"].measure(data, {"attribute": "race", **parameters}, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"w": pl.lit(-1.0)}, "negative"),
        ({"w": pl.lit(0.0)}, "zero in every row"),
        ({"w": pl.lit(None, dtype=pl.Float64)}, "empty or infinite"),
        ({"w": pl.lit("heavy")}, "not numbers"),
        ({"approved": pl.lit(None, dtype=pl.Int64)}, "empty values"),
        ({"approved": pl.int_range(pl.len())}, "a binary outcome has two"),
        ({"approved": pl.lit("maybe")}, "never 1"),
    ],
)
def test_wrong_data_say_what_to_mend(tmp_path, change, said):
    data = make_people(tmp_path, n=60)
    frame = pl.read_parquet(data.data).with_columns(w=pl.lit(1.0)).with_columns(**change)
    frame.write_parquet(data.data)
    with pytest.raises(CheckError, match=said):
        CHECKS["fairness.selection_rate_ratio"].measure(
            replace(data, weight="w"), {"attribute": "race"}, 1
        )


def test_scores_for_other_rows_are_an_error(tmp_path):
    data = make_people(tmp_path, n=60)
    pl.read_ipc(data.scores)[:50].write_ipc(tmp_path / "fewer.arrow")
    with pytest.raises(CheckError, match="50 scores for 60 rows"):
        CHECKS["fairness.equalized_odds"].measure(
            replace(data, scores=tmp_path / "fewer.arrow"), {"attribute": "race"}, 1
        )


def test_scores_that_are_no_probabilities_cannot_be_calibrated(tmp_path):
    data = make_people(tmp_path, n=200)
    scores = pl.read_ipc(data.scores)
    scores.with_columns(score=pl.col("score") * 5).write_ipc(tmp_path / "wide.arrow")
    with pytest.raises(CheckError, match="no probabilities"):
        CHECKS["fairness.group_calibration"].measure(
            replace(data, scores=tmp_path / "wide.arrow"), {"attribute": "race"}, 1
        )


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("adjusted_disparity", {"controls": "income", "of": "recorded"}, "same outcome"),
        ("proxy_strength", {}, "no features but the attribute itself"),
        ("impact_ratio", {}, "no sensitive column: name them"),
        ("selection_rate_ratio", {}, "with 'attribute'; the data declare none"),
        ("champion_gap", {}, "with 'attribute'; the data declare none"),
        ("selection_rate_ratio", {"floor": 3}, "'floor' must be at least 10"),
        ("selection_rate_ratio", {"refference": "white"}, "has no parameter 'refference'"),
    ],
)
def test_what_the_version_does_not_declare_is_asked_for(tmp_path, name, parameters, said):
    data = make_people(tmp_path, n=200, sensitive=())
    frame = pl.read_parquet(data.data).with_columns(approved=pl.lit(1))
    frame.write_parquet(data.data)
    if name in ("adjusted_disparity", "proxy_strength"):
        parameters = {**parameters, "attribute": "race"}
    with pytest.raises(CheckError, match=said):
        CHECKS[f"fairness.{name}"].measure(data, parameters, 1)


def test_one_recorded_outcome_leaves_nothing_to_compare(tmp_path):
    """Single class: rates among the other are not assessed, an AUC is not computable."""
    data = make_people(tmp_path, n=400)
    frame = pl.read_parquet(data.data).with_columns(approved=pl.lit(1))
    frame.write_parquet(data.data)
    attribute = {"attribute": "race"}
    odds = CHECKS["fairness.equalized_odds"].measure(data, attribute, 1)
    rates = odds.facts["rates"]
    assert {one["why"] for one in rates["false_positive_rate"]} == {
        "<10 rows, under the floor of 30"
    }
    assert all(one["assessed"] for one in rates["true_positive_rate"])
    aucs = CHECKS["fairness.group_auc"].measure(data, attribute, 1).measurements
    assert all(one.value is None and one.note for one in aucs)


def test_an_empty_sensitive_value_is_a_group_of_its_own(tmp_path):
    """Not stated is told, counted and never dropped, whether empty or NaN."""
    data = make_people(tmp_path, n=300)
    frame = pl.read_parquet(data.data)
    place = pl.int_range(pl.len())
    for kind, empty in (("race", None), ("code", float("nan"))):
        column = pl.when(place % 5 == 0).then(pl.lit(empty))
        values = pl.col("race") if kind == "race" else pl.lit(2.0)
        frame.with_columns(column.otherwise(values).alias(kind)).write_parquet(data.data)
        found = CHECKS["fairness.selection_rate_ratio"].measure(data, {"attribute": kind}, 1)
        groups = {one["group"]: one["n"] for one in found.facts["groups"]}
        assert groups["(not stated)"] == 60
        assert sum(groups.values()) == 300

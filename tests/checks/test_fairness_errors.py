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

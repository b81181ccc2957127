"""A counts file instead of rows: what is a function of counts comes out the same, bit for bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.engine import profiles
from governance.counting import Spec, count
from governance.counting.files import CountsFile
from lib.canonical import canonical_json
from tests.checks.make import make_people
from tests.checks.make_tasks import with_weights

SAME = [
    ("fairness.selection_rate_ratio", {"attribute": "race"}),
    ("fairness.selection_rate_ratio", {"attribute": ["race", "sex"]}),
    ("fairness.selection_rate_difference", {"attribute": "sex", "reference": "male"}),
    ("fairness.equalized_odds", {"attribute": "race"}),
    ("fairness.equal_opportunity", {"attribute": "race"}),
    ("fairness.predictive_parity", {"attribute": "race"}),
    ("fairness.error_rates", {"attribute": "race"}),
    ("fairness.impact_ratio", {}),
    ("performance.accuracy", {}),
]


def on_counts(folder, data, **more):
    """The input with a counts file of the same rows in place of them."""
    rows = pl.read_parquet(data.data)
    scores = pl.read_ipc(data.scores).sort("row")
    rows = rows.with_columns(scores["score"].alias("_score"), scores["prediction"].alias("_said"))
    spec = Spec(
        label=data.label, prediction="_said", score="_score", sensitive=data.sensitive,
        weight=data.weight, **more,
    )  # fmt: skip
    place = folder / "people.counts.json"
    place.write_bytes(CountsFile(count(rows, spec)).written(None))
    return replace(data, data=place, scores=None, counts=place)


@pytest.fixture
def people(tmp_path):
    return make_people(tmp_path, n=3000)


def measured(check, data, parameters):
    return canonical_json(all_checks()[check].measure(data, parameters, 7).to_json())


@pytest.mark.parametrize(("check", "parameters"), SAME)
def test_the_evidence_is_the_same_to_the_last_bit(check, parameters, people, tmp_path):
    assert measured(check, on_counts(tmp_path, people), parameters) == measured(
        check, people, parameters
    )


def test_weighted_rates_are_the_same_too(people, tmp_path):
    weighted = with_weights(people, np.linspace(0.1, 3, 3000).tolist())
    check = all_checks()["fairness.equalized_odds"]
    rows = check.measure(weighted, {"attribute": "race"}, 7)
    counts = check.measure(on_counts(tmp_path, weighted), {"attribute": "race"}, 7)
    assert counts.measurements == rows.measurements
    assert counts.tables == rows.tables


def test_ranking_comes_from_bins_and_says_so(people, tmp_path):
    check = all_checks()["performance.roc_auc"]
    rows = {(m.name, m.group): m for m in check.measure(people, {}, 7).measurements}
    for one in check.measure(on_counts(tmp_path, people), {}, 7).measurements:
        exact = rows[one.name, one.group]
        assert one.value == pytest.approx(exact.value, abs=0.003)
        if one.low is not None:
            assert one.low == pytest.approx(exact.low, abs=0.005)
        assert one.name == "prevalence" or "1,024 bins" in one.note


def test_scores_of_few_digits_lose_nothing_in_bins(people, tmp_path):
    scores = pl.read_ipc(people.scores)
    scores.with_columns((pl.col("score") * 64).floor() / 64).write_ipc(people.scores)
    check = all_checks()["performance.roc_auc"]
    rows = check.measure(people, {}, 7).measurements[0]
    bins = check.measure(on_counts(tmp_path, people), {}, 7).measurements[0]
    assert bins.value == pytest.approx(rows.value, abs=1e-12)
    assert bins.low == pytest.approx(rows.low, abs=1e-9)


def test_drift_is_the_same_against_stored_profiles(people, tmp_path):
    reference = make_people(tmp_path / "earlier", n=2500, seed=8)
    kinds = {"income": "number", "debt": "number", "race": "category"}
    stored = profiles.made(pl.scan_parquet(reference.data), kinds)
    rows = replace(people, features=tuple(kinds), sensitive=(), case={"profiles": stored})
    counts = on_counts(tmp_path, replace(rows, sensitive=("race",)), columns=stored)
    counts = replace(counts, sensitive=())
    assert measured("data.drift", counts, {}) == measured("data.drift", rows, {})
    counts = replace(counts, case={})  # the file brings the reference's counts itself
    assert all_checks()["data.drift"].measure(counts, {}, 7).measurements


@pytest.mark.parametrize(
    ("check", "parameters", "said"),
    [
        ("fairness.equalized_odds", {"attribute": "age"}, "count again with it among --sensitive"),
        ("fairness.impact_ratio", {"of": "scoring"}, "needs rows"),
        ("data.drift", {"columns": ["income"]}, "has no column 'income': count again"),
        ("data.duplicates", {}, "needs rows, and people.counts.json is a counts file"),
    ],
)
def test_what_counts_cannot_tell_is_said(check, parameters, said, people, tmp_path):
    with pytest.raises(CheckError, match=said):
        all_checks()[check].measure(on_counts(tmp_path, people), parameters, 7)


def test_counts_of_another_label_are_refused(people, tmp_path):
    data = replace(on_counts(tmp_path, people), label="sex")
    with pytest.raises(CheckError, match="declares the label 'sex'"):
        all_checks()["performance.accuracy"].measure(data, {}, 7)

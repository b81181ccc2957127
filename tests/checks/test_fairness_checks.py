"""What each fairness check finds, how it is judged, and what it says when data are wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks.catalog import all_checks
from governance.checks.judge import judge
from governance.checks.render import render_svg
from tests.checks.make import make_people
from tests.checks.make_tasks import make_numbers, with_champion, with_weights

CHECKS = {name: check for name, check in all_checks().items() if name.startswith("fairness.")}
THRESHOLDS = {
    "fairness.selection_rate_ratio": {"ratio_at_least": 0.8},
    "fairness.selection_rate_difference": {"difference_at_most": 0.05},
    "fairness.equalized_odds": {"difference_at_most": 0.1},
    "fairness.equal_opportunity": {"difference_at_most": 0.1},
    "fairness.predictive_parity": {"difference_at_most": 0.1},
    "fairness.error_rates": {"difference_at_most": 0.1},
    "fairness.impact_ratio": {"recorded": True},
    "fairness.group_auc": {"difference_at_most": 0.05},
    "fairness.group_calibration": {"difference_at_most": 0.05},
    "fairness.regression_parity": {"measurement": "mae", "gap_at_most": 5},
    "fairness.conditional_disparity": {"difference_at_most": 0.1},
    "fairness.adjusted_disparity": {"difference_at_most": 0.1},
    "fairness.proxy_strength": {"proxy_at_most": 0.7},
    "fairness.champion_gap": {"wider_by_at_most": 0.1},
}
FURTHER = {
    "fairness.conditional_disparity": {"by": "income"},
    "fairness.adjusted_disparity": {"controls": ["income", "debt"]},
}


def parameters_of(name: str):
    attribute = {} if name == "fairness.impact_ratio" else {"attribute": "race"}
    return attribute | FURTHER.get(name, {})


def make_for(folder, name: str, n: int = 600):
    """People for every check; houses by age for the one that is about numbers."""
    if name == "fairness.regression_parity":
        data = make_numbers(folder, n=n)
        frame = pl.read_parquet(data.data)
        old = pl.when(pl.col("age") > 75).then(pl.lit("old")).otherwise(pl.lit("new"))
        frame.with_columns(race=old).write_parquet(data.data)
        return replace(data, sensitive=("race",))
    return with_champion(make_people(folder, n=n, features=("income", "debt")))


def mixed(folder, data):
    """The same rows in another order."""
    frame = pl.read_parquet(data.data).with_row_index("at")
    shuffled = frame.sample(fraction=1, shuffle=True, seed=11)
    order = shuffled["at"].to_list()
    folder.mkdir()
    shuffled.drop("at").write_parquet(folder / "data.parquet")
    found = {"data": folder / "data.parquet"}
    for role in ("scores", "champion_scores"):
        path = getattr(data, role)
        if path is not None:
            scores = pl.read_ipc(path)[order].with_columns(row=pl.int_range(pl.len()))
            scores.write_ipc(folder / f"{role}.arrow")
            found[role] = folder / f"{role}.arrow"
    return replace(data, **found)


def told(check, data, seed=3) -> str:
    evidence = check.measure(data, parameters_of(check.id), seed)
    return json.dumps(evidence.to_json(), sort_keys=True)


def test_every_check_of_fairness_has_a_threshold_here():
    assert set(CHECKS) == set(THRESHOLDS)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_it_measures_is_judged_and_draws(tmp_path, name):
    check, data = CHECKS[name], make_for(tmp_path, name)
    evidence = check.measure(data, parameters_of(name), 1)
    found = judge(name, evidence.to_json(), THRESHOLDS[name])
    assert found.verdict in ("pass", "fail", "inconclusive")
    assert found.sentence.endswith(".")
    assert evidence.sentence.endswith(".")
    assert evidence.charts
    for chart in evidence.charts:
        assert "</text>" in render_svg(chart.spec)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_order_of_rows_changes_no_bit_and_the_seed_is_kept(tmp_path, name):
    data = make_for(tmp_path / "a", name)
    once = told(CHECKS[name], data)
    assert told(CHECKS[name], data) == once
    assert told(CHECKS[name], mixed(tmp_path / "b", data)) == once


@pytest.mark.parametrize("name", THRESHOLDS)
def test_weights_are_used_and_their_order_changes_no_bit(tmp_path, name):
    data = make_for(tmp_path / "a", name)
    n = pl.read_parquet(data.data).height
    weighted = with_weights(data, np.random.default_rng(1).uniform(0.2, 3.0, n))
    once = told(CHECKS[name], weighted)
    assert told(CHECKS[name], mixed(tmp_path / "b", weighted)) == once
    if name not in ("fairness.impact_ratio", "fairness.proxy_strength"):
        assert once != told(CHECKS[name], data)


@pytest.mark.parametrize(
    "name", [name for name in THRESHOLDS if name not in ("fairness.champion_gap",)]
)
def test_equal_weights_are_no_weights(tmp_path, name):
    data = make_for(tmp_path, name)
    n = pl.read_parquet(data.data).height
    weighted = with_weights(data, np.full(n, 2.0))
    plain, same = (
        [m.value for m in CHECKS[name].measure(d, parameters_of(name), 1).measurements]
        for d in (data, weighted)
    )
    known = [(a, b) for a, b in zip(plain, same, strict=True) if a is not None]
    assert all(b == pytest.approx(a, abs=1e-9) for a, b in known)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_names_of_groups_change_names_only(tmp_path, name):
    data = make_for(tmp_path, name)
    values = pl.read_parquet(data.data)["race"].unique().to_list()
    renamed = replace(data, group_names={"race": {value: f"zz {value[::-1]}" for value in values}})
    plain, other = (
        sorted(
            (m.name, m.value, m.low, m.high, m.n)
            for m in CHECKS[name].measure(d, parameters_of(name), 1).measurements
            if m.value is not None
        )
        for d in (data, renamed)
    )
    assert plain == other


def test_shards_are_the_whole(tmp_path):
    data = make_people(tmp_path / "a", n=400)
    frame = pl.read_parquet(data.data)
    folder = tmp_path / "shards"
    folder.mkdir()
    for place in range(4):
        frame[place * 100 : place * 100 + 100].write_parquet(folder / f"part-{place}.parquet")
    for name in ("fairness.selection_rate_ratio", "fairness.equalized_odds"):
        whole = CHECKS[name].measure(data, {"attribute": "race"}, 1)
        parts = CHECKS[name].measure(replace(data, data=folder), {"attribute": "race"}, 1)
        assert parts == whole

"""What must hold of every fairness check, whatever the data: shards, growth, weights."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from governance.checks.judge import judge
from tests.checks.make import make_input, make_people, make_selected
from tests.checks.make_tasks import with_weights
from tests.checks.test_fairness_checks import CHECKS, THRESHOLDS, make_for, parameters_of

DRAWN = ("fairness.proxy_strength",)  # folds and shuffles: more rows are other rows
BANDED = ("fairness.conditional_disparity",)  # numbers are put into bands at quantiles of rows
COUNTED = [
    "fairness.selection_rate_ratio", "fairness.selection_rate_difference",
    "fairness.equalized_odds", "fairness.equal_opportunity", "fairness.predictive_parity",
    "fairness.error_rates", "fairness.group_auc", "fairness.group_calibration",
    "fairness.conditional_disparity", "fairness.champion_gap", "fairness.adjusted_disparity",
]  # fmt: skip


def sharded(folder, data):
    """The same rows as a folder of four shards of unequal size."""
    frame = pl.read_parquet(data.data)
    folder.mkdir()
    edges = [0, 7, 150, 390, frame.height]
    for place, (start, end) in enumerate(pairwise(edges)):
        frame[start:end].write_parquet(folder / f"part-{place}.parquet")
    return replace(data, data=folder)


def repeated(folder, data, times):
    """Every row ``times`` times (a number, or one for each row), scores and all."""
    frame = pl.read_parquet(data.data)
    place = np.repeat(np.arange(frame.height), times)
    folder.mkdir()
    frame[place].write_parquet(folder / "data.parquet")
    found = {"data": folder / "data.parquet"}
    for role in ("scores", "champion_scores"):
        path = getattr(data, role)
        if path is not None:
            scores = pl.read_ipc(path)[place].with_columns(row=pl.int_range(pl.len()))
            scores.write_ipc(folder / f"{role}.arrow")
            found[role] = folder / f"{role}.arrow"
    return replace(data, **found)


def measured(name, data):
    """The check's measurements by what they are about."""
    found = CHECKS[name].measure(data, parameters_of(name), 1).measurements
    return {(one.name, one.group): one for one in found}


@pytest.mark.parametrize("weighted", [False, True], ids=["rows", "weights"])
@pytest.mark.parametrize("name", THRESHOLDS)
def test_shards_are_the_whole(tmp_path, name, weighted):
    data = make_for(tmp_path / "whole", name)
    if weighted:
        n = pl.read_parquet(data.data).height
        data = with_weights(data, np.random.default_rng(2).uniform(0.2, 3.0, n))
    whole = CHECKS[name].measure(data, parameters_of(name), 1)
    assert CHECKS[name].measure(sharded(tmp_path / "s", data), parameters_of(name), 1) == whole


@pytest.mark.parametrize("name", [name for name in THRESHOLDS if name not in DRAWN])
def test_intervals_narrow_as_data_grow_and_values_stay(tmp_path, name):
    data = make_for(tmp_path / "a", name)
    small, large = measured(name, data), measured(name, repeated(tmp_path / "b", data, 4))
    shared = [key for key, one in small.items() if one.low is not None]
    assert shared
    for key in shared:
        before, after = small[key], large[key]
        assert after.value == pytest.approx(before.value, abs=1e-9), key
        assert after.high - after.low < before.high - before.low, key


@pytest.mark.parametrize("name", COUNTED)
def test_whole_weights_are_repeated_rows(tmp_path, name):
    data = make_for(tmp_path / "a", name)
    times = np.random.default_rng(7).integers(0, 4, pl.read_parquet(data.data).height)
    more = measured(name, repeated(tmp_path / "b", data, times))
    weighed = measured(name, with_weights(data, times.astype(float)))
    figures = {
        key: one.value
        for key, one in more.items()
        if one.value is not None and key[0] != "ece"  # its tenths are cut by rows
    }
    both = {key: weighed[key].value for key in figures if key in weighed}
    both = {key: value for key, value in both.items() if value is not None}
    assert len(both) >= len(figures) / 2  # a floor counts effective rows, which are fewer
    assert both == pytest.approx(
        {key: figures[key] for key in both}, abs=0.02 if name in BANDED else 1e-9
    )


@pytest.mark.parametrize("name", [name for name in COUNTED if name not in BANDED])
def test_rows_of_no_weight_do_not_count(tmp_path, name):
    """The same rows with as many more that weigh nothing, of the other label."""
    data = make_for(tmp_path / "a", name)
    n = pl.read_parquet(data.data).height
    twice = repeated(tmp_path / "b", data, 2)
    frame = pl.read_parquet(twice.data).with_columns(
        approved=pl.when(pl.int_range(pl.len()) % 2 == 1)
        .then(1 - pl.col("approved")).otherwise(pl.col("approved"))
    )  # fmt: skip
    frame.write_parquet(twice.data)
    plain = measured(name, with_weights(data, np.ones(n)))
    padded = measured(name, with_weights(twice, np.tile([1.0, 0.0], n)))
    for key, one in plain.items():
        if one.value is not None and padded[key].value is not None:
            assert padded[key].value == pytest.approx(one.value, abs=1e-9), key


def test_a_group_that_weighs_nothing_is_not_assessed(tmp_path):
    data = make_selected(tmp_path, {"white": (70, 100), "Black": (60, 100), "Asian": (30, 50)})
    race = pl.read_parquet(data.data)["race"]
    weighted = with_weights(data, (race != "Asian").cast(pl.Float64))
    evidence = CHECKS["fairness.selection_rate_ratio"].measure(weighted, {}, 1).to_json()
    (asian,) = [one for one in evidence["measurements"] if one["group"] == "race: Asian"]
    assert asian["value"] is None
    found = judge("fairness.selection_rate_ratio", evidence, {"ratio_at_least": 0.5})
    assert found.verdict == "inconclusive"
    assert [one["group"] for one in found.not_assessed] == ["Asian"]


@pytest.mark.parametrize("n", [29, 30])
def test_the_floor_counts_the_rates_own_denominator(tmp_path, n):
    """29 rows with a favourable true outcome are too few, whatever the size of the group."""
    frame = pl.DataFrame(
        {
            "race": ["white"] * 400 + ["Black"] * 400,
            "approved": [1] * 400 + [1] * n + [0] * (400 - n),
        }
    )
    data = make_input(tmp_path, frame, prediction=[0, 1] * 400)
    rates = CHECKS["fairness.equal_opportunity"].measure(data, {}, 1).facts["rates"]
    (black,) = [one for one in rates["true_positive_rate"] if one["group"] == "Black"]
    assert black["assessed"] == (n == 30)
    assert black["n"] == n


def test_a_group_under_two_percent_of_rows_is_not_assessed(tmp_path):
    sizes = {"white": (7000, 10_000), "Black": (140, 200), "Asian": (150, 215)}
    evidence = CHECKS["fairness.selection_rate_ratio"].measure(
        make_selected(tmp_path, sizes), {}, 1
    )
    why = {one["group"]: one["why"] for one in evidence.facts["rates"]["selection_rate"]}
    assert why == {"white": "", "Asian": "", "Black": "200 rows, under 2% of all 10,415"}


@pytest.mark.parametrize(
    ("groups", "whom"),
    [
        ({"white": (1527, 1681), "non-white": (218, 308)}, "non-white"),
        ({"white": (250, 308), "non-white": (1100, 1681)}, "white"),
    ],
)
def test_the_sentence_names_the_group_that_needs_rows(tmp_path, groups, whom):
    check = CHECKS["fairness.selection_rate_ratio"]
    data = make_selected(tmp_path, groups)
    evidence = check.measure(data, {"people": "applicants", "outcome": "approved"}, 1)
    found = judge(check.id, evidence.to_json(), {"ratio_at_least": 0.8})
    assert found.verdict == "inconclusive"
    assert found.needed["group"] == whom
    few, needed = groups[whom][1], found.needed
    more = f"about {needed['rows'] or needed['in_proportion']:,} more"
    told = "of them" if found.sentence.startswith(whom.capitalize()) else f"{whom} applicants"
    assert f"to call with {few} {told}; {more}" in found.sentence


def test_data_made_larger_by_what_was_said_settle_it(tmp_path):
    check, groups = CHECKS["fairness.selection_rate_difference"], make_people(tmp_path / "a", 600)
    first = judge(
        check.id, check.measure(groups, {"attribute": "race"}, 1).to_json(),
        {"difference_at_most": 0.12},
    )  # fmt: skip
    assert first.verdict == "inconclusive"
    times = 1 + -(-first.needed["in_proportion"] // 185)
    grown = repeated(tmp_path / "b", groups, times)
    found = judge(
        check.id, check.measure(grown, {"attribute": "race"}, 1).to_json(),
        {"difference_at_most": 0.12},
    )  # fmt: skip
    assert found.verdict == "pass"

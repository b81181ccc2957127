"""Robustness: altered copies that can be trusted, and what their scores show."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.engine.alterations import AGAIN, Amounts, made
from governance.checks.judge import judge
from tests.checks.make_data import make_compared, make_frame

CHECKS = all_checks()
FEATURES = ("income", "debt", "region", "flag")
COLUMNS = [
    {"name": "income", "minimum": 0, "monotone": "increasing", "unit_factor": 1000},
    {"name": "debt", "monotone": "decreasing"},
    {"name": "region"},
    {"name": "flag", "nullable": False},
]


def make_rows(n=800, seed=1):
    flag = np.random.default_rng(seed).integers(0, 2, n)
    return make_frame(n, seed).with_columns(flag=pl.Series(flag))


def smooth(frame):
    """A model that rises with income and falls with debt; empty values count as the middle."""
    income = np.log(np.maximum(frame["income"].fill_null(50).to_numpy(), 1e-6) / 50)
    return 1 / (1 + np.exp(-(2 * income - frame["debt"].fill_null(0).to_numpy())))


def wavy(frame):
    return (np.sin(frame["income"].fill_null(50).to_numpy()) + 1) / 2


def make_probed(folder, model=smooth, n=800, amounts=None, **more):
    rows = make_rows(n)
    copies = made(rows, COLUMNS, FEATURES, 7, amounts)
    data = make_compared(folder, rows, features=FEATURES, **more)
    probes = {name: write(folder, name, model(one)) for name, one in copies.frames.items()}
    case = {"schema": COLUMNS, "probes": copies.described}
    scores = write(folder, "scores", model(rows))
    return replace(data, scores=scores, probes=probes, case=case)


def write(folder, name, score):
    path = folder / f"{name.replace(':', '_')}.arrow"
    decided = (np.asarray(score) > 0.5).astype(np.int8)
    pl.DataFrame({"row": np.arange(len(score)), "score": score, "prediction": decided}).write_ipc(
        path
    )
    return path


def judged(name, data, threshold, parameters=None):
    evidence = CHECKS[name].measure(data, parameters or {}, 1).to_json()
    return judge(name, evidence, threshold)


def test_altered_copies_have_names_and_the_types_of_the_rows():
    rows = make_rows()
    copies = made(rows, COLUMNS, FEATURES, 7)
    assert sorted(copies.frames) == [
        "again", "grid:debt", "grid:income", "missing", "noise",
        "swap:flag", "swap:region", "unit:income",
    ]  # fmt: skip
    for frame in copies.frames.values():
        assert frame.schema == rows.select(FEATURES).schema
    assert copies.frames[AGAIN].equals(rows.select(FEATURES))
    json.dumps(copies.described)


def test_each_alteration_does_what_it_says():
    rows = make_rows().select(FEATURES)
    frames = made(rows, COLUMNS, FEATURES, 7).frames
    assert not (frames["swap:region"]["region"] == rows["region"]).any()
    assert frames["swap:region"].drop("region").equals(rows.drop("region"))
    assert (frames["unit:income"]["income"] / rows["income"]).round(6).unique().to_list() == [1000]
    moved = (frames["noise"]["debt"] - rows["debt"]).std()
    assert moved == pytest.approx(0.05 * rows["debt"].std(), rel=0.15)
    assert frames["noise"]["income"].min() >= 0
    assert frames["noise"]["flag"].equals(rows["flag"])
    assert frames["missing"]["flag"].null_count() == 0
    assert frames["missing"]["debt"].null_count() == pytest.approx(40, abs=20)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5), st.integers(20, 120))
def test_the_same_rows_and_seed_give_the_same_copies(seed, n):
    rows = make_rows(n)
    once, again = (made(rows, COLUMNS, FEATURES, seed, Amounts(rows=50)) for _ in range(2))
    assert once.described == again.described
    for name, frame in once.frames.items():
        assert frame.equals(again.frames[name])
    assert len(once.described["sample"]) == min(n, 50)


@pytest.mark.parametrize(
    ("columns", "features", "said"),
    [
        ([{"name": "debt", "monotone": "up"}], FEATURES, "increasing or decreasing, not 'up'"),
        ([{"name": "region", "monotone": "increasing"}], FEATURES, "and is no number"),
        ([], ("incom",), "no column incom"),
        ([], (), "nothing to alter"),
    ],
)
def test_wrong_declarations_are_errors_in_words(columns, features, said):
    with pytest.raises(CheckError, match=said):
        made(make_rows(50), columns, features, 1)


def test_a_smooth_model_is_stable_and_a_wavy_one_is_not(tmp_path):
    limit = {"every": "decisions_changed", "at_most": 0.10}
    kinds = {"kinds": ["noise"]}
    steady = make_probed(tmp_path / "a", n=2000)
    assert judged("robustness.stability", steady, limit, kinds).verdict == "pass"
    found = judged("robustness.stability", make_probed(tmp_path / "b", wavy), limit, kinds)
    assert found.verdict == "fail"
    assert "noise" in found.sentence


def test_unit_errors_are_shown_and_judged_only_when_asked(tmp_path):
    data = make_probed(tmp_path)
    evidence = CHECKS["robustness.stability"].measure(data, {}, 1)
    judged_rows = evidence.facts["several"]["decisions_changed"]["rows"]
    assert "unit:income" not in [row["subject"] for row in judged_rows]
    assert any("times 1000" in row[0] for row in evidence.tables[0].rows)
    asked = CHECKS["robustness.stability"].measure(data, {"kinds": ["unit"]}, 1)
    assert [r["subject"] for r in asked.facts["several"]["score_moved"]["rows"]] == ["unit:income"]
    with pytest.raises(CheckError, match="'kinds' knows noise, missing, swap, unit"):
        CHECKS["robustness.stability"].measure(data, {"kinds": ["noize"]}, 1)


def test_a_copy_the_model_could_not_score_is_not_assessed(tmp_path):
    data = make_probed(tmp_path)
    data = replace(data, probes={k: v for k, v in data.probes.items() if k != "missing"})
    found = judged("robustness.stability", data, {"every": "decisions_changed", "at_most": 0.9})
    assert found.verdict == "inconclusive"
    assert "missing (the model gave no scores for these rows)" in found.sentence


def test_a_row_that_gets_no_score_any_more_is_a_changed_decision(tmp_path):
    def speechless(frame):
        return smooth(frame) + np.where(frame["income"].is_null().to_numpy(), np.nan, 0.0)

    data = make_probed(tmp_path, speechless, n=1000)
    found = judged("robustness.stability", data, {"every": "decisions_changed", "at_most": 0.01})
    assert found.verdict == "fail"
    evidence = CHECKS["robustness.stability"].measure(data, {}, 1)
    assert any("got no score, which counts as changed" in row[0] for row in evidence.tables[0].rows)


def test_moves_of_a_number_are_in_its_standard_deviations(tmp_path):
    data = make_probed(tmp_path, task="regression", label="debt")
    evidence = CHECKS["robustness.stability"].measure(data, {}, 1)
    assert {m.name for m in evidence.measurements} == {"score_moved"}
    assert "standard deviations" in evidence.sentence


def test_without_probes_it_is_an_error_in_words(tmp_path):
    data = replace(make_probed(tmp_path), probes={})
    for name in ("robustness.stability", "robustness.reproducibility"):
        with pytest.raises(CheckError, match="predictions only has no model to ask"):
            CHECKS[name].measure(data, {}, 1)
    with pytest.raises(CheckError, match="No feature is declared monotone"):
        CHECKS["robustness.monotonicity"].measure(replace(data, case={}), {}, 1)


def test_two_runs_that_differ_are_seen(tmp_path):
    data = make_probed(tmp_path)
    same = {"measurement": "rows_differing", "at_most": 0}
    assert judged("robustness.reproducibility", data, same).verdict == "pass"
    score = smooth(make_rows())
    score[3] += 1e-6
    data = replace(data, probes={**data.probes, AGAIN: write(tmp_path, "other", score)})
    assert judged("robustness.reproducibility", data, same).verdict == "fail"
    loose = {"tolerance": 1e-5}
    assert judged("robustness.reproducibility", data, same, loose).verdict == "pass"


def test_monotone_as_declared_passes_and_otherwise_fails(tmp_path):
    limit = {"every": "against_direction", "at_most": 0.05}
    steady = make_probed(tmp_path / "a")
    assert judged("robustness.monotonicity", steady, limit).verdict == "pass"
    found = judged("robustness.monotonicity", make_probed(tmp_path / "b", wavy), limit)
    assert found.verdict == "fail"
    assert "income" in found.sentence


def test_the_worst_slice_is_found_and_corrected_for_looking(tmp_path):
    rows = make_rows(3000)
    bad = (rows["region"] == "w").to_numpy()
    right = rows["approved"].to_numpy()
    score = np.where(bad & (np.arange(3000) % 2 == 0), 1 - right, right).astype(float)
    data = make_compared(tmp_path, rows, features=FEATURES, scores=write(tmp_path, "s", score))
    limit = {"every": "error_gap", "at_most": 0.10}
    evidence = CHECKS["robustness.worst_slice"].measure(data, {"depth": 1}, 1)
    assert "region w" in evidence.sentence
    assert judge("robustness.worst_slice", evidence.to_json(), limit).verdict == "fail"


def test_chance_alone_makes_no_slice_fail(tmp_path):
    rows = make_rows(3000)
    rng = np.random.default_rng(9)
    right = rows["approved"].to_numpy()
    score = np.where(rng.random(3000) < 0.2, 1 - right, right).astype(float)
    data = make_compared(tmp_path, rows, features=FEATURES, scores=write(tmp_path, "s", score))
    limit = {"every": "error_gap", "at_most": 0.0}
    assert judged("robustness.worst_slice", data, limit).verdict != "fail"


def test_errors_of_numbers_have_a_scale(tmp_path):
    rows = make_rows(600)
    score = rows["debt"].to_numpy() + (rows["region"] == "s").to_numpy() * 2.0
    data = make_compared(
        tmp_path, rows, features=("region",), label="debt", task="regression",
        scores=write(tmp_path, "s", score),
    )  # fmt: skip
    evidence = CHECKS["robustness.worst_slice"].measure(data, {}, 1)
    assert "region s" in evidence.sentence
    assert evidence.measurements[0].value == pytest.approx(2.0, abs=0.15)


def test_the_resampled_metric_is_scikit_learns(tmp_path):
    data = make_probed(tmp_path)
    one = CHECKS["robustness.resampling"].measure(data, {}, 1).measurements[0]
    rows = make_rows()
    expected = metrics.roc_auc_score(rows["approved"], smooth(rows))
    assert one.value == pytest.approx(expected, abs=1e-12)
    assert one.low < one.value < one.high
    bound = {"measurement": "metric", "at_least": 0.5}
    assert judged("robustness.resampling", data, bound).verdict == "pass"


def test_latency_has_intervals_or_says_how_many_timings_it_needs(tmp_path):
    rng = np.random.default_rng(0)
    data = make_compared(tmp_path, make_frame(10))
    many = replace(data, case={"timings": {"single_ms": rng.gamma(4, 0.5, 500).tolist()}})
    limit = {"measurement": "latency_p99", "at_most": 50}
    assert judged("robustness.latency", many, limit).verdict == "pass"
    few = replace(data, case={"timings": {"single_ms": [1.0] * 60}})
    found = judged("robustness.latency", few, limit)
    assert found.verdict == "inconclusive"
    assert "60 timings, 368 are needed" in found.sentence
    for wrong in ([], [1.0, -1.0], [float("nan")], ["1"]):
        with pytest.raises(CheckError, match=r"[Tt]imings|were timed"):
            CHECKS["robustness.latency"].measure(
                replace(data, case={"timings": {"single_ms": wrong}}), {}, 1
            )


def test_the_latency_interval_covers_the_true_quantile():
    from governance.checks.engine.latency import between

    rng, hits = np.random.default_rng(3), 0
    truth = -np.log(0.01)
    for _ in range(300):
        low, high = between(np.sort(rng.exponential(size=600)), 0.99, 0.90)
        hits += low <= truth <= high
    assert hits / 300 >= 0.86


def test_every_check_of_robustness_is_deterministic(tmp_path):
    data = make_probed(tmp_path)
    data = replace(data, case={**data.case, "timings": {"single_ms": [1.0, 2.0] * 200}})
    for name, check in CHECKS.items():
        if check.component == "robustness":
            once, again = (
                json.dumps(check.measure(data, {}, 5).to_json(), sort_keys=True) for _ in range(2)
            )
            assert once == again, name

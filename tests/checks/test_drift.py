"""Drift: distances beside their chance law, edges kept and used again, columns picked out."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.engine import drift_measures as measures
from governance.checks.engine import estimates, profiles
from governance.checks.judge import judge
from tests.checks.make_data import make_compared, make_frame

DRIFT = all_checks()["data.drift"]
TENTH = {"every": "psi", "at_most": 0.10}
counts = st.lists(st.integers(0, 400), min_size=4, max_size=8)


def psi_of(reference, current, edges):
    a = np.histogram(reference, [-np.inf, *edges, np.inf])[0]
    b = np.histogram(current, [-np.inf, *edges, np.inf])[0]
    return measures.psi(a, b).raw


def test_the_law_of_psi_without_drift_is_the_published_one():
    mean, high = measures.psi_null(1000, 1000, 10)
    assert round(mean, 4) == 0.0180
    assert round(high, 3) == 0.034


def test_psi_drawn_without_drift_follows_that_law():
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(1000, np.full(10, 0.1), size=(1500, 2))
    found = [measures.psi(a, b).raw for a, b in drawn]
    assert np.mean(found) == pytest.approx(0.0180, abs=0.0008)
    assert np.quantile(found, 0.95) == pytest.approx(0.034, abs=0.002)


def test_a_bare_limit_fires_on_a_third_of_unchanged_populations_and_the_rule_does_not():
    rng = np.random.default_rng(1)
    bare = failed = 0
    for a, b in rng.multinomial(200, np.full(10, 0.1), size=(800, 2)):
        effect, (_, p) = measures.psi(a, b), measures.phi_squared(a, b)
        bare += effect.raw > 0.1
        figure = effect.figure("x", 200, p)
        evidence = {"facts": {"several": {"psi": {"rows": [figure], "control": "bh"}}}}
        failed += judge(DRIFT.id, evidence, TENTH).verdict == "fail"
    assert bare / 800 == pytest.approx(0.36, abs=0.05)
    assert failed == 0


def test_binning_decides_psi():
    """One far value stretches equal widths until nearly all rows share a bin."""
    rng = np.random.default_rng(3)
    reference, current = rng.lognormal(0, 1, 20_000), rng.lognormal(0.34, 1, 20_000)
    deciles = np.quantile(reference, np.arange(1, 10) / 10)
    top = max(reference.max(), current.max())
    widths = np.linspace(min(reference.min(), current.min()), top, 11)[1:-1]
    by_deciles, by_widths = (psi_of(reference, current, edges) for edges in (deciles, widths))
    assert by_deciles == pytest.approx(0.118, abs=0.015)
    assert by_widths < by_deciles / 5


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("kind", ["psi", "js", "tvd", "ks"])
def test_intervals_cover_the_true_distance(kind, shift):
    cuts = [-np.inf, *stats.norm.ppf(np.arange(1, 10) / 10), np.inf]
    p, q = np.full(10, 0.1), np.diff(stats.norm.cdf(np.array(cuts) - shift))
    middle = (p + q) / 2
    truth = {
        "psi": ((q - p) * np.log(q / p)).sum(),
        "js": (p * np.log2(p / middle) + q * np.log2(q / middle)).sum() / 2,
        "tvd": np.abs(p - q).sum() / 2,
        "ks": np.abs(np.cumsum(p - q)).max(),
    }[kind]
    rng, below, above = np.random.default_rng(5), 0, 0
    for _ in range(300):
        a, b = rng.multinomial(600, p), rng.multinomial(600, q)
        effect = measures.ks(a, b, 1) if kind == "ks" else getattr(measures, kind)(a, b)
        at = estimates.interval(effect.figure("x", 600, 1.0), 0.90)
        below += at.high < truth - 1e-12
        above += at.low > truth
    assert below / 300 <= 0.08  # at the margin, a false pass (5% and its noise)
    assert above / 300 <= 0.12


@settings(max_examples=40, deadline=None)
@given(counts, st.randoms(use_true_random=False))
def test_order_of_bins_does_not_matter_and_merging_shards_is_the_whole(given_counts, random):
    a = np.array(given_counts) + 5
    b = np.array(given_counts[::-1]) + 7
    order = list(range(len(a)))
    random.shuffle(order)
    for kind in (measures.psi, measures.js, measures.tvd):
        assert kind(a, b).raw == pytest.approx(kind(a[order], b[order]).raw, abs=1e-12)
        assert kind(a, a).raw == pytest.approx(0.0, abs=1e-12)
        assert kind(a, b).raw >= 0
    assert measures.js(a, b).raw <= 1
    assert 0 <= measures.tvd(a, b).raw <= 1


def test_shards_counted_apart_add_up_to_the_whole():
    frame = make_frame(900)
    kinds = {"income": "number", "region": "category"}
    kept = profiles.made(make_frame(500, 9).lazy(), kinds)
    parts = [profiles.counted(frame[i : i + 300].lazy(), kept) for i in (0, 300, 600)]
    whole = profiles.counted(frame.lazy(), kept)
    for name in kinds:
        assert (sum(part[name] for part in parts) == whole[name]).all()


def test_chi_squared_and_ks_agree_with_scipy():
    rng = np.random.default_rng(2)
    a, b = rng.multinomial(400, [0.2, 0.3, 0.5]), rng.multinomial(300, [0.3, 0.3, 0.4])
    effect, p = measures.phi_squared(a, b)
    statistic, expected = stats.chi2_contingency([a, b], correction=False)[:2]
    assert effect.raw == pytest.approx(statistic / 700, abs=1e-12)
    assert p == pytest.approx(expected, abs=1e-12)
    x, y = rng.normal(size=200), rng.normal(0.2, size=150)
    assert measures.ks_of_values(x, y).raw == pytest.approx(stats.ks_2samp(x, y).statistic)


def test_few_values_get_a_bin_each_and_a_heavy_one_its_own():
    flags = pl.DataFrame({"x": [0] * 97 + [1] * 3})
    made = profiles.made(flags.lazy(), {"x": "number"})["x"]
    assert made["counts"] == [0, 97, 0, 3, 0]
    assert made["names"] == ["below 0", "0", "0 to 1", "1", "above 1"]
    strange = profiles.counted(pl.DataFrame({"x": [0, 2, 1]}).lazy(), {"x": made})["x"]
    assert strange.tolist() == [0, 1, 0, 1, 1, 0, 0]
    heavy = pl.DataFrame({"x": [0.0] * 950 + [float(k) for k in range(1, 51)]})
    assert profiles.made(heavy.lazy(), {"x": "number"})["x"]["counts"][0] == 950


def test_missing_values_are_a_bin_and_nan_is_missing():
    kept = profiles.made(make_frame(500).lazy(), {"debt": "number"})
    frame = pl.DataFrame({"debt": [None, float("nan"), 0.0, 5.0]})
    found = profiles.counted(frame.lazy(), kept)["debt"]
    assert found[-1] == 2
    assert found.sum() == 4


@pytest.fixture
def moved(tmp_path):
    return make_compared(tmp_path, make_frame(1500, 2, shift=0.8), make_frame(1500, 1))


def test_the_column_that_moved_is_picked_out_and_fails(moved):
    evidence = DRIFT.measure(moved, {}, 1)
    assert evidence.sentence.startswith("1 of 4 columns differ")
    assert "income" in evidence.sentence
    found = judge(DRIFT.id, evidence.to_json(), TENTH)
    assert found.verdict == "fail"
    assert [row["comparison"] for row in found.rows if row["verdict"] == "fail"] == ["income"]


def test_an_unchanged_population_passes_and_a_small_one_is_inconclusive(tmp_path):
    same = make_compared(tmp_path / "a", make_frame(3000, 4), make_frame(3000, 5))
    assert judge(DRIFT.id, DRIFT.measure(same, {}, 1).to_json(), TENTH).verdict == "pass"
    small = make_compared(tmp_path / "b", make_frame(80, 4), make_frame(3000, 5))
    found = judge(DRIFT.id, DRIFT.measure(small, {}, 1).to_json(), TENTH)
    assert found.verdict == "inconclusive"
    assert "would settle it" in found.sentence


def test_stored_edges_give_the_same_without_the_reference(moved):
    first = DRIFT.measure(moved, {}, 1)
    again = replace(moved, reference=None, case={"profiles": first.facts["profiles"]})
    second = DRIFT.measure(again, {}, 1)
    for kind in ("psi", "js", "tvd", "phi_squared"):
        assert first.facts["several"][kind] == second.facts["several"][kind]


def test_the_same_seed_gives_the_same_bytes(moved):
    once = json.dumps(DRIFT.measure(moved, {}, 5).to_json(), sort_keys=True)
    assert once == json.dumps(DRIFT.measure(moved, {}, 5).to_json(), sort_keys=True)


def stored(**profile):
    return {"case": {"profiles": {"income": profile}}}


@pytest.mark.parametrize(
    ("change", "parameters", "said"),
    [
        ({"reference": None}, {}, "no reference data"),
        ({}, {"columns": ["incom"]}, "no column 'incom'; they have 'income'"),
        ({"features": (), "sensitive": ()}, {}, "No columns to compare"),
        ({"case": {"profiles": {"income": {"kind": "x"}}}}, {}, "must say its kind"),
        (
            {
                "case": {
                    "profiles": {"income": {"kind": "number", "edges": [2, 1], "counts": [1] * 3}}
                }
            },
            {},
            "numbers that rise",
        ),
        (
            {"case": {"profiles": {"income": {"kind": "category", "values": [], "counts": []}}}},
            {},
            "is a category in the stored profile and number",
        ),
    ],
)
def test_what_cannot_be_compared_is_an_error_in_words(moved, change, parameters, said):
    with pytest.raises(CheckError, match=said):
        DRIFT.measure(replace(moved, **change), parameters, 1)


def test_types_that_changed_are_an_error_in_words(tmp_path):
    other = make_frame(200).with_columns(pl.col("income").cast(pl.String))
    with pytest.raises(CheckError, match="bring both to one type"):
        DRIFT.measure(make_compared(tmp_path, make_frame(200), other), {}, 1)


def test_a_column_of_one_value_has_not_moved(tmp_path):
    frames = [make_frame(200, seed).with_columns(debt=pl.lit(1.0)) for seed in (1, 2)]
    evidence = DRIFT.measure(make_compared(tmp_path, *frames), {"columns": ["debt"]}, 1)
    assert {m.value for m in evidence.measurements} == {0.0}
    assert judge(DRIFT.id, evidence.to_json(), TENTH).verdict == "pass"


def test_a_column_of_one_value_here_and_another_there_has(tmp_path):
    frames = [make_frame(200, 1).with_columns(debt=pl.lit(float(value))) for value in (1, 2)]
    evidence = DRIFT.measure(make_compared(tmp_path, *frames), {"columns": ["debt"]}, 1)
    assert judge(DRIFT.id, evidence.to_json(), TENTH).verdict == "fail"


def test_too_few_rows_are_not_assessed(tmp_path):
    data = make_compared(tmp_path, make_frame(30), make_frame(300, 2))
    evidence = DRIFT.measure(data, {}, 1)
    assert evidence.measurements[0].value is None
    found = judge(DRIFT.id, evidence.to_json(), TENTH)
    assert found.verdict == "inconclusive"
    assert "fewer than 50" in found.sentence

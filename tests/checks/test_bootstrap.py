"""The engine's draws: counts are resampled as rows would be, histograms add up, intervals cover."""

from __future__ import annotations

import numpy as np
import pytest

from governance.checks.engine import bootstrap, calibration, confusion, histogram, intervals, roc
from governance.checks.engine.figures import bootstrapped
from governance.checks.engine.shortfall import Segment, holm


def make_scored(n: int, seed: int):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, n).astype(np.int8)
    return label, 1 / (1 + np.exp(-(label + rng.normal(size=n))))


def test_counts_are_resampled_as_rows_are():
    rng = np.random.default_rng(1)
    label, decided = rng.integers(0, 2, 300), rng.integers(0, 2, 300)
    cells = confusion.matrix(label, decided, 2)
    drawn = bootstrap.resampled_counts(cells.ravel(), 2, 4000).reshape(-1, 2, 2)
    rows = rng.integers(0, 300, (4000, 300))
    by_rows = np.stack([confusion.matrix(label[r], decided[r], 2) for r in rows])
    for name in ("f1", "precision", "balanced_accuracy"):
        ours, theirs = confusion.binary(drawn)[name], confusion.binary(by_rows)[name]
        assert ours.mean() == pytest.approx(theirs.mean(), abs=0.003)
        assert ours.std() == pytest.approx(theirs.std(), rel=0.06)


def test_weighted_cells_are_resampled_as_weighted_rows_are():
    rng = np.random.default_rng(3)
    label, decided, weight = rng.integers(0, 2, 300), rng.integers(0, 2, 300), rng.random(300) * 4
    sums, squares = confusion.weighted(label, decided, 2, weight)
    drawn = bootstrap.resampled_sums(sums.ravel(), squares.ravel(), 2, 4000).reshape(-1, 2, 2)
    times = rng.poisson(1, (4000, 300))
    by_rows = np.stack([confusion.weighted(label, decided, 2, weight * t)[0] for t in times])
    for name in ("accuracy", "f1"):
        ours, theirs = confusion.binary(drawn)[name], confusion.binary(by_rows)[name]
        assert ours.mean() == pytest.approx(theirs.mean(), abs=0.004)
        assert ours.std() == pytest.approx(theirs.std(), rel=0.06)


def test_histograms_of_shards_add_up_to_the_whole():
    label, score = make_scored(5000, 4)
    inner = histogram.edges(score)
    whole = histogram.counted(label, score, inner)
    parts = [histogram.counted(label[i::3], score[i::3], inner) for i in range(3)]
    assert (sum(parts) == whole).all()
    assert whole.shape == (2, 1024)


def test_the_auc_of_a_histogram_is_right_to_five_decimals():
    label, score = make_scored(60_000, 5)
    bins = histogram.counted(label, score, histogram.edges(score))
    assert float(histogram.auc(bins)) == pytest.approx(roc.auc(label, score).value, abs=1e-5)


def test_the_spread_of_a_histogram_is_delongs():
    label, score = make_scored(4000, 6)
    spread = histogram.auc(histogram.draws(label, score, None, 7)).std()
    assert spread == pytest.approx(roc.auc(label, score).error, rel=0.08)


def test_the_paired_difference_of_auc_has_the_spread_of_the_paired_bootstrap():
    label, score = make_scored(400, 8)
    rng = np.random.default_rng(9)
    other = score + 0.1 * rng.normal(size=400)
    a, b = roc.linear(label, score), roc.linear(label, other)
    rows = rng.integers(0, 400, (600, 400))
    gaps = [
        roc.linear(label[r], score[r]).value - roc.linear(label[r], other[r]).value for r in rows
    ]
    assert a.minus(b).error == pytest.approx(np.std(gaps), rel=0.1)
    assert a.minus(b).error < 0.8 * np.hypot(a.error, b.error)


def test_newcombes_paired_interval_covers():
    rng = np.random.default_rng(10)
    shares = np.array([0.6, 0.15, 0.08, 0.17])
    hits = 0
    for both, first, second, neither in rng.multinomial(80, shares, 500):
        found = intervals.paired(both, first, second, neither, 0.90)
        hits += found.low <= 0.07 <= found.high
    assert 0.87 <= hits / 500 <= 0.95


@pytest.mark.parametrize(
    ("cells", "low", "high"), [((20, 0, 0, 0), -0.12, 0.12), ((0, 20, 0, 0), 0.7, 1.0)]
)
def test_newcombes_paired_interval_has_a_width_without_discordant_rows(cells, low, high):
    found = intervals.paired(*cells, 0.90)
    assert low <= found.low < found.high <= high


def test_the_slope_and_the_calibration_error_cover():
    rng = np.random.default_rng(12)
    slopes = errors = 0
    for seed in range(200):
        score = rng.beta(2, 2, 500)
        label = (rng.random(500) < score).astype(np.int8)
        slope, _ = calibration.slope(label, score, None)
        slopes += slope.at_90.low <= 1 <= slope.at_90.high
        bins = calibration.binned(label, score, None, 10)
        error, chance = calibration.ece(bins, seed, 500)
        errors += error.at_90.low == 0.0
        assert 0.01 < chance.value < 0.08
    assert 0.85 <= slopes / 200 <= 0.95
    assert errors / 200 >= 0.9


def test_a_perfect_score_still_has_an_interval():
    found = bootstrapped("f1_macro", 1.0, np.ones(1000), 60, fewest=20)
    assert found.at_90.low < 0.9
    assert found.at_90.high == 1.0


def test_the_search_for_weak_segments_is_not_fooled_by_chance():
    rng = np.random.default_rng(13)
    fooled = 0
    for _ in range(200):
        wrong = rng.binomial(150, 0.2, 40)
        found = [Segment(str(i), 150, w / 150, 5850, 0.2) for i, w in enumerate(wrong)]
        fooled += min(holm([one.p for one in found])) <= 0.05
    assert fooled / 200 <= 0.09


def test_holm_agrees_with_the_textbook():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])

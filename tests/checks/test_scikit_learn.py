"""Every figure shared with scikit-learn agrees to 1e-12 on 200 random data sets.

Degenerate ones (one class, nothing predicted, one score) are not computable here, whatever number
scikit-learn gives: ``docs/checks/performance.md`` has the table.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import kendalltau
from sklearn import metrics

from governance.checks.engine import confusion, histogram, losses, ordering, roc

SEEDS = range(200)


def make_binary(seed: int):
    """Labels, decisions, scores with ties, weights; some seeds make them degenerate."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 300))
    label = (rng.random(n) < rng.choice([0.02, 0.2, 0.5, 0.9])).astype(np.int8)
    score = np.clip(0.5 * rng.random(n) + 0.3 * label + 0.1 * rng.normal(size=n), 0, 1)
    if seed % 3 == 0:
        score = np.round(score, 1)
    if seed % 25 == 0:
        score[:] = 0.4
    decided = (score > rng.choice([0.3, 0.5, 1.1])).astype(np.int8)
    weight = rng.random(n) * 3 if seed % 2 else None
    return label, decided, score, weight


def make_several(seed: int):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(12, 300)), int(rng.integers(3, 6))
    label = rng.choice(k, n, p=rng.dirichlet(np.full(k, 1.5)))
    raw = rng.random((n, k)) + 0.6 * np.eye(k)[label] * rng.random()
    score = raw / raw.sum(1, keepdims=True)
    weight = rng.random(n) + 0.01 if seed % 2 else None
    return label, score.argmax(1), score, weight, k


def cells_of(label, decided, classes, weight):
    if weight is None:
        return confusion.matrix(label, decided, classes)
    return confusion.weighted(label, decided, classes, weight)[0]


def same(ours, theirs):
    assert ours == pytest.approx(theirs, abs=1e-12, rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_binary_classes_agree(seed):
    label, decided, _, weight = make_binary(seed)
    ours = confusion.binary(cells_of(label, decided, 2, weight))
    given = {"sample_weight": weight}
    same(ours["accuracy"], metrics.accuracy_score(label, decided, **given))
    wanted = {
        "recall": (metrics.recall_score, {}, label.sum() == 0),
        "specificity": (metrics.recall_score, {"pos_label": 0}, label.sum() == len(label)),
        "precision": (metrics.precision_score, {}, decided.sum() == 0),
        "f1": (metrics.f1_score, {}, label.sum() + decided.sum() == 0),
        "balanced_accuracy": (metrics.balanced_accuracy_score, {}, len(set(label)) < 2),
    }
    for name, (theirs, more, degenerate) in wanted.items():
        if degenerate:
            assert np.isnan(ours[name])
        else:
            same(ours[name], theirs(label, decided, **more, **given))


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_agree(seed):
    label, _, score, weight = make_binary(seed)
    given = {"sample_weight": weight}
    same(
        losses.mean(losses.log_losses(score, label), weight).value,
        metrics.log_loss(label, score, labels=[0, 1], **given),
    )
    same(
        losses.mean(losses.brier_losses(score, label), weight).value,
        metrics.brier_score_loss(label, score, pos_label=1, labels=[0, 1], **given),
    )
    found = roc.auc(label, score, weight)
    if min(label.sum(), len(label) - label.sum()) < 2 or np.ptp(score) == 0:
        assert found.value is None
        assert "Not computable" in found.note
        return
    same(found.value, metrics.roc_auc_score(label, score, **given))
    same(
        roc.average_precision(label, score, weight),
        metrics.average_precision_score(label, score, **given),
    )
    false, true, _ = metrics.roc_curve(label, score, drop_intermediate=False, **given)
    same(roc.ks(label, score, weight), np.abs(true - false).max())
    if weight is None:
        bins = histogram.counted(label, score, histogram.edges(score))
        same(float(histogram.auc(bins)), found.value)
        same(float(histogram.average_precision(bins)), roc.average_precision(label, score))
        same(float(histogram.ks(bins)), roc.ks(label, score))


@pytest.mark.parametrize("seed", SEEDS)
def test_several_classes_agree(seed):
    label, decided, score, weight, k = make_several(seed)
    cells = cells_of(label, decided, k, weight)
    ours, given = confusion.several(cells), {"sample_weight": weight}
    same(ours["accuracy"], metrics.accuracy_score(label, decided, **given))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if len(set(label)) > 1:
            same(
                ours["balanced_accuracy"], metrics.balanced_accuracy_score(label, decided, **given)
            )
        for name in ("precision", "recall", "f1"):
            for average in ("macro", "weighted", "micro"):
                value = float(ours[f"{name}_{average}"])
                theirs = getattr(metrics, f"{name}_score")(label, decided, average=average, **given)
                if np.isnan(value):
                    lacking = set(decided) ^ set(label)
                    assert lacking
                    assert average != "micro"
                else:
                    same(value, theirs)
    same(
        losses.mean(losses.log_losses(score, label), weight).value,
        metrics.log_loss(label, score, labels=range(k), **given),
    )
    same(
        losses.mean(losses.brier_losses(score, label), weight).value,
        metrics.brier_score_loss(label, score, labels=list(range(k)), **given),
    )
    if min(np.bincount(label, minlength=k)) >= 2:
        each = [roc.linear((label == c).astype(np.int8), score[:, c], weight) for c in range(k)]
        theirs = metrics.roc_auc_score(label, score, multi_class="ovr", **given)
        same(np.mean([one.value for one in each]), theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_regression_errors_agree(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 300))
    label = rng.normal(size=n) if seed % 20 else np.ones(n)
    guess = label + rng.normal(size=n) * rng.random() + 0.1
    weight = rng.random(n) * 2 if seed % 2 else None
    given = {"sample_weight": weight}
    same(losses.mae(label, guess, weight).value, metrics.mean_absolute_error(label, guess, **given))
    same(
        losses.rmse(label, guess, weight).value,
        metrics.root_mean_squared_error(label, guess, **given),
    )
    same(losses.bias(label, guess, weight).value, np.average(guess - label, weights=weight))
    same(
        losses.median_error(label, guess, weight).value,
        metrics.median_absolute_error(label, guess, **given),
    )
    found = losses.r2(label, guess, weight)
    if np.ptp(label) == 0:
        assert found is None
    else:
        same(found.value, metrics.r2_score(label, guess, **given))


@pytest.mark.parametrize("seed", SEEDS)
def test_rankings_agree(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 60))
    relevance, score = rng.integers(0, 5, n).astype(float), np.round(rng.random(n), 1 + seed % 3)
    for k in (None, 5):
        found = ordering.ndcg(relevance, score, k)
        if relevance.max() == 0:
            assert found is None
        else:
            same(found, metrics.ndcg_score([relevance], [score], k=k))
    if np.ptp(relevance) == 0 or np.ptp(score) == 0:
        assert ordering.concordance(relevance, score) is None
        return
    graded = kendalltau(relevance, score, variant="b").statistic
    above_chance = ordering.concordance(relevance, score) - 0.5
    assert np.sign(round(graded, 9)) == np.sign(round(above_chance, 9))
    label = (relevance > 2).astype(np.int8)
    if 0 < label.sum() < n:
        same(ordering.concordance(label.astype(float), score), metrics.roc_auc_score(label, score))

"""How often the checks of performance say pass or fail wrongly, by simulation.

python benchmarks/checks_performance.py [simulations]

At the margin: the truth lies exactly on the bound, where a pass is false (at most 5% wanted). Fair:
the candidate is as good as it should be, where a fail is false (at most 1% wanted).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from governance.checks.engine import calibration, classed, gains, ranked  # noqa: E402
from governance.checks.engine.figures import Figure  # noqa: E402
from governance.checks.engine.samples import Sample  # noqa: E402
from governance.checks.engine.shortfall import Segment  # noqa: E402

Rng = np.random.Generator
NORMAL = NormalDist()


def binary(label: np.ndarray, decided: np.ndarray, score: np.ndarray) -> Sample:
    return Sample(
        "binary", label.astype(np.int8), decided.astype(np.int8), score, None,
        ("unfavourable", "favourable"), pl.DataFrame(),
    )  # fmt: skip


def scored(rng: Rng, n: int, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores whose true AUC is Phi(shift / sqrt 2)."""
    label = (rng.random(n) < 0.3).astype(np.int8)
    return label, rng.normal(size=n) + shift * label


def auc_bound(rng: Rng, n: int) -> tuple[Figure, float]:
    label, score = scored(rng, n, 1.0)
    return ranked.auc(label, score, None), NORMAL.cdf(1 / 2**0.5)


def accuracy_bound(rng: Rng, n: int) -> tuple[Figure, float]:
    label = rng.integers(0, 2, n)
    decided = np.where(rng.random(n) < 0.8, label, 1 - label)
    return classed.figures(binary(label, decided, decided * 1.0), 1)[0], 0.8


def f1_bound(rng: Rng, n: int) -> tuple[Figure, float]:
    label = (rng.random(n) < 0.4).astype(int)
    decided = np.where(rng.random(n) < 0.8, label, 1 - label)
    sample = binary(label, decided, decided * 1.0)
    return classed.figures(sample, 1)[-1], 2 * 0.32 / (2 * 0.32 + 0.12 + 0.08)


def weighted_accuracy(rng: Rng, n: int) -> tuple[Figure, float]:
    label = rng.integers(0, 2, n)
    decided = np.where(rng.random(n) < 0.8, label, 1 - label)
    sample = binary(label, decided, decided * 1.0)
    weighed = Sample(**{**sample.__dict__, "weight": rng.lognormal(0, 0.8, n)})
    return classed.figures(weighed, int(rng.integers(1 << 30)))[0], 0.8


def champion_accuracy(rng: Rng, n: int) -> tuple[Figure, float]:
    """The candidate is right in 80% of rows, the champion in 82%, mostly the same."""
    cell = rng.choice(4, n, p=[0.75, 0.05, 0.07, 0.13])  # both, candidate, champion, neither
    label = rng.integers(0, 2, n)
    mine = np.where(np.isin(cell, (0, 1)), label, 1 - label)
    theirs = np.where(np.isin(cell, (0, 2)), label, 1 - label)
    first, second = (binary(label, one, one * 1.0) for one in (mine, theirs))
    return gains.paired(first, second, ("accuracy",), 1)[0].figure, -0.02


def champion_auc(rng: Rng, n: int) -> tuple[Figure, float]:
    """The candidate's score is the champion's with noise."""
    label, theirs = scored(rng, n, 1.0)
    mine = theirs + 0.5 * rng.normal(size=n)
    first, second = (binary(label, one > 0.5, one) for one in (mine, theirs))
    truth = NORMAL.cdf(1 / 2.5**0.5) - NORMAL.cdf(1 / 2**0.5)
    return gains.paired(first, second, ("roc_auc",), 1)[0].figure, truth


def degradation(rng: Rng, n: int) -> tuple[Figure, float]:
    """AUC on validation against twice as many training rows."""
    first = binary(*_decided(*scored(rng, n, 1.0)))
    second = binary(*_decided(*scored(rng, 2 * n, 1.2)))
    truth = NORMAL.cdf(1 / 2**0.5) - NORMAL.cdf(1.2 / 2**0.5)
    return gains.apart(first, second, ("roc_auc",), 1)[0].figure, truth


def _decided(label: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return label, (score > 0.5).astype(np.int8), score


def slope_bound(rng: Rng, n: int) -> tuple[Figure, float]:
    score = rng.beta(2, 2, n)
    label = (rng.random(n) < score).astype(np.int8)
    return calibration.slope(label, score, None)[0], 1.0


CASES: dict[str, tuple[Callable[[Rng, int], tuple[Figure, float]], float]] = {
    # name: (figure and truth, how far the bound lies from a truth that is fair)
    "ROC AUC at least": (auc_bound, 0.0),
    "accuracy at least": (accuracy_bound, 0.0),
    "F1 at least": (f1_bound, 0.0),
    "weighted accuracy at least": (weighted_accuracy, 0.0),
    "champion, accuracy, paired": (champion_accuracy, 0.02),
    "champion, ROC AUC, paired": (champion_auc, 0.02),
    "training to validation, ROC AUC": (degradation, 0.02),
    "calibration slope at least": (slope_bound, 0.1),
}


def rates(name: str, n: int, simulations: int) -> tuple[float, float, float]:
    """Shares of false passes and false fails on the bound, and of false fails when fair."""
    make, ease = CASES[name]
    rng = np.random.default_rng(n)
    passes = fails = fair_fails = 0
    for _ in range(simulations):
        figure, truth = make(rng, n)
        if figure.at_90 is None or figure.at_95 is None:
            continue
        passes += figure.at_90.low >= truth
        fails += figure.at_95.high < truth
        fair_fails += figure.at_95.high < truth - ease
    return passes / simulations, fails / simulations, fair_fails / simulations


def segments(n: int, searched: int, simulations: int) -> tuple[float, float]:
    """No segment is weak: how often one is called so (limit 0), or fails a limit of 2 points."""
    rng = np.random.default_rng(n)
    called = failed = 0
    for _ in range(simulations):
        wrong = rng.binomial(n, 0.2, searched)
        rest = round(0.2 * 20 * n) / (20 * n)
        lows = [
            Segment("", n, count / n, 20 * n, rest).simultaneous(searched).low
            for count in np.sort(wrong)[-3:]
        ]
        called += max(lows) > 0
        failed += max(lows) > 0.02
    return called / simulations, failed / simulations


def main() -> int:
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"{simulations:,} simulations each\n")
    print("| judged | rows | false pass on the bound | fail on the bound | false fail when fair |")
    print("|---|---:|---:|---:|---:|")
    for name, (_, ease) in CASES.items():
        for n in (200, 1000):
            passed, failed, fair = rates(name, n, simulations)
            said = f"{fair:.1%}" if ease else ""
            print(f"| {name} | {n:,} | {passed:.1%} | {failed:.1%} | {said} |", flush=True)
    print("\n| segments searched | rows each | one called weak | one fails a limit of 2 points |")
    print("|---:|---:|---:|---:|")
    for searched in (20, 200):
        for n in (150, 1000):
            called, failed = segments(n, searched, simulations)
            print(f"| {searched} | {n:,} | {called:.1%} | {failed:.1%} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How far probabilities can be taken at their word: bins, ECE, in-the-large, slope. Pure numbers.

Sources: Cox, Biometrika 45 (1958) 562-565 (slope and intercept); Van Calster et al., BMC Medicine
17 (2019) 230; Nixon et al., CVPR Workshops 2019 (equal-mass bins); Bröcker and Smith, Weather and
Forecasting 22 (2007) 651-661 (what chance alone does to a reliability diagram).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.engine import bootstrap, losses
from governance.checks.engine.figures import SIGNED, Figure, missing, normal
from governance.checks.engine.intervals import Interval
from governance.checks.engine.record import subseed

Floats = NDArray[np.float64]
_EDGE = 1e-9  # logits are taken this far from 0 and 1


@dataclass(frozen=True)
class Bins:
    """Rows in order of score, in bins of equal weight; tied scores share a bin.

    ``weight`` and ``squares`` are sums of weights (rows, when unweighted) and of their squares,
    ``favourable`` the weight of favourable outcomes, ``predicted`` the mean score.
    """

    rows: NDArray[np.int64]
    weight: Floats
    squares: Floats
    favourable: Floats
    predicted: Floats

    @property
    def recorded(self) -> Floats:
        return np.asarray(self.favourable / self.weight)

    @property
    def effective(self) -> Floats:
        return np.asarray(self.weight**2 / self.squares)


def binned(label: NDArray[np.int8], score: Floats, weight: Floats | None, bins: int) -> Bins:
    """``bins`` bins of about equal weight."""
    given = np.ones(len(score)) if weight is None else weight
    distinct, place = np.unique(score, return_inverse=True)
    mass = np.bincount(place, weights=given, minlength=len(distinct))
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    _, bin_of = np.unique(np.minimum((middle * bins).astype(int), bins - 1), return_inverse=True)
    here, size = bin_of[place], int(bin_of.max()) + 1

    def total(values: Floats) -> Floats:
        return np.bincount(here, weights=values, minlength=size).astype(np.float64)

    weights = total(given)
    kept = weights > 0
    return Bins(
        rows=np.bincount(here, minlength=size)[kept],
        weight=weights[kept],
        squares=total(given**2)[kept],
        favourable=total(given * label)[kept],
        predicted=total(given * score)[kept] / weights[kept],
    )


def ece(bins: Bins, seed: int, n: int) -> tuple[Figure, Figure]:
    """Expected calibration error, and what it would be by chance were calibration perfect.

    The error shown is the true one with the noise of the bins mixed in, and by the triangle
    inequality further from it by no more than the mean absolute noise. The interval is the value
    plus and minus the upper quantile of that noise: it covers whatever the true error is, which no
    percentile interval does near 0.
    """
    value = float(np.abs(bins.favourable - bins.weight * bins.predicted).sum() / bins.weight.sum())
    smooth = (bins.recorded * bins.effective + 1) / (bins.effective + 2)
    noise = _noise(bins, smooth, subseed(seed, "noise"))

    def at(confidence: float) -> Interval:
        reach = float(np.quantile(noise, confidence))
        return Interval(max(0.0, value - reach), min(1.0, value + reach))

    chance = float(_noise(bins, bins.predicted, subseed(seed, "chance")).mean())
    note = "The ECE that these rows would show by chance if the scores were perfectly calibrated."
    by_chance = Figure("ece_by_chance", chance, n, note=note)
    return Figure("ece", value, n, at(0.90), at(0.95)), by_chance


def _noise(bins: Bins, shares: Floats, seed: int) -> Floats:
    """Draws of the mean absolute distance of the bins from ``shares``, were those the truth."""
    rng = np.random.default_rng(seed)
    rows = np.maximum(1, np.rint(bins.effective)).astype(np.int64)
    truth = np.clip(shares, 0, 1)
    drawn = rng.binomial(rows, truth, (bootstrap.REPLICATES, len(rows))) / rows
    return np.asarray((np.abs(drawn - truth) * bins.weight).sum(1) / bins.weight.sum())


def in_the_large(label: NDArray[np.int8], score: Floats, weight: Floats | None) -> Figure:
    """Mean recorded minus mean predicted: above 0, the outcome is commoner than foretold."""
    return losses.mean(label - score, weight).figure("calibration_in_the_large", SIGNED)


def slope(label: NDArray[np.int8], score: Floats, weight: Floats | None) -> tuple[Figure, Figure]:
    """Cox's slope and intercept: the logistic regression of the outcome on the score's logit.

    Slope 1 and intercept 0 is right; a slope under 1 means scores too extreme (overfitting). Errors
    are the robust ones, which weights and misfit leave right.
    """
    names = ("calibration_slope", "calibration_intercept")
    if label.min() == label.max() or score.min() == score.max():
        why = "only one outcome" if label.min() == label.max() else "every score is the same"
        return missing(names[0], why), missing(names[1], why)
    held = np.clip(score, _EDGE, 1 - _EDGE)
    x = np.column_stack([np.log(held / (1 - held)), np.ones(len(score))])
    given = np.ones(len(score)) if weight is None else weight / weight.mean()
    beta = np.array([1.0, 0.0])
    for _ in range(100):
        fitted = 1 / (1 + np.exp(-np.clip(x @ beta, -500, 500)))
        bread = (x * (given * fitted * (1 - fitted))[:, None]).T @ x
        if np.linalg.cond(bread) > 1e12:
            return _separated(names)
        step = np.linalg.solve(bread, x.T @ (given * (label - fitted)))
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    if not np.all(np.abs(beta) < 50):
        return _separated(names)
    rows = x * (given * (label - fitted))[:, None]
    inverse = np.linalg.inv(bread)
    errors = np.sqrt(np.diag(inverse @ (rows.T @ rows) @ inverse))
    return (
        normal(names[0], float(beta[0]), float(errors[0]), len(label)),
        normal(names[1], float(beta[1]), float(errors[1]), len(label)),
    )


def _separated(names: tuple[str, str]) -> tuple[Figure, Figure]:
    why = "the score separates the outcomes perfectly, so no slope fits"
    return missing(names[0], why), missing(names[1], why)

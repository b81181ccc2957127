"""Least squares and logistic regression with their standard errors, on small dense designs.

Sources: White, Econometrica 48 (1980) 817-838 (HC0); MacKinnon and White, Journal of Econometrics
29 (1985) 305-325 (HC1, HC3); McCullagh and Nelder, Generalized Linear Models (1989), ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ERRORS = ("classical", "HC0", "HC1", "HC3")
_TINY = 1e-9


@dataclass(frozen=True)
class Fit:
    """Coefficients in the order of the design's columns, and their covariance."""

    names: tuple[str, ...]
    values: Floats
    covariance: Floats
    n: int
    r_squared: float = float("nan")

    def at(self, name: str) -> tuple[float, float]:
        """A coefficient and its standard error."""
        place = self.names.index(name)
        return float(self.values[place]), float(np.sqrt(self.covariance[place, place]))


def dependent(design: Floats) -> int | None:
    """The first column that is a combination of those before it; None when there is none."""
    scaled = design / np.maximum(np.sqrt(np.square(design).sum(0)), 1e-300)
    size = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    found = np.flatnonzero(size < _TINY)
    return int(found[0]) if len(found) else None


def least_squares(
    names: Sequence[str], design: Floats, y: Floats, errors: str, weight: Floats | None = None
) -> Fit:
    """Ordinary (or weighted) least squares; ``errors`` is one of ``ERRORS``."""
    given = np.ones(len(y)) if weight is None else weight
    root = np.sqrt(given)[:, None]
    q, r = np.linalg.qr(design * root)
    values = np.linalg.solve(r, q.T @ (y * root[:, 0]))
    inverse = np.linalg.inv(r)
    bread = inverse @ inverse.T
    off = y - design @ values
    n, k = design.shape
    if errors == "classical":
        covariance = bread * float((given * off**2).sum()) / (n - k)
    else:
        size = given * off
        if errors == "HC3":
            size = size / np.maximum(1 - np.square(q).sum(1), _TINY)
        meat = (design * (size**2)[:, None]).T @ design
        covariance = bread @ meat @ bread * (n / (n - k) if errors == "HC1" else 1.0)
    middle = float((given * y).sum() / given.sum())
    total = float((given * (y - middle) ** 2).sum())
    fitted = 1 - float((given * off**2).sum()) / total if total > 0 else float("nan")
    return Fit(tuple(names), values, covariance, n, fitted)


def logistic(
    names: Sequence[str], design: Floats, y: Floats, weight: Floats | None = None
) -> Fit | None:
    """Maximum likelihood by Newton's steps; None when the outcome is separated and it has none."""
    given = np.ones(len(y)) if weight is None else weight
    scale = np.maximum(np.abs(design).max(0), 1e-300)
    x = design / scale
    values = np.zeros(x.shape[1])
    for _ in range(50):
        p = _expit(x @ values)
        information = (x * (given * p * (1 - p))[:, None]).T @ x
        try:
            step = np.linalg.solve(information, x.T @ (given * (y - p)))
        except np.linalg.LinAlgError:
            return None
        values = values + step
        if np.abs(x @ values).max() > 35:  # a likelihood that only ends at infinity
            return None
        if np.abs(step).max() < 1e-10:
            covariance = np.linalg.inv(information)
            return Fit(tuple(names), values / scale, covariance / np.outer(scale, scale), len(y))
    return None


def marginal_effect(
    fit: Fit, design: Floats, name: str, weight: Floats | None = None
) -> tuple[float, float]:
    """How much the mean predicted share moves when ``name`` goes from 0 to 1, all else as it is.

    The standard error is by the delta method.
    """
    given = np.ones(len(design)) if weight is None else weight
    share = given / given.sum()
    place = fit.names.index(name)
    on, off = design.copy(), design.copy()
    on[:, place], off[:, place] = 1.0, 0.0
    p_on, p_off = _expit(on @ fit.values), _expit(off @ fit.values)
    slope = share @ (on * (p_on * (1 - p_on))[:, None] - off * (p_off * (1 - p_off))[:, None])
    value = float(share @ (p_on - p_off))
    return value, float(np.sqrt(slope @ fit.covariance @ slope))


def _expit(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))), dtype=np.float64)

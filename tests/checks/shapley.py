"""Shapley's value by its definition: the oracle that explanations are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, product
from math import comb, factorial, prod

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shapley(players: int, worth: Callable[[frozenset[int]], float]) -> list[float]:
    """The mean of what each player adds, over all orders: every coalition looked at."""
    found = []
    for player in range(players):
        others = [one for one in range(players) if one != player]
        value = 0.0
        for size in range(players):
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                value += weight * (worth(before | {player}) - worth(before))
        found.append(value)
    return found


def shapley_of_kinds(
    kinds: Sequence[int], worth: Callable[[tuple[int, ...]], float]
) -> list[float]:
    """The same for players of a few kinds (``kinds[k]`` of each), by the sizes of coalitions."""
    players = sum(kinds)
    found = []
    for kind in range(len(kinds)):
        left = [n - (place == kind) for place, n in enumerate(kinds)]
        value = 0.0
        for sizes in product(*(range(n + 1) for n in left)):
            size = sum(sizes)
            weight = factorial(size) * factorial(players - size - 1) / factorial(players)
            ways = prod(comb(n, k) for n, k in zip(left, sizes, strict=True))
            joined = tuple(k + (place == kind) for place, k in enumerate(sizes))
            value += ways * weight * (worth(joined) - worth(sizes))
        found.append(value)
    return found


def of_row(
    model: Callable[[Floats], Floats], row: Floats, background: Floats
) -> tuple[list[float], float]:
    """(contributions, base) of one row: features that are off come from the background rows."""

    def worth(on: frozenset[int]) -> float:
        kept = np.array([place in on for place in range(len(row))])
        return float(model(np.where(kept, row, background)).mean())

    return shapley(len(row), worth), worth(frozenset())

"""What every tree must be before a library may load it: children in range, no loop, no ring.

The libraries trust their own files: a child out of range reads beyond the array, a loop never ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.scoring import mismatch
from governance.scoring.answers import Malformed, Unusable

Ints = NDArray[np.int64]
MOST_NODES = 5_000_000
DEEPEST = 512
_FLOAT32 = 3.4028234e38


def walked(left: Ints, right: Ints, where: str) -> tuple[NDArray[np.bool_], int]:
    """(nodes the root, node 0, leads to; splits on its longest way). -1 stands for no child."""
    count = len(left)
    both = np.concatenate([left, right])
    if ((both < -1) | (both >= count)).any():
        worst = int(both[(both < -1) | (both >= count)][0])
        raise Malformed(f"{where} points to node {worst:,}, and it has {count:,} nodes.")
    if ((left == -1) != (right == -1)).any():
        raise Malformed(f"{where} has a node with one child.")
    children = both[both >= 0]
    if (children == 0).any():
        raise Malformed(f"{where} leads back to its root: it would never end.")
    twice = np.flatnonzero(np.bincount(children, minlength=count) > 1)
    if len(twice):
        raise Malformed(f"{where} leads to node {int(twice[0]):,} on two ways.")
    # Every node has one parent at most and the root has none, so this walk ends.
    reached = np.zeros(count, dtype=bool)
    level, depth = np.zeros(1, dtype=np.int64), 0
    while level.size:
        reached[level] = True
        below = np.concatenate([left[level], right[level]])
        level, depth = below[below >= 0], depth + 1
        if depth > DEEPEST + 1:
            raise Malformed(f"{where} is deeper than {DEEPEST} levels.")
    return reached, depth - 1


def whole_numbers(values: Any, count: int | None, where: str) -> Ints:
    """A list of ``count`` integers as an array. Raises Malformed."""
    found = _array(values, count, where)
    if found.size and found.dtype.kind not in "ib":
        raise Malformed(f"{where} must be whole numbers.")
    return found.astype(np.int64)


def finite(
    values: Any, count: int | None, where: str, most: float = _FLOAT32
) -> NDArray[np.float64]:
    """A list of ``count`` numbers up to ``most`` (32 bits) as an array. Raises Malformed."""
    found = _array(values, count, where)
    if found.size and found.dtype.kind not in "if":
        raise Malformed(f"{where} must be numbers.")
    real = found.astype(np.float64)
    if not (np.abs(real) <= most).all():
        raise Malformed(f"{where} holds a number that is not finite.")
    return real


def _array(values: Any, count: int | None, where: str) -> NDArray[Any]:
    if not isinstance(values, list):
        raise Malformed(f"{where} is missing or no list.")
    if count is not None and len(values) != count:
        raise Malformed(f"{where} has {len(values):,} values and not {count:,}.")
    try:
        found = np.array(values)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"{where} is no list of numbers.") from error
    if found.ndim != 1:
        raise Malformed(f"{where} is no list of numbers.")
    return found


def ordered(named: Sequence[str], count: int, features: Sequence[str]) -> list[str]:
    """The declared features in the model's order: by name where the model has names.

    Raises Unusable when model and declaration do not agree.
    """
    if not named:
        if count != len(features):
            raise Unusable(mismatch.width(count, features))
        return list(features)
    if differs := mismatch.inputs(named, features):
        raise Unusable(differs)
    return list(named)

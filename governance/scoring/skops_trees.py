"""Looks at the trees inside a built scikit-learn model before it answers anything.

scikit-learn follows a tree's numbers without looking: a child out of range reads beyond the array,
and a loop never ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from governance.scoring import trees
from governance.scoring.answers import Malformed

_DEEPEST = 200  # objects within objects
_MOST = 2_000_000


def check(model: Any) -> tuple[int, int]:
    """(trees, nodes), all of them sound, and no part that would start other processes."""
    count = nodes = 0
    for part, features in _parts(model):
        if "n_jobs" in getattr(part, "__dict__", {}):
            part.n_jobs = None
        size = _size_of(part, features, f"Tree {count}")
        if size:
            count, nodes = count + 1, nodes + size
        if nodes > trees.MOST_NODES:
            raise Malformed(f"The model has more than {trees.MOST_NODES:,} nodes.")
    return count, nodes


def _size_of(part: Any, features: int | None, where: str) -> int:
    kind = type(part).__name__
    if kind == "Tree":
        return _tree(part, features, where)
    if kind == "TreePredictor":
        return _predictor(part, features, where)
    if "tree_" in getattr(part, "__dict__", {}) and type(part.tree_).__name__ != "Tree":
        raise Malformed("The model has a decision tree without a tree.")
    return 0


def _tree(tree: Any, features: int | None, where: str) -> int:
    left = tree.children_left.astype(np.int64)
    right = tree.children_right.astype(np.int64)
    reached, _ = trees.walked(left, right, where)
    known = tree.n_features if features is None else min(features, tree.n_features)
    _splits(tree.feature[reached & (left >= 0)], known, where)
    return len(left)


def _predictor(part: Any, features: int | None, where: str) -> int:
    nodes = part.nodes
    wanted = {"is_leaf", "left", "right", "feature_idx", "is_categorical"}
    if not isinstance(nodes, np.ndarray) or not wanted <= set(nodes.dtype.names or ()):
        raise Malformed(f"{where} has no nodes.")
    if nodes["is_categorical"].any():
        raise Malformed(
            f"{where} splits on categories, which we do not load: encode them in a step before."
        )
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, -1, nodes["left"].astype(np.int64))
    right = np.where(leaf, -1, nodes["right"].astype(np.int64))
    if ((left < 0) != leaf).any() or len(nodes) == 0:
        raise Malformed(f"{where} has a split without children.")
    reached, _ = trees.walked(left, right, where)
    _splits(nodes["feature_idx"][reached & ~leaf], features, where)
    return len(nodes)


def _splits(used: Any, features: int | None, where: str) -> None:
    if features is None:
        raise Malformed(f"{where} belongs to no model that says how many features it takes.")
    if ((used < 0) | (used >= features)).any():
        raise Malformed(f"{where} splits on a feature beyond the model's {features}.")


def _parts(model: Any) -> Iterator[tuple[Any, int | None]]:
    """Every object of the model and how many features whoever holds it takes.

    An ensemble hands its rows on as they are; so a tree must do with the fewer of both.
    """
    waiting: list[tuple[Any, int | None, int]] = [(model, None, 0)]
    seen: set[int] = set()
    while waiting:
        part, features, depth = waiting.pop()
        if id(part) in seen or isinstance(part, (str, bytes, int, float)):
            continue
        seen.add(id(part))
        if depth > _DEEPEST or len(seen) > _MOST:
            raise Malformed("The model is built too deep, or of too many parts.")
        inner = getattr(part, "__dict__", None)
        if isinstance(part, dict):
            held = list(part.values())
        elif isinstance(part, (list, tuple, set)):
            held = list(part)
        elif isinstance(part, np.ndarray):
            held = part.ravel().tolist() if part.dtype == object else []
        else:
            held = list(inner.values()) if inner else []
            features = _features(part, features)
            yield part, features
        waiting += [(one, features, depth + 1) for one in held]


def _features(part: Any, above: int | None) -> int | None:
    own = getattr(part, "__dict__", {}).get("n_features_in_")
    if not isinstance(own, (int, np.integer)):
        return above
    hands_on = above is not None and type(part).__module__.startswith("sklearn.tree.")
    return min(int(own), above) if hands_on and above is not None else int(own)

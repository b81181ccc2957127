"""Reads a LightGBM text model without LightGBM, and writes anew only what was found sound.

Every number is parsed and written again, tree by tree: what the library loads is what was checked.
Parameters of the training and whatever else the file holds are left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.scoring import trees
from governance.scoring.answers import Malformed

MOST_BYTES = 128 * 1024 * 1024
MOST_TREES = 50_000
MOST_CLASSES = 1_000
MOST_FEATURES = 100_000
_MOST = 1e308  # numbers are of 64 bits
_SPLITS = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
_ON_SPLITS = ("split_gain", "internal_value", "internal_weight", "internal_count")
_ON_LEAVES = ("leaf_weight", "leaf_count")
_SINGLE = ("num_leaves", "num_cat", "is_linear", "shrinkage")
_KNOWN = {*_SPLITS, *_ON_SPLITS, *_ON_LEAVES, *_SINGLE, "leaf_value"}
_CATEGORICAL, _LINEAR = {"cat_boundaries", "cat_threshold"}, {"leaf_const", "leaf_coeff"}
_SETTING = re.compile(r"(sqrt|[a-z_]+:[-+0-9.e]+)\Z")
_BLOCK = re.compile(r"^Tree=", re.MULTILINE)


@dataclass(frozen=True)
class LightgbmFile:
    """``content`` is the model written anew; ``names`` are those of its features, in order."""

    content: str
    objective: str
    groups: int
    features: int
    names: tuple[str, ...]
    trees: int
    nodes: int


def read(path: Path) -> LightgbmFile:
    """The model in ``path``. Raises Malformed with a sentence."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Malformed(f"The model has {size:,} bytes; the most we load is {MOST_BYTES:,}.")
    try:
        whole = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("The file is not a LightGBM model: it is no text.") from error
    body, end, _ = whole.partition("\nend of trees")
    if not whole.startswith("tree\n") or not end:
        raise Malformed("The file is not a LightGBM model as it saves its text.")
    head, *blocks = _BLOCK.split(body)
    given = dict(_lines(head.removeprefix("tree\n"), "The head of the file"))
    groups, features = _count(given, "num_tree_per_iteration"), _count(given, "max_feature_idx") + 1
    if groups != _count(given, "num_class") or not 1 <= groups <= MOST_CLASSES:
        raise Malformed(f"The model says it has {groups:,} trees a round for its classes.")
    if features > MOST_FEATURES:
        raise Malformed(f"The model has {features:,} features; we load {MOST_FEATURES:,} at most.")
    if not blocks or len(blocks) > MOST_TREES or len(blocks) % groups:
        raise Malformed(
            f"The model has {len(blocks):,} trees for {groups} classes; "
            f"the most we load is {MOST_TREES:,}."
        )
    names = tuple(given.get("feature_names", "").split(" "))
    if len(names) != features or len(set(names)) != features or "" in names:
        raise Malformed(f"The model has {features} features and {len(set(names))} names for them.")
    objective = _objective(given.get("objective", ""), groups)
    made, nodes = [], 0
    for place, block in enumerate(blocks):
        number, _, rest = block.partition("\n")
        if number != str(place):
            raise Malformed(f"Tree {place} calls itself {number[:20]}.")
        text, count = _tree(dict(_lines(rest, f"Tree {place}")), place, features)
        made.append(text)
        nodes += count
        if nodes > trees.MOST_NODES:
            raise Malformed(f"The model has more than {trees.MOST_NODES:,} nodes.")
    return LightgbmFile(
        content=_written(made, groups, names, objective, average="average_output" in given),
        objective=objective.split(" ")[0],
        groups=groups,
        features=features,
        names=names,
        trees=len(blocks),
        nodes=nodes,
    )


def _written(
    made: list[str], groups: int, names: tuple[str, ...], objective: str, *, average: bool
) -> str:
    head = [
        "tree",
        "version=v4",
        f"num_class={groups}",
        f"num_tree_per_iteration={groups}",
        "label_index=0",
        f"max_feature_idx={len(names) - 1}",
        f"objective={objective}",
        *(["average_output"] if average else []),
        "feature_names=" + " ".join(names),
        "feature_infos=" + " ".join("[-1e300:1e300]" for _ in names),
        "tree_sizes=" + " ".join(str(len(text)) for text in made),
        "",
        "",
    ]
    return "\n".join(head) + "".join(made) + "end of trees\n\npandas_categorical:null\n"


def _tree(given: dict[str, str], place: int, features: int) -> tuple[str, int]:
    """One tree written anew, and how many nodes it has."""
    where = f"Tree {place}"
    if _CATEGORICAL & set(given) or given.get("num_cat", "0") != "0":
        raise Malformed(
            f"{where} splits on categories, which we do not load: train the model on columns of "
            "numbers."
        )
    if _LINEAR & set(given) or given.get("is_linear", "0") != "0":
        raise Malformed(f"{where} has linear leaves, which we do not load.")
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise Malformed(f"{where} holds '{unknown[0][:40]}', which LightGBM does not write.")
    leaves = _count(given, "num_leaves", where)
    if not 1 <= leaves <= trees.MOST_NODES // 2:
        raise Malformed(f"{where} says it has {leaves:,} leaves.")
    found: dict[str, Any] = {"num_leaves": leaves, "num_cat": 0}
    if leaves > 1:
        found |= _splits(given, leaves - 1, features, where)
    found["leaf_value"] = _reals(given, "leaf_value", leaves, where)
    for names, count in ((_ON_LEAVES, leaves), (_ON_SPLITS, leaves - 1)):
        for name in names:
            if given.get(name):
                found[name] = _reals(given, name, count, where)
    for name in ("leaf_count", "internal_count"):
        if name in found:
            found[name] = _whole(given, name, len(found[name]), where)
    found |= {"is_linear": 0, "shrinkage": _reals(given, "shrinkage", 1, where)}
    lines = [f"{name}={_spelt(value)}" for name, value in found.items()]
    return "\n".join([f"Tree={place}", *lines, "", "", ""]), 2 * leaves - 1


def _splits(given: dict[str, str], count: int, features: int, where: str) -> dict[str, Any]:
    """The splits of a tree: inner nodes 0 to count - 1; a child below 0 is the leaf ~child."""
    found = {name: _whole(given, name, count, where) for name in _SPLITS if name != "threshold"}
    split, decision = found["split_feature"], found["decision_type"]
    if ((split < 0) | (split >= features)).any():
        raise Malformed(f"{where} splits on a feature beyond the model's {features}.")
    if (decision & 1).any():
        raise Malformed(f"{where} splits on categories, which we do not load.")
    if ((decision < 0) | (decision >= 12)).any():
        raise Malformed(f"{where} has a split of a kind LightGBM does not write.")
    left, right = found["left_child"], found["right_child"]
    both = np.concatenate([left, right])
    if ((both < -count - 1) | (both >= count)).any():
        raise Malformed(f"{where} has a child that is neither one of its splits nor a leaf.")
    # Leaves after the splits, so that one walk sees all nodes; leaves have no children.
    none = np.full(count + 1, -1, dtype=np.int64)
    sides = [np.concatenate([np.where(side < 0, count + ~side, side), none])
             for side in (left, right)]  # fmt: skip
    reached, _ = trees.walked(sides[0], sides[1], where)
    if not reached.all():
        raise Malformed(f"{where} has nodes that its root does not lead to.")
    return found | {"threshold": _reals(given, "threshold", count, where)}


def _whole(given: dict[str, str], name: str, count: int, where: str) -> NDArray[np.int64]:
    values = _reals(given, name, count, where)
    if (values != np.round(values)).any() or (np.abs(values) > 2**31).any():
        raise Malformed(f"{where}: '{name}' must be whole numbers.")
    return values.astype(np.int64)


def _reals(given: dict[str, str], name: str, count: int, where: str) -> NDArray[np.float64]:
    try:
        values = [float(one) for one in given.get(name, "").split()]
    except ValueError as error:
        raise Malformed(f"{where}: '{name}' must be numbers.") from error
    return trees.finite(values, count, f"{where}: '{name}'", _MOST)


def _spelt(value: Any) -> str:
    return " ".join(map(repr, value.tolist())) if isinstance(value, np.ndarray) else str(value)


def _lines(text: str, where: str) -> Iterator[tuple[str, str]]:
    """Names and values, a line each; a name given twice is refused."""
    seen: set[str] = set()
    for line in text.split("\n"):
        if not line:
            continue
        name, _, value = line.partition("=")
        if name in seen:
            raise Malformed(f"{where} gives '{name[:40]}' twice.")
        seen.add(name)
        yield name, value


def _objective(said: str, groups: int) -> str:
    name, *settings = said.split(" ")
    if not re.fullmatch(r"[a-z_0-9]+", name) or not all(map(_SETTING.match, settings)):
        raise Malformed(f"The model's objective is not what LightGBM writes: '{said[:60]}'.")
    for setting in settings:
        if setting.startswith("num_class:") and setting != f"num_class:{groups}":
            raise Malformed(f"The objective is for other classes than the model's {groups}.")
    return said


def _count(given: dict[str, str], name: str, where: str = "The model") -> int:
    said = given.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Malformed(f"{where} gives no count '{name}'.")
    return int(said)

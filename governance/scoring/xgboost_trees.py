"""Reads an XGBoost JSON model without XGBoost, and writes anew only what was found sound.

What the library loads is what was checked, not the file: a parser that reads the same bytes
another way (a name given twice, a number spelt oddly) makes no difference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from governance.scoring import trees
from governance.scoring.answers import Malformed

MOST_BYTES = 128 * 1024 * 1024
MOST_TREES = 50_000
MOST_CLASSES = 1_000
_DELETED = 2**31 - 1  # the split index of a node that was pruned away
_REALS = ("base_weights", "loss_changes", "split_conditions", "sum_hessian")
_EMPTY = ("categories", "categories_nodes", "categories_segments", "categories_sizes")


@dataclass(frozen=True)
class _Size:
    """``work``: leaves times depth squared, what contributions of one row cost (TreeSHAP)."""

    nodes: int
    work: int


@dataclass(frozen=True)
class XgboostFile:
    """``content`` is the model written anew; ``names`` are empty when it was trained without."""

    content: bytearray
    objective: str
    groups: int
    features: int
    names: tuple[str, ...]
    trees: int
    nodes: int
    work: int
    note: str = ""


def read(path: Path) -> XgboostFile:
    """The model in ``path``. Raises Malformed with a sentence."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Malformed(f"The model has {size:,} bytes; the most we load is {MOST_BYTES:,}.")
    try:
        whole = json.loads(path.read_bytes(), parse_constant=_endless)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The file is not XGBoost JSON: {str(error)[:200]}.") from error
    learner = _part(_dict(whole, "The file"), "learner")
    settings = _part(learner, "learner_model_param")
    features = _count(settings, "num_feature")
    groups = max(1, _count(settings, "num_class"))
    if _count(settings, "num_target", "1") > 1:
        raise Malformed("The model predicts several targets at once, which we do not score.")
    if groups > MOST_CLASSES:
        raise Malformed(f"The model has {groups:,} classes; the most we load is {MOST_CLASSES:,}.")
    objective = _part(learner, "objective")
    booster, found = _booster(_part(learner, "gradient_booster"), features, groups)
    names = _names(learner, features)
    early = "best_iteration" in _part(learner, "attributes", {})
    written = {
        "version": _version(whole),
        "learner": {
            "attributes": {},
            "feature_names": list(names),
            "feature_types": [],
            "learner_model_param": _settings(settings, groups),
            "objective": _objective(objective),
            "gradient_booster": booster,
        },
    }
    return XgboostFile(
        content=bytearray(json.dumps(written).encode()),
        objective=str(objective["name"]),
        groups=groups,
        features=features,
        names=names,
        trees=len(found),
        nodes=sum(one.nodes for one in found),
        work=sum(one.work for one in found),
        note=" It stopped early; all its rounds are used." if early else "",
    )


def _booster(
    given: dict[str, Any], features: int, groups: int
) -> tuple[dict[str, Any], list[_Size]]:
    """The trees and what holds them, and the size of each."""
    kind = given.get("name")
    if kind == "gbtree":
        model, found = _model(_part(given, "model"), features, groups)
        return {"name": "gbtree", "model": model}, found
    if kind == "dart":
        model, found = _model(_part(_part(given, "gbtree"), "model"), features, groups)
        weights = trees.finite(given.get("weight_drop"), len(found), "The list 'weight_drop'")
        inner = {"name": "gbtree", "model": model}
        return {"name": "dart", "gbtree": inner, "weight_drop": weights.tolist()}, found
    raise Malformed(f"The model is no boosted trees (gbtree or dart) but '{str(kind)[:40]}'.")


def _model(given: dict[str, Any], features: int, groups: int) -> tuple[dict[str, Any], list[_Size]]:
    settings = _part(given, "gbtree_model_param")
    kept = given.get("trees")
    if not isinstance(kept, list) or not kept:
        raise Malformed("The model has no trees.")
    if len(kept) > MOST_TREES or len(kept) != _count(settings, "num_trees"):
        raise Malformed(
            f"The model has {len(kept):,} trees and says {_count(settings, 'num_trees'):,}; "
            f"the most we load is {MOST_TREES:,}."
        )
    if any(_part(given, "cats", {}).values()):
        _categories()
    groups_of = trees.whole_numbers(given.get("tree_info"), len(kept), "The list 'tree_info'")
    if ((groups_of < 0) | (groups_of >= groups)).any():
        raise Malformed(f"A tree belongs to a class beyond the model's {groups}.")
    model: dict[str, Any] = {
        "gbtree_model_param": {
            "num_trees": str(len(kept)),
            "num_parallel_tree": str(max(1, _count(settings, "num_parallel_tree", "1"))),
        },
        "tree_info": groups_of.tolist(),
    }
    if "iteration_indptr" in given:
        rounds = trees.whole_numbers(given["iteration_indptr"], None, "The list of rounds")
        if len(rounds) < 2 or rounds[0] or rounds[-1] != len(kept) or (np.diff(rounds) < 0).any():
            raise Malformed("The list of rounds does not divide the trees.")
        model["iteration_indptr"] = rounds.tolist()
    made, found, nodes = [], [], 0
    for place, tree in enumerate(kept):
        written, size = _tree(_dict(tree, f"Tree {place}"), place, features)
        made.append(written)
        found.append(size)
        nodes += size.nodes
        if nodes > trees.MOST_NODES:
            raise Malformed(f"The model has more than {trees.MOST_NODES:,} nodes.")
    return model | {"trees": made}, found


def _tree(given: dict[str, Any], place: int, features: int) -> tuple[dict[str, Any], _Size]:
    """One tree, its arrays of one length and its nodes a tree indeed."""
    where = f"Tree {place}"
    settings = _part(given, "tree_param")
    count, deleted = _count(settings, "num_nodes"), _count(settings, "num_deleted", "0")
    if not 1 <= count <= trees.MOST_NODES:
        raise Malformed(f"{where} says it has {count:,} nodes.")
    if _count(settings, "size_leaf_vector", "0") > 1:
        raise Malformed(f"{where} has leaves of several numbers, which we do not score.")
    if any(given.get(name) for name in _EMPTY):
        _categories()

    def whole(name: str) -> trees.Ints:
        return trees.whole_numbers(given.get(name), count, f"{where}: '{name}'")

    left, right, parents = whole("left_children"), whole("right_children"), whole("parents")
    splits, kinds = whole("split_indices"), whole("split_type")
    if kinds.any():
        _categories()
    reached, depth = trees.walked(left, right, where)
    inner = np.flatnonzero(reached & (left >= 0))
    if (parents[left[inner]] != inner).any() or (parents[right[inner]] != inner).any():
        raise Malformed(f"{where} has a node that names another parent than the one above it.")
    if ((splits[reached] < 0) | (splits[reached] >= features)).any():
        raise Malformed(f"{where} splits on a feature beyond the model's {features}.")
    gone = ~reached
    if gone.sum() != deleted or (left[gone] >= 0).any() or (splits[gone] != _DELETED).any():
        raise Malformed(f"{where} has nodes that its root does not lead to.")
    reals = {name: trees.finite(given.get(name), count, f"{where}: '{name}'") for name in _REALS}
    if (reals["sum_hessian"] < 0).any():
        raise Malformed(f"{where} has a node of negative weight.")
    size = _Size(count, int((reached & (left < 0)).sum()) * max(1, depth) ** 2)
    return {
        "id": place,
        "tree_param": {
            "num_deleted": str(deleted),
            "num_feature": str(features),
            "num_nodes": str(count),
            "size_leaf_vector": "1",
        },
        "left_children": left.tolist(),
        "right_children": right.tolist(),
        "parents": parents.tolist(),
        "split_indices": splits.tolist(),
        "split_type": kinds.tolist(),
        "default_left": whole("default_left").astype(bool).astype(int).tolist(),
        **{name: values.tolist() for name, values in reals.items()},
        **{name: [] for name in _EMPTY},
    }, size


def _settings(given: dict[str, Any], groups: int) -> dict[str, str]:
    said = str(given.get("base_score", ""))
    try:
        base = [float(one) for one in said.strip("[]").split(",")]
    except ValueError as error:
        raise Malformed(f"The base score '{said[:40]}' is no number.") from error
    trees.finite(base, None, "The base score")
    if len(base) not in (1, groups):
        raise Malformed(f"The model has {len(base)} base scores for {groups} classes.")
    return {
        "base_score": said,
        "boost_from_average": str(_count(given, "boost_from_average", "1")),
        "num_class": str(_count(given, "num_class")),
        "num_feature": str(_count(given, "num_feature")),
        "num_target": "1",
    }


def _objective(given: dict[str, Any]) -> dict[str, Any]:
    """The objective's name and its settings, which are texts in folders one deep."""
    for name, inner in given.items():
        fine = isinstance(inner, dict) and all(isinstance(one, str) for one in inner.values())
        if not (fine or (name == "name" and isinstance(inner, str))):
            raise Malformed(f"The objective's '{name[:40]}' is not what XGBoost writes.")
    if "name" not in given:
        raise Malformed("The model does not say its objective.")
    return given


def _names(learner: dict[str, Any], features: int) -> tuple[str, ...]:
    names, kinds = learner.get("feature_names") or [], learner.get("feature_types") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Malformed("The model's feature names are no texts.")
    if names and (len(names) != features or len(set(names)) != features):
        raise Malformed(f"The model has {features} features and {len(set(names))} names for them.")
    if not isinstance(kinds, list) or "c" in kinds:
        _categories()
    return tuple(names)


def _version(whole: dict[str, Any]) -> list[int]:
    found = trees.whole_numbers(whole.get("version"), 3, "The version of XGBoost")
    return [int(one) for one in found]


def _part(given: dict[str, Any], name: str, default: Any = None) -> dict[str, Any]:
    return _dict(given.get(name, default), f"'{name}'")


def _dict(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"The file is not a model as XGBoost saves it: {what} is missing.")
    return value


def _count(given: dict[str, Any], name: str, default: str = "") -> int:
    said = given.get(name, default)
    if not (isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 10):
        raise Malformed(f"The setting '{name}' of the model is no count.")
    return int(said)


def _categories() -> NoReturn:
    raise Malformed(
        "The model splits on categories, which we do not load: train it on columns of numbers."
    )


def _endless(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}, which is no number")

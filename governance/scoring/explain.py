"""Chooses the rows to explain and how, and says so. Runs in the child.

A format whose library gives exact contributions of trees is explained by it, in its margin space
(``link``); every other model by permutations, in the space of its scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.scoring import permutation
from governance.scoring.answers import Asked, Columns, Floats, Model, Unusable

# About five seconds of one processor: 2,900 rows of 200 trees of depth 6.
MOST_NATIVE, FEWEST_NATIVE, MOST_WORK = 5_000, 50, 1_200_000_000
# About eight seconds of a model that answers 250,000 rows a second, which 200 such trees do.
MOST_ROWS, FEWEST_ROWS, MOST_ANSWERS = 1_000, 100, 2_000_000
PREDICTED = "predicted"
_BY_PERMUTATION = "antithetic permutations over an independent background"


@dataclass(frozen=True)
class Plan:
    """As ``launch.Explain``. ``rows`` 0: as many as the method affords, see ``affordable``."""

    rows: int = 0
    background: int = 50
    permutations: int = 2
    seed: int = 0
    only: tuple[int, ...] = ()
    target: str = ""


@dataclass(frozen=True)
class Explained:
    """``values[i, j]``: what feature j adds to ``outputs[i]`` over ``bases[i]``, by ``row_ids``."""

    values: Floats
    row_ids: NDArray[np.int64]
    bases: Floats
    outputs: Floats
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    """Before one output is chosen: values (rows, features, k), bases (k,), outputs (rows, k)."""

    values: Floats
    bases: Floats
    outputs: Floats
    link: str
    method: str
    background: NDArray[np.int64]


def affordable(features: int, background: int, permutations: int) -> int:
    """Rows explained by permutation: the model answers about ``MOST_ANSWERS`` altered rows."""
    each = permutation.evaluations(features, background, permutations)
    return max(FEWEST_ROWS, min(MOST_ROWS, MOST_ANSWERS // each))


def explain(
    model: Model, columns: Columns, asked: Asked, plan: Plan, progress: Callable[[float], None]
) -> Explained:
    """Contributions for the rows of ``plan.only``, or for a seeded sample. Raises Unusable."""
    total = len(columns[asked.features[0]])
    drawn = np.random.default_rng(plan.seed).permutation(total)
    row_ids = _rows(drawn, plan, asked, model.work)
    if model.work:
        found = _native(model, columns, row_ids, progress)
    else:
        found = _permuted(model, columns, asked, plan, row_ids, drawn, progress)
    if not np.isfinite(found.values).all():
        raise Unusable(
            "The contributions are not all finite numbers: the model answers NaN or infinity for "
            "some rows, or is so steep that sums overflow."
        )
    return _chosen(model, columns, asked, plan, row_ids, found)


def affordable_by_library(work: int) -> int:
    """Rows explained by a format's own library, whose contributions of one cost ``work``."""
    return max(FEWEST_NATIVE, min(MOST_NATIVE, MOST_WORK // work))


def _rows(drawn: NDArray[np.int64], plan: Plan, asked: Asked, work: int) -> NDArray[np.int64]:
    if plan.only:
        strange = [row for row in plan.only if not 0 <= row < len(drawn)]
        if strange:
            raise Unusable(f"There is no row {strange[0]} to explain: there are {len(drawn)} rows.")
        return np.array(list(dict.fromkeys(plan.only)), dtype=np.int64)
    enough = (
        affordable_by_library(work)
        if work
        else affordable(len(asked.features), min(plan.background, len(drawn)), plan.permutations)
    )
    return np.sort(drawn[: plan.rows or enough])


def _native(
    model: Model, columns: Columns, row_ids: NDArray[np.int64], progress: Callable[[float], None]
) -> _Found:
    parts = []
    step = max(1, len(row_ids) // 10)
    for start in range(0, len(row_ids), step):
        chosen = row_ids[start : start + step]
        part = model.contributions({name: values[chosen] for name, values in columns.items()})
        parts.append(part)
        progress(min(1.0, (start + step) / len(row_ids)))
    first = parts[0]
    return _Found(
        values=np.concatenate([part.values for part in parts]),
        bases=first.bases,
        outputs=np.concatenate([part.outputs for part in parts]),
        link=first.link,
        method=first.method,
        background=np.empty(0, dtype=np.int64),
    )


def _permuted(
    model: Model, columns: Columns, asked: Asked, plan: Plan,
    row_ids: NDArray[np.int64], drawn: NDArray[np.int64], progress: Callable[[float], None],
) -> _Found:  # fmt: skip
    codes = permutation.Codes(columns, asked.features)
    # Rows named one by one are kept out of their own background. A sample is drawn from the other
    # end: on small data the two overlap, no harm done.
    others = drawn[~np.isin(drawn, row_ids)] if plan.only else drawn
    background = np.sort(others[::-1][: plan.background])
    if len(background) == 0:
        raise Unusable("An explanation compares with other rows, and there are none.")

    def answered(matrix: Floats) -> Floats:
        return model.answers(codes.columns(matrix)).outputs()

    values, bases, outputs = permutation.values(
        answered, codes.matrix[row_ids], codes.matrix[background],
        permutations=plan.permutations, seed=plan.seed, progress=progress,
    )  # fmt: skip
    return _Found(values, bases, outputs, "identity", _BY_PERMUTATION, background)


def _chosen(
    model: Model, columns: Columns, asked: Asked, plan: Plan,
    row_ids: NDArray[np.int64], found: _Found,
) -> Explained:  # fmt: skip
    """One output per row: the only one, the class asked for, or the one the model predicts."""
    said = model.answers({name: columns[name][row_ids] for name in asked.features})
    places = np.zeros(len(row_ids), dtype=np.int64)
    facts: dict[str, Any] = {}
    if said.classes:
        facts["target"] = plan.target or PREDICTED
        if plan.target and plan.target not in said.classes:
            raise Unusable(
                f"The model has no class '{plan.target}' to explain: it knows "
                f"{', '.join(said.classes)}."
            )
        wanted = [plan.target] * len(row_ids) if plan.target else list(said.prediction)
        places = np.array([said.classes.index(str(name)) for name in wanted])
        facts["targets"] = [str(name) for name in wanted]
        facts["base_values"] = dict(zip(said.classes, found.bases.tolist(), strict=True))
    elif plan.target:
        raise Unusable("Only a model of several classes is explained for one of them.")
    each = np.arange(len(row_ids))
    explained = Explained(
        values=found.values[each, :, places],
        row_ids=row_ids,
        bases=found.bases[places],
        outputs=found.outputs[each, places],
        facts=facts,
    )
    return _described(explained, found, plan)


def _described(explained: Explained, found: _Found, plan: Plan) -> Explained:
    error = np.abs(explained.bases + explained.values.sum(axis=1) - explained.outputs)
    permuted = found.link == "identity" and found.method == _BY_PERMUTATION
    explained.facts.update(
        {
            "method": found.method,
            "link": found.link,
            "rows": len(explained.row_ids),
            "row_ids": explained.row_ids.tolist(),
            "outputs": explained.outputs.tolist(),
            "base_value": float(explained.bases.mean()),
            "additivity_error": float(error.max()),
            "background": len(found.background),
            "background_ids": found.background.tolist(),
            "permutations": plan.permutations if permuted else None,
            "seed": plan.seed,
            "chosen": "named" if plan.only else "sampled",
            "libraries": {"numpy": version("numpy")},
        }
    )
    return explained

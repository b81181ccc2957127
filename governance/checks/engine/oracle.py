"""Holds our group rates and their summaries against fairlearn's; part of the evidence on modest
data.

Where we say "not computable" and fairlearn has a 0, a 1 or a NaN, nothing is compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from governance.checks.base import JSON
from governance.checks.engine.group_rates import share
from governance.checks.engine.groups import MOST_HELD as MOST_ROWS
from governance.checks.engine.groups import Grouping
from governance.checks.engine.record import installed

_NAMED = (  # rates fairlearn has under the same name
    "selection_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate",
    "false_negative_rate",
)  # fmt: skip


def agreement(
    outcomes: pl.DataFrame,
    grouping: Grouping,
    names: Sequence[str],
    ours: Mapping[str, float | None],
    theirs: Mapping[str, float | None],
) -> JSON:
    """The largest difference between our figures of ``grouping`` and fairlearn's.

    ``outcomes`` has label, prediction, group and perhaps weight. On more than 20,000 rows nothing
    is compared, because fairlearn works scalar by scalar; the counts are the same at any size.
    """
    if outcomes.height > MOST_ROWS:
        return {"compared": False, "why": f"more than {MOST_ROWS:,} rows"}
    largest, compared = 0.0, 0
    for name, by_group in _rates(outcomes, names).items():
        for cell in grouping.cells:
            mine = share(cell, name) if cell.n else None
            if mine is not None:
                largest = max(largest, abs(mine - by_group[cell.group]))
                compared += 1
    for name, value in ours.items():
        other = theirs.get(name)
        if value is not None and other is not None:
            largest = max(largest, abs(value - other))
            compared += 1
    return {
        "compared": True,
        "version": installed("fairlearn"),
        "figures": compared,
        "largest_difference": float(largest),
        "agrees": bool(largest <= 1e-12),
    }


def _rates(outcomes: pl.DataFrame, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """fairlearn's rates of every group, by the rate's name. One frame for all: each costs tens of
    milliseconds, whatever the number of rows."""
    from fairlearn import metrics

    label, prediction, group, weight = _columns(outcomes)
    weights = {name: {"sample_weight": weight} for name in names} if weight is not None else None
    with np.errstate(invalid="ignore", divide="ignore"):  # a group without any weight
        frame = metrics.MetricFrame(
            metrics={name: _metric(name) for name in names},
            y_true=label,
            y_pred=prediction,
            sensitive_features=group,
            sample_params=weights,
        )
    return {
        name: {str(key): float(value) for key, value in frame.by_group[name].items()}
        for name in names
    }


def _metric(name: str) -> Callable[..., Any]:
    from fairlearn import metrics
    from sklearn.metrics import accuracy_score, precision_score

    if name in _NAMED:
        named: Callable[..., Any] = getattr(metrics, name)
        return named

    def negative_predictive_value(y_true: Any, y_pred: Any, **more: Any) -> Any:
        return precision_score(1 - y_true, 1 - y_pred, zero_division=0, **more)

    def positive_predictive_value(y_true: Any, y_pred: Any, **more: Any) -> Any:
        return precision_score(y_true, y_pred, zero_division=0, **more)

    others: dict[str, Callable[..., Any]] = {
        "positive_predictive_value": positive_predictive_value,
        "negative_predictive_value": negative_predictive_value,
        "accuracy": accuracy_score,
    }
    return others[name]


def summaries(outcomes: pl.DataFrame, names: Sequence[str]) -> dict[str, float | None]:
    """fairlearn's own ``names`` over all groups, small ones included, for the record."""
    if outcomes.height > MOST_ROWS or outcomes.get_column("group").n_unique() < 2:
        return {}
    from fairlearn import metrics

    label, prediction, group, weight = _columns(outcomes)
    found: dict[str, float | None] = {}
    for name in names:
        with np.errstate(invalid="ignore", divide="ignore"):
            value = float(
                getattr(metrics, name)(
                    label, prediction, sensitive_features=group, sample_weight=weight
                )
            )
        found[name] = value if math.isfinite(value) else None
    return found


def _columns(outcomes: pl.DataFrame) -> tuple[Any, Any, Any, Any]:
    if "weight" in outcomes.columns:  # its sums of floats are the same for any order of rows then
        outcomes = outcomes.sort("group", "label", "prediction", "weight")
    weight = outcomes.get_column("weight").to_numpy() if "weight" in outcomes.columns else None
    label, prediction, group = (
        outcomes.get_column(name).to_numpy() for name in ("label", "prediction", "group")
    )
    return label, prediction, group, weight

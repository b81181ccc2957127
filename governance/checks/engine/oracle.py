"""Holds our group rates against fairlearn's, row by row; part of the evidence on modest data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from governance.checks.base import JSON
from governance.checks.engine.groups import Grouping, denominators
from governance.checks.engine.record import installed

MOST_ROWS = 20_000
_AGGREGATES = {
    "selection_rate": ("demographic_parity_ratio", "demographic_parity_difference"),
    "true_positive_rate": ("equalized_odds_difference", "equal_opportunity_difference"),
}


def agreement(outcomes: pl.DataFrame, grouping: Grouping, names: Sequence[str]) -> JSON:
    """The largest difference between our rates of ``grouping`` and fairlearn's.

    ``outcomes`` has label, prediction and group. On more than 20,000 rows nothing is compared,
    because fairlearn works scalar by scalar; the counts are the same integers at any size.
    """
    if outcomes.height > MOST_ROWS:
        return {"compared": False, "why": f"more than {MOST_ROWS:,} rows"}
    from fairlearn import metrics

    label = outcomes.get_column("label").to_numpy()
    prediction = outcomes.get_column("prediction").to_numpy()
    group = outcomes.get_column("group").to_numpy()
    largest, compared = 0.0, 0
    for name in names:
        frame = metrics.MetricFrame(
            metrics=getattr(metrics, name),
            y_true=label,
            y_pred=prediction,
            sensitive_features=group,
        )
        theirs = dict(frame.by_group)
        for cell in grouping.cells:
            count, n = denominators(cell, name)
            if n:
                largest = max(largest, abs(count / n - float(theirs[cell.group])))
                compared += 1
    return {
        "compared": True,
        "version": installed("fairlearn"),
        "figures": compared,
        "largest_difference": float(largest),
        "agrees": bool(largest <= 1e-12),
    }


def aggregates(outcomes: pl.DataFrame, names: Sequence[str]) -> JSON:
    """fairlearn's own one-number summaries over all groups, small ones included, for the record."""
    if outcomes.height > MOST_ROWS or outcomes.get_column("group").n_unique() < 2:
        return {}
    from fairlearn import metrics

    label = outcomes.get_column("label").to_numpy()
    prediction = outcomes.get_column("prediction").to_numpy()
    group = outcomes.get_column("group").to_numpy()
    found = {}
    for name in dict.fromkeys(item for rate in names for item in _AGGREGATES.get(rate, ())):
        value = float(getattr(metrics, name)(label, prediction, sensitive_features=group))
        found[name] = value if math.isfinite(value) else None
    return found

"""What a policy may ask of the checks of fairness: their forms of threshold and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MEASURED: Mapping[str, tuple[str, ...]] = {
    "fairness.regression_parity": ("mean_residual", "median_residual", "mae"),
}
_LEFT_OUT = frozenset({"not_assessed", "waived"})
FORMS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "ratio_at_least": (frozenset(), _LEFT_OUT | {"measurement"}),
    "difference_at_most": (frozenset(), _LEFT_OUT),
    "gap_at_most": (frozenset(), _LEFT_OUT | {"measurement"}),
    "proxy_at_most": (frozenset(), _LEFT_OUT),
    "wider_by_at_most": (frozenset(), _LEFT_OUT),
    "recorded": (frozenset(), frozenset()),
}
_RATIO_FIRST = ("ratio_at_least", "difference_at_most")
_DIFFERENCE_FIRST = ("difference_at_most", "ratio_at_least")
FORMS_OF: Mapping[str, tuple[str, ...]] = {
    "fairness.selection_rate_ratio": _RATIO_FIRST,
    "fairness.selection_rate_difference": _DIFFERENCE_FIRST,
    "fairness.equalized_odds": _DIFFERENCE_FIRST,
    "fairness.equal_opportunity": _DIFFERENCE_FIRST,
    "fairness.predictive_parity": _DIFFERENCE_FIRST,
    "fairness.error_rates": _DIFFERENCE_FIRST,
    "fairness.impact_ratio": ("recorded", "ratio_at_least"),
    "fairness.group_auc": ("difference_at_most",),
    "fairness.group_calibration": ("difference_at_most",),
    "fairness.regression_parity": ("gap_at_most", "ratio_at_least"),
    "fairness.conditional_disparity": _RATIO_FIRST,
    "fairness.adjusted_disparity": ("difference_at_most",),
    "fairness.proxy_strength": ("proxy_at_most",),
    "fairness.champion_gap": ("wider_by_at_most",),
}
EXAMPLES = {
    "ratio_at_least": "{ratio_at_least: 0.80}",
    "difference_at_most": "{difference_at_most: 0.05}",
    "gap_at_most": "{measurement: mean_residual, gap_at_most: 500}",
    "proxy_at_most": "{proxy_at_most: 0.70}",
    "wider_by_at_most": "{wider_by_at_most: 0.02}",
    "recorded": "{recorded: true}",
}
NUMBERS = ("gap_at_most", "proxy_at_most", "wider_by_at_most")


def problems(check_id: str, threshold: Mapping[str, Any]) -> list[str]:
    """What is wrong with the values that only fairness knows, in sentences."""
    found = []
    if threshold.get("recorded", True) is not True:
        found.append("'recorded' is true or left out: it asks for the figures, without a limit.")
    waived = threshold.get("waived", ["-"])
    if not isinstance(waived, Sequence) or isinstance(waived, str) or not waived:
        found.append("'waived' must list groups by name, such as [Asian].")
    elif not all(isinstance(name, str) and name for name in waived):
        found.append("'waived' must list names of groups as text.")
    measured = threshold.get("measurement")
    if "ratio_at_least" in threshold and measured is not None:
        if check_id not in MEASURED:
            found.append("'measurement' means nothing in a threshold with 'ratio_at_least'.")
        elif measured != "mae":
            found.append("Only mae has a ratio: residuals may be negative; use 'gap_at_most'.")
    return found


def problems_of_number(key: str, value: float) -> list[str]:
    """What is wrong with one limit of ``NUMBERS``."""
    if key == "gap_at_most" and value <= 0:
        return ["'gap_at_most' is in the unit of the label and above 0."]
    if key == "proxy_at_most" and not 0.5 < value <= 1:
        return ["'proxy_at_most' is an AUC above 0.5 (chance) and at most 1, such as 0.70."]
    if key == "wider_by_at_most" and not 0 < value < 1:
        return ["'wider_by_at_most' is a share between 0 and 1: 0.02 is two points."]
    return []

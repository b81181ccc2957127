"""What a judge says, and which thresholds a policy may write."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from governance.checks import judgeable
from governance.checks.base import JSON

MEASURED: dict[str, tuple[str, ...]] = {
    "performance.roc_auc": ("roc_auc",),
    "performance.accuracy": (
        "accuracy",
        "balanced_accuracy",
        "recall",
        "specificity",
        "precision",
    ),
    "explainability.global_importance": ("additivity_error",),
    **judgeable.MEASURED,
}
_FORMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # the key that names the form: (others it needs one of, others it may have)
    "measurement": (frozenset({"at_least", "at_most"}), frozenset()),
    "ratio_at_least": (frozenset(), frozenset({"not_assessed"})),
    "difference_at_most": (frozenset(), frozenset({"not_assessed"})),
    "forbidden_features": (frozenset(), frozenset({"top"})),
    "every": (frozenset({"at_least", "at_most"}), frozenset({"not_assessed"})),
    "require": (frozenset(), frozenset({"except"})),
}
_FORMS_OF: dict[str, tuple[str, ...]] = {
    "fairness.selection_rate_ratio": ("ratio_at_least", "difference_at_most"),
    "fairness.selection_rate_difference": ("difference_at_most", "ratio_at_least"),
    "fairness.equalized_odds": ("difference_at_most", "ratio_at_least"),
    "performance.roc_auc": ("measurement",),
    "performance.accuracy": ("measurement",),
    "explainability.global_importance": ("forbidden_features", "measurement"),
    **judgeable.FORMS_OF,
}
_EXAMPLES = {
    "ratio_at_least": "{ratio_at_least: 0.80}",
    "difference_at_most": "{difference_at_most: 0.05}",
    "forbidden_features": "{forbidden_features: [race], top: 5}",
}


class Unjudgeable(Exception):
    """The threshold does not fit the evidence; the text is a sentence."""


@dataclass(frozen=True)
class Judgement:
    """The verdict (``pass``, ``fail``, ``inconclusive``), why, and every comparison behind it.

    ``needed`` says what would settle an inconclusive: group, rows (see ``gate.Needed``); else
    empty.
    """

    verdict: str
    sentence: str
    rows: tuple[JSON, ...] = ()
    needed: JSON = field(default_factory=dict)
    not_assessed: tuple[JSON, ...] = ()

    def to_json(self) -> JSON:
        found = asdict(self)
        return found | {"rows": list(self.rows), "not_assessed": list(self.not_assessed)}


def problems_of_forms(check_id: str, threshold: Mapping[str, Any]) -> list[str]:
    """What is wrong with a threshold mapping, in sentences."""
    allowed = _FORMS_OF.get(check_id)
    if allowed is None:
        return [f"There is no check {check_id}."]
    named = [form for form in allowed if form in threshold]
    if len(named) != 1:
        examples = " or ".join(_example(check_id, form) for form in allowed)
        return [f"A threshold for {check_id} looks like {examples}."]
    form = named[0]
    needs, may = _FORMS[form]
    found = [
        f"'{key}' means nothing in a threshold with '{form}'."
        for key in threshold
        if key != form and key not in needs | may
    ]
    if needs and len(needs & set(threshold)) != 1:
        found.append(f"Beside '{form}' give exactly one of {' and '.join(sorted(needs))}.")
    return found + _problems_of_values(check_id, form, threshold)


def _example(check_id: str, form: str) -> str:
    if form == "measurement":
        return f"{{measurement: {MEASURED[check_id][0]}, at_least: 0.70}}"
    return _EXAMPLES.get(form) or judgeable.example(check_id, form)


def _problems_of_values(check_id: str, form: str, threshold: Mapping[str, Any]) -> list[str]:
    found = judgeable.problems(check_id, form, threshold)
    if form == "measurement" and threshold[form] not in MEASURED[check_id]:
        known = ", ".join(MEASURED[check_id])
        found.append(f"{check_id} can be judged by {known}, not {threshold[form]!r}.")
    for key in ("at_least", "at_most", "ratio_at_least", "difference_at_most"):
        if key in threshold and not _is_number(threshold[key]):
            found.append(f"'{key}' must be a number, not {threshold[key]!r}.")
        elif key in ("at_least", "at_most") and key in threshold and _beyond(threshold, key):
            found.append(f"'{key}' is {threshold[key]:g}, beyond what any measurement reaches (1).")
        elif key == "ratio_at_least" and key in threshold and not 0 < threshold[key] <= 1:
            found.append("'ratio_at_least' must be above 0 and at most 1, such as 0.80.")
        elif key == "difference_at_most" and key in threshold and not 0 < threshold[key] < 1:
            found.append("'difference_at_most' is a share between 0 and 1: 0.05 is five points.")
    if threshold.get("not_assessed", "block") not in ("note", "block"):
        found.append("'not_assessed' must be note (list them) or block (inconclusive).")
    if form == "forbidden_features":
        found += _problems_of_features(threshold)
    return found


def _beyond(threshold: Mapping[str, Any], key: str) -> bool:
    named = threshold.get("measurement", threshold.get("every"))
    return named not in judgeable.LIMITLESS and abs(float(threshold[key])) > 1


def _problems_of_features(threshold: Mapping[str, Any]) -> list[str]:
    found = []
    names = threshold["forbidden_features"]
    if not isinstance(names, (list, tuple)) or not names:
        found.append("'forbidden_features' must list at least one feature.")
    elif not all(isinstance(name, str) and name for name in names):
        found.append("'forbidden_features' must list names of features.")
    top = threshold.get("top", 5)
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        found.append(f"'top' must be a whole number from 1, not {top!r}.")
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)

"""A policy's threshold in plain words, for pages, the dossier and the reading of policies. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.metric_words import SPOKEN, spoken

Threshold = Mapping[str, Any]


def threshold_in_words(threshold: Threshold) -> str:
    """``{"measurement": "roc_auc", "at_least": 0.7}`` -> ``ROC AUC at least 0.7``."""
    return _asked(threshold) + _set_aside(threshold)


def _asked(threshold: Threshold) -> str:
    for key, told in _FORMS.items():
        if key in threshold:
            return told(threshold)
    if "recorded" in threshold or not threshold:
        return "measured and shown, without a threshold"
    return _bounded(_named(threshold), threshold)


def _ratio(threshold: Threshold) -> str:
    return f"every group at least {threshold['ratio_at_least']:g} times the reference"


def _difference(threshold: Threshold) -> str:
    return f"no pair of groups further apart than {threshold['difference_at_most']:g}"


def _gap(threshold: Threshold) -> str:
    return f"{_named(threshold)} of no two groups further apart than {threshold['gap_at_most']:g}"


def _proxy(threshold: Threshold) -> str:
    limit = threshold["proxy_at_most"]
    return f"features tell the groups apart with an AUC of at most {limit:g}"


def _wider(threshold: Threshold) -> str:
    limit = f"{100 * threshold['wider_by_at_most']:g}"
    return f"no gap more than {limit} points wider than the champion's"


def _forbidden(threshold: Threshold) -> str:
    names = ", ".join(threshold["forbidden_features"])
    return f"none of {names} among the top {threshold.get('top', 5)} features"


def _not_worse(threshold: Threshold) -> str:
    return f"{_named(threshold)} not worse by more than {threshold['not_worse_by']:g}"


def _better(threshold: Threshold) -> str:
    return f"{_named(threshold)} better by at least {threshold['better_by']:g}"


def _shortfall(threshold: Threshold) -> str:
    limit = f"{100 * threshold['shortfall_at_most']:g}"
    return f"no segment more than {limit} points below the rest"


def _every(threshold: Threshold) -> str:
    return _bounded(f"every {spoken(str(threshold['every']))}", threshold)


def _required(threshold: Threshold) -> str:
    wanted = threshold["require"]
    names = "every statement" if wanted == "all" else ", ".join(wanted).replace("_", " ")
    spared = ", ".join(threshold.get("except", ())).replace("_", " ")
    return f"{names} must hold" + (f", except {spared}" if spared else "")


_FORMS = {
    "ratio_at_least": _ratio,
    "difference_at_most": _difference,
    "gap_at_most": _gap,
    "proxy_at_most": _proxy,
    "wider_by_at_most": _wider,
    "forbidden_features": _forbidden,
    "not_worse_by": _not_worse,
    "better_by": _better,
    "shortfall_at_most": _shortfall,
    "every": _every,
    "require": _required,
}


def _named(threshold: Threshold) -> str:
    name = str(threshold.get("measurement", "the measurement"))
    return SPOKEN.get(name, spoken(name))


def _bounded(name: str, threshold: Threshold) -> str:
    if "between" in threshold:
        low, high = threshold["between"]
        return f"{name} between {low:g} and {high:g}"
    if "at_least" in threshold:
        return f"{name} at least {threshold['at_least']:g}"
    if "at_most" in threshold:
        return f"{name} at most {threshold['at_most']:g}"
    return "measured and shown, without a threshold"


def _set_aside(threshold: Threshold) -> str:
    """What the policy says of groups that are too few to be assessed."""
    waived = ", ".join(threshold.get("waived", ()))
    if threshold.get("not_assessed") == "note":
        return "; groups too few to assess are listed" + (f" ({waived} waived)" if waived else "")
    return f"; {waived} waived when too few to assess" if waived else ""

"""What a judge says, and which thresholds a policy may write."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from governance.checks import catalog, judgeable, judging_fairness, judging_performance
from governance.checks.base import JSON
from governance.checks.metric_words import UNBOUNDED

MEASURED: Mapping[str, tuple[str, ...]] = {
    **judging_performance.MEASURED,
    **judging_fairness.MEASURED,
    "explainability.global_importance": ("additivity_error", "sampling_error"),
    **judgeable.MEASURED,
}
_FORMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # the key that names the form: (others it needs one of, others it may have)
    "measurement": (frozenset({"at_least", "at_most", "between"}), frozenset()),
    "not_worse_by": (frozenset({"measurement"}), frozenset()),
    "better_by": (frozenset({"measurement"}), frozenset()),
    "shortfall_at_most": (frozenset(), frozenset()),
    **judging_fairness.FORMS,
    "forbidden_features": (frozenset(), frozenset({"top"})),
    "every": (frozenset({"at_least", "at_most"}), frozenset({"not_assessed"})),
    "require": (frozenset(), frozenset({"except"})),
}
_FORMS_OF: Mapping[str, tuple[str, ...]] = {
    **judging_fairness.FORMS_OF,
    **judging_performance.FORMS,
    "explainability.global_importance": ("forbidden_features", "measurement"),
    **judgeable.FORMS_OF,
}
_NUMBERS = (
    "at_least", "at_most", "ratio_at_least", "difference_at_most",
    "not_worse_by", "better_by", "shortfall_at_most", *judging_fairness.NUMBERS,
)  # fmt: skip
_EXAMPLES = {
    **judging_fairness.EXAMPLES,
    "forbidden_features": "{forbidden_features: [race], top: 5}",
    **judging_performance.EXAMPLES,
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
    allowed = _FORMS_OF.get(check_id) or (("measurement",) if _measured(check_id) else ())
    if not allowed and check_id not in catalog.all_checks():
        return [f"There is no check {check_id}."]
    if set(threshold) == {"recorded"}:  # any figures may be wanted on record, without a limit
        return judging_fairness.problems(check_id, threshold)
    named = [form for form in allowed if form in threshold]
    if len(named) != 1:
        examples = " or ".join(_example(check_id, form) for form in allowed) or "{recorded: true}"
        return [f"A threshold for {check_id} looks like {examples}."]
    form = named[0]
    needs, may = _FORMS[form]
    found = [
        f"'{key}' means nothing in a threshold with '{form}'."
        for key in threshold
        if key != form and key not in needs | may
    ]
    if needs and len(needs & set(threshold)) != 1:
        found.append(f"Beside '{form}' give exactly one of these: {', '.join(sorted(needs))}.")
    return found + _problems_of_values(check_id, form, threshold)


def _measured(check_id: str) -> tuple[str, ...]:
    """What may be bounded; a check of another distribution says so itself."""
    known = catalog.all_checks().get(check_id)
    return MEASURED.get(check_id) or (known.judged if known else ())


def _example(check_id: str, form: str) -> str:
    if form == "measurement":
        return f"{{measurement: {_measured(check_id)[0]}, at_least: 0.70}}"
    example = _EXAMPLES.get(form) or judgeable.example(check_id, form)
    return example % MEASURED[check_id][0] if "%s" in example else example


def _problems_of_values(check_id: str, form: str, threshold: Mapping[str, Any]) -> list[str]:
    for key in ("measurement", "every"):
        if not isinstance(threshold.get(key, ""), str):
            return [f"'{key}' names one measurement as text, not {threshold[key]!r}."]
    found = judging_fairness.problems(check_id, threshold)
    found += judgeable.problems(check_id, form, threshold)
    measurement, measured = threshold.get("measurement"), _measured(check_id)
    if "measurement" in threshold and measured and measurement not in measured:
        known = ", ".join(measured)
        found.append(f"{check_id} can be judged by {known}, not {measurement!r}.")
    named = threshold.get("every", measurement)
    unbounded = named in UNBOUNDED or named in judgeable.LIMITLESS
    for key in _NUMBERS:
        if key in threshold:
            found += _problems_of_number(key, threshold[key], unbounded)
    if "between" in threshold:
        found += _problems_of_range(threshold["between"])
    if threshold.get("not_assessed", "block") not in ("note", "block"):
        found.append("'not_assessed' must be note (list them) or block (inconclusive).")
    if form == "forbidden_features":
        found += _problems_of_features(threshold)
    return found


def _problems_of_number(key: str, value: Any, unbounded: bool) -> list[str]:
    if not _is_number(value):
        return [f"'{key}' must be a number, not {value!r}."]
    if key in ("at_least", "at_most") and abs(value) > 1 and not unbounded:
        return [f"'{key}' is {value:g}, beyond what any measurement reaches (1)."]
    if key == "ratio_at_least" and not 0 < value <= 1:
        return ["'ratio_at_least' must be above 0 and at most 1, such as 0.80."]
    if key in ("difference_at_most", "shortfall_at_most") and not 0 < value < 1:
        return [f"'{key}' is a share between 0 and 1: 0.05 is five points."]
    if key in ("not_worse_by", "better_by") and value < 0:
        return [f"'{key}' is a margin, 0 or more, not {value:g}."]
    if key in ("not_worse_by", "better_by") and value >= 1 and not unbounded:
        return [f"'{key}' is {value:g}: a margin is below 1, and 0.01 is one point."]
    return judging_fairness.problems_of_number(key, value)


def _problems_of_range(value: Any) -> list[str]:
    numbers = isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_number, value))
    if not numbers or not value[0] < value[1]:
        return ["'between' must be two numbers, the lower first: [0.80, 1.25]."]
    return []


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

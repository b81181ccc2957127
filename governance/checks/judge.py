"""Applies a policy's threshold to a check's evidence: pass, fail or inconclusive, never error.

Works on the evidence as JSON and recomputes the intervals it needs from the counts in it, with
plain Python, so that an auditor can repeat a judgement without the data. ``judge`` never sees the
data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from governance.checks import (
    judging_bounds,
    judging_contrasts,
    judging_features,
    judging_groups,
    judging_items,
    judging_margin,
    judging_recorded,
    judging_segments,
    judging_several,
)  # fmt: skip
from governance.checks.base import JSON
from governance.checks.judgement import Judgement, Unjudgeable, problems_of_forms

__all__ = ["Judgement", "Unjudgeable", "judge", "validate_threshold"]

_Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], Judgement]


def _judge_of(check_id: str, threshold: Mapping[str, Any]) -> tuple[_Judge, str] | None:
    """Which rule a threshold asks for, by its keys, and the component it belongs to."""
    if {"ratio_at_least", "difference_at_most", "gap_at_most"} & set(threshold):
        return judging_groups.judge, "fairness"
    if "proxy_at_most" in threshold or "wider_by_at_most" in threshold:
        return judging_contrasts.judge, "fairness"
    if "recorded" in threshold and check_id == "fairness.impact_ratio":
        return judging_contrasts.recorded, "fairness"
    if "recorded" in threshold:
        return judging_recorded.judge, ""
    if "forbidden_features" in threshold:
        return judging_features.judge, "explainability"
    if "not_worse_by" in threshold or "better_by" in threshold:
        return judging_margin.judge, "performance"
    if "shortfall_at_most" in threshold:
        return judging_segments.judge, "performance"
    if "every" in threshold:
        return judging_several.judge, ""
    if "require" in threshold:
        return judging_items.judge, ""
    if "measurement" in threshold:
        return judging_bounds.judge, ""
    return None


def judge(check_id: str, evidence: JSON, threshold: Mapping[str, Any]) -> Judgement:
    """The verdict of ``threshold`` on ``evidence`` (``Evidence.to_json()``).

    Raises Unjudgeable, with a sentence, when the threshold does not fit: ``validate_threshold``
    finds that out beforehand.
    """
    wrong = validate_threshold(check_id, threshold)
    chosen = _judge_of(check_id, threshold)
    if wrong or chosen is None:
        raise Unjudgeable(" ".join(wrong))
    return chosen[0](evidence, threshold)


def validate_threshold(check_id: str, threshold: Any) -> list[str]:
    """What is wrong with a threshold for this check, in sentences; empty when it is fine."""
    if not isinstance(threshold, Mapping):
        return ["The threshold must be a mapping such as {ratio_at_least: 0.80}."]
    return problems_of_forms(check_id, threshold)

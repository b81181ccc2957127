"""What one check reads: the data beside the scores, and what it asks for besides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from governance.checks.base import Check, CheckError, CheckInput
from governance.suites.given import Given
from governance.suites.scoring import CHAMPION, PROBE, TRAINING, Scored

OF_THE_MODEL = frozenset({"scores", "explanations", "probes", "training_scores", "champion_scores"})
TIMINGS = "timings"  # of single answers, which are facts of the case


def reads_data_alone(check: Check) -> bool:
    """It needs neither the model's answers nor what is known of it: no need to wait for either."""
    return not check.needs & (OF_THE_MODEL | {"case"})


def of_check(check: Check, given: Given, scored: Scored, case: Mapping[str, Any]) -> CheckInput:
    """Raises CheckError when what ``check`` needs could not be had, with the reason."""
    if scored.error and check.needs & (OF_THE_MODEL | {TIMINGS}):
        raise CheckError(scored.error)
    wrong = scored.facts.get("champion", {}).get("error")
    if wrong and "champion_scores" in check.needs:
        raise CheckError(wrong)
    unexplained = scored.facts.get("not_explained")
    if unexplained and "explanations" in check.needs:
        raise CheckError(f"The model could not be explained. {unexplained}")
    data, model = given.validation, given.model
    if data.counted and "counts" not in check.accepts and check.needs != {"case"}:
        raise CheckError(
            f"{check.id} needs rows, and {data.label} is a counts file: give the model validation "
            "data with rows, or leave this check out of the policy."
        )
    return CheckInput(
        data=data.path,
        label=data.roles.get("label") or "",
        features=tuple(model.features),
        sensitive=tuple(data.roles.get("sensitive", ())),
        scores=scored.scores,
        explanations=scored.explanations,
        explanation_facts=scored.explanation_facts,
        favourable=data.favourable,
        feature_names=data.titles,
        group_names=data.group_names,
        task=model.task,
        weight=data.roles.get("weight") or "",
        reference=given.reference.path if given.reference else None,
        training=given.training.path if given.training else None,
        training_scores=scored.others.get(TRAINING),
        champion_scores=scored.others.get(CHAMPION),
        probes={
            name.removeprefix(PROBE): path
            for name, path in scored.others.items()
            if name.startswith(PROBE)
        },
        case={"schema": list(data.schema), **case},  # declared with the data, known from the start
        counts=_counts(check, given, scored),
    )


def _counts(check: Check, given: Given, scored: Scored) -> Path | None:
    """A counts file in place of rows, or in place of their scores."""
    if given.validation.counted:
        return given.validation.path
    return scored.counts if check.needs & OF_THE_MODEL else None

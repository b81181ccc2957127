"""Runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from django.db import transaction

from audit.services import record
from lib.actor import Actor
from lib.errors import Invalid
from registry.models import DatasetVersion, Run, RunInput
from registry.subjects import dataset_version_subject, run_subject, told

Inputs = Iterable[tuple[DatasetVersion, str]]


class RunFacts(TypedDict):
    """What a pipeline says about one execution of a job."""

    namespace: str
    job: str
    code_commit: NotRequired[str]
    parameters: NotRequired[dict[str, Any]]
    metrics: NotRequired[dict[str, Any]]
    started_at: NotRequired[datetime | None]
    ended_at: NotRequired[datetime | None]


@transaction.atomic
def record_run(facts: RunFacts, *, inputs: Inputs, actor: Actor) -> Run:
    """Raises Invalid when the run ends before it starts. The caller has checked the right."""
    started, ended = facts.get("started_at"), facts.get("ended_at")
    if started and ended and ended < started:
        raise Invalid("A run ends after it starts.", errors={"run.ended_at": "before started_at"})
    run = Run.objects.create(**facts)
    pairs = list(dict.fromkeys(inputs))
    RunInput.objects.bulk_create(
        RunInput(run=run, dataset_version=data, role=role) for data, role in pairs
    )
    record(
        actor=actor,
        action="run.record",
        subject=run_subject(run),
        details={
            "code_commit": run.code_commit,
            "parameters": told(run.parameters),
            "metrics": told(run.metrics),
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "inputs": [[data.key, role] for data, role in pairs],
        },
        related=[dataset_version_subject(data) for data in dict.fromkeys(d for d, _ in pairs)],
    )
    return run

"""What an operator does about work that failed; each act is an entry with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import transaction

import jobs.services
from audit.services import record
from audit.subjects import Subject
from governance.models import CheckRun, ValidationRun
from governance.models.explanations import EXPLAIN
from governance.services import repairing
from governance.services.suite_jobs import CHECK, COUNT, SCORE, run_of
from jobs.models import Job
from jobs.registry import LeasedJob
from lib import reasons
from lib.actor import SYSTEM, Actor

MANAGE = "operations.manage"


@transaction.atomic
def try_again(job_id: UUID, *, reason: str, actor: Actor) -> Job:
    """Queues a dead job anew. Raises Conflict where its result stands already."""
    _require(actor, reason)
    job = jobs.services.revive(job_id, unless=_result_stands)
    _tell("job.revive", job, reason, actor)
    return job


@transaction.atomic
def put_aside(job_id: UUID, *, reason: str, actor: Actor) -> Job:
    """Takes a dead job off the list. What it failed at stays failed."""
    _require(actor, reason)
    job = jobs.services.dismiss(job_id)
    _tell("job.dismiss", job, reason, actor)
    return job


def wake_workers(*, actor: Actor) -> int:
    """Sends every waiting job's wake-up again, as the clock does; how many."""
    actor.require_everywhere(MANAGE)
    repairing.requeue_lost()
    due = jobs.services.due()
    for job_id in due:
        jobs.services.wake(job_id)
    return len(due)


def note_death(job: LeasedJob, error: str) -> None:
    """The entry of a job that failed for good. What the error says may be about people's data, so
    only its kind stands there."""
    record(
        actor=SYSTEM,
        action="job.dead",
        subject=Subject("job", str(job.id), job.kind),
        details={
            "kind": job.kind,
            "key": job.key,
            "attempts": job.tries,
            "error": error.partition(":")[0][:60],
        },
    )


def _result_stands(job: Job) -> str:
    """Why a dead job cannot be tried again: results are written once. Empty when none is.

    Not registered with what runs the job: workers alone load that.
    """
    why_not = _WHY_NOT.get(job.kind)
    return why_not(job.key) if why_not else ""


def _of_check(key: str) -> str:
    check = CheckRun.objects.select_related("run__release").filter(pk=key).first()
    if check is None or (check.finished_at is None and check.run.finished_at is None):
        return ""
    return _written_once(check.run, f"The check {check.key}")


def _of_run(key: str) -> str:
    run = ValidationRun.objects.select_related("release").filter(pk=run_of(key)).first()
    if run is None or run.finished_at is None:
        return ""
    return _written_once(run, "The suite")


def _of_explanation(key: str) -> str:
    return "The explanation has its answer, an error, and that is written once: ask for it anew."


def _written_once(run: ValidationRun, what: str) -> str:
    return (
        f"{what} has its result, an error, and results are written once. "
        f"Run the checks of {run.release.label} again instead: that makes a new revision."
    )


_WHY_NOT: Final[dict[str, Callable[[str], str]]] = {
    SCORE: _of_run,
    COUNT: _of_run,
    CHECK: _of_check,
    EXPLAIN: _of_explanation,
}


def _require(actor: Actor, reason: str) -> None:
    actor.require_everywhere(MANAGE)
    reasons.given(reason)


def _tell(action: str, job: Job, reason: str, actor: Actor) -> None:
    record(
        actor=actor,
        action=action,
        subject=Subject("job", str(job.id), job.kind),
        reason=reason.strip(),
        details={"kind": job.kind, "key": job.key, "attempts": job.attempt},
    )

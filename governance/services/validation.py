"""The validation suite of a release: started in the request, carried out by workers.

Rows are the queue: ``jobs`` leases them, fences late results and retries. A result is written in
one transaction with the proof that the lease is still ours (V1).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

import jobs.services
from audit.services import record
from governance.checks import catalog
from governance.models import CheckRun, Release, ValidationRun
from governance.services.ending import (
    OPEN,
    break_off,
    end_check,
    end_run,
    end_run_if_done,
    move_run,
)
from governance.services.suite_jobs import CHECK, SCORE
from governance.services.transitions import lock
from governance.states import CHECK_RUN, VALIDATION_RUN, is_final, require
from governance.subjects import of_release
from governance.suites import inputs
from jobs.registry import LeasedJob
from lib.actor import Actor

# It enters the trail, so it names nobody: who and why stand in the entry of the act.
WITHDRAWN = (
    "The release was withdrawn before every check had a result; the history says by whom and why."
)


def start(release: Release, *, actor: Actor) -> ValidationRun:
    """Freezes checks, parameters and thresholds, then queues the scoring, and beside it the checks
    that read data alone. In the caller's transaction."""
    run = ValidationRun.objects.create(
        release=release, revision=release.revision, seed=int(release.version_digest[:7], 16)
    )
    known = catalog.all_checks()
    CheckRun.objects.bulk_create(
        CheckRun(
            run=run,
            key=check["key"],
            check_id=check["check"],
            check_version=known[check["check"]].version,
            parameters=check["parameters"],
            threshold=check["threshold"],
        )
        for check in release.requirement_set.document["checks"]
    )
    record(
        actor=actor,
        action="validation.start",
        subject=of_release(release),
        details={
            "run": str(run.id),
            "revision": run.revision,
            "seed": run.seed,
            "checks": [c["check"] for c in release.requirement_set.document["checks"]],
        },
    )
    jobs.services.enqueue(SCORE, key=str(run.id))
    for check in run.checks.all():
        if inputs.reads_data_alone(known[check.check_id]):
            jobs.services.enqueue(CHECK, key=str(check.id))
    return run


def begin_scoring(run_id: str) -> ValidationRun | None:
    """The run, now scoring; None when there is nothing left to score."""
    with transaction.atomic():
        run = ValidationRun.objects.select_for_update().get(pk=run_id)
        if run.state not in ("queued", "scoring"):
            return None
        move_run(run, "scoring", started_at=run.started_at or timezone.now(), note="Scoring")
    return run


@transaction.atomic
def scored(
    run: ValidationRun,
    *,
    scores: str,
    explanations: str,
    facts: dict[str, Any],
    job: LeasedJob,
    error: str = "",
) -> None:
    """The model was run once: its output is stored under these digests, checks may begin.

    ``error`` says why there are no scores: checks that need them will break, the others run.
    """
    lock(run.release)
    jobs.services.hold(job)
    run = ValidationRun.objects.select_for_update().get(pk=run.pk)
    run.scores_digest, run.explanations_digest, run.facts = scores, explanations, facts
    run.error = error
    move_run(
        run,
        "checking",
        "error",
        "scores_digest",
        "explanations_digest",
        "facts",
        note="Checking",
        progress=0.5,
    )
    checks = list(run.checks.filter(state__in=OPEN))
    for check in checks:
        jobs.services.enqueue(CHECK, key=str(check.id))
    jobs.services.finish(job)
    if not checks:  # a policy may ask for documents and decisions alone
        end_run(run)


@transaction.atomic
def scoring_failed(
    run_id: str,
    sentence: str,
    *,
    facts: dict[str, Any] | None = None,
    job: LeasedJob | None = None,
) -> None:
    """The model could not be run: the suite ends, and checks without a result are errors.

    Whoever holds ``job`` says so only while the lease is theirs; a dead one is nobody's.
    """
    _fence(ValidationRun.objects.select_related("release").get(pk=run_id).release, job)
    run = ValidationRun.objects.select_for_update().select_related("release").get(pk=run_id)
    if run.state not in ("queued", "scoring"):
        return
    if job is not None:
        jobs.services.finish(job)  # it did what it was for: the others are taken out of the queue
    known = {**run.facts, **(facts or {})}
    break_off(run, "failed", error=sentence, facts=known)


def begin_check(check_id: str, *, attempt: int) -> CheckRun | None:
    """The check, now running; None when it has its result already (delivered twice, V1)."""
    with transaction.atomic():
        check = (
            CheckRun.objects.select_for_update(of=("self",))
            .select_related("run__release__version")
            .get(pk=check_id)
        )
        if check.state not in OPEN or check.run.finished_at is not None:
            return None
        require(CHECK_RUN, check.state, "running", what=check.check_id)
        check.state, check.attempt = "running", attempt
        check.started_at = timezone.now()
        check.save(update_fields=["state", "attempt", "started_at"])
    return check


@transaction.atomic
def check_measured(
    check: CheckRun,
    *,
    verdict: str,
    sentence: str,
    judgement: dict[str, Any],
    measured: dict[str, Any],
    digest: str,
    charts: list[dict[str, str]],
    job: LeasedJob,
    measured_in: str = "",
) -> None:
    """Writes a check's result once, then ends the run when it was the last one.

    ``measured_in`` is the run in which the same was measured before, when it was not done again.
    """
    lock(check.run.release)  # before the job, as everywhere: two orders would wait for each other
    jobs.services.hold(job)
    check.judgement, check.evidence, check.charts = judgement, measured, charts
    check.evidence_digest = digest
    end_check(
        check,
        "finished",
        "judgement",
        "evidence",
        "charts",
        "evidence_digest",
        told={"measured_in": measured_in} if measured_in else {},
        verdict=verdict,
        sentence=sentence,
    )
    jobs.services.finish(job)
    end_run_if_done(check)


@transaction.atomic
def check_broke(check_id: str, sentence: str, *, job: LeasedJob | None = None) -> None:
    """The check itself failed: ``error``, which is neither a fail nor a pass (V4). ``job`` as for
    ``scoring_failed``."""
    found = CheckRun.objects.select_related("run__release").get(pk=check_id)
    _fence(found.run.release, job)
    check = (
        CheckRun.objects.select_for_update(of=("self",))
        .select_related("run__release")
        .get(pk=check_id)
    )
    if check.state not in OPEN:
        return
    end_check(check, "failed", verdict="error", error=sentence, sentence=sentence)
    end_run_if_done(check)


def abandon(release: Release) -> None:
    """Ends the suite of a release that was withdrawn, which the caller has locked. Its gates stay
    as they were."""
    runs = ValidationRun.objects.select_for_update(of=("self",)).select_related("release")
    run = runs.filter(release=release, revision=release.revision).first()
    if run is not None and not is_final(VALIDATION_RUN, run.state):
        break_off(run, "cancelled", error=WITHDRAWN)


def _fence(release: Release, job: LeasedJob | None) -> None:
    """The release's lock first, then the job's, as everywhere."""
    lock(release)
    if job is not None:
        jobs.services.hold(job)

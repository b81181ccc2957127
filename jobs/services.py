"""Enqueue, lease, beat, finish: the only code that moves a job's state."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from jobs import workers
from jobs.models import Job, JobState
from jobs.registry import LeasedJob, LeaseLost
from lib.errors import Conflict, NotFound

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=settings.JOBS_LEASE_SECONDS)
MAX_ATTEMPTS = 5
POSTPONED_FOR = timedelta(days=1)
PATIENCE_SECONDS = 0.5
LONGEST_QUIET = 20.0  # a broker that was away for a minute is not to be shunned for ten
_quiet_until = 0.0
OPEN = (JobState.QUEUED, JobState.LEASED)


def enqueue(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any] | None = None,
    after: timedelta | None = None,
) -> Job:
    """The open job (kind, key), made if there is none, in the caller's transaction.

    A worker is woken after commit; when the broker is away the dispatcher finds the row, as it
    does what is to be done ``after`` a while.
    """
    job, created = Job.objects.get_or_create(
        kind=kind,
        key=key,
        state__in=OPEN,
        defaults={"payload": payload or {}, "run_after": timezone.now() + after if after else None},
    )
    if created and not after:
        wake(job.id)
    return job


def wake(job_id: UUID) -> None:
    """Publishes the wake-up after commit; a broker that is away costs a delay, never the job."""
    transaction.on_commit(lambda: publish("jobs.run", str(job_id)), robust=True)


def publish(task: str, *args: str) -> None:
    """Sends a wake-up, and never raises. A broker that answers late, or not at all, is left
    alone for ten times what the attempt took (20 s at most), so that it cannot slow down every
    request."""
    global _quiet_until
    started = time.monotonic()
    if started < _quiet_until:
        return
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as error:  # any broker failure: the row is the queue, so nothing is lost
        log.warning("wake-up %s not sent (%s); the dispatcher will find it", task, error)
    took = time.monotonic() - started
    if took > PATIENCE_SECONDS:
        _quiet_until = started + took + min(10 * took, LONGEST_QUIET)


def lease(job_id: UUID) -> LeasedJob | None:
    """Takes the job if it is free or its lease ran out; None when somebody else has it."""
    free = Q(state=JobState.QUEUED) & (Q(run_after=None) | Q(run_after__lte=Now()))
    lapsed = Q(state=JobState.LEASED, leased_until__lt=Now())
    with transaction.atomic():
        row = (
            Job.objects.select_for_update(skip_locked=True).filter(free | lapsed, id=job_id).first()
        )
        if row is None:
            return None
        attempt = row.attempt + 1
        Job.objects.filter(id=job_id).update(
            state=JobState.LEASED,
            attempt=attempt,
            leased_until=Now() + LEASE,
            leased_at=Now(),
            worker=workers.own_id(),
            pid=os.getpid(),
            error="",
        )
        row.attempt = attempt
    return in_hand(row)


def in_hand(row: Job) -> LeasedJob:
    """The lease that the row tells of."""
    return LeasedJob(
        id=row.id,
        kind=row.kind,
        key=row.key,
        payload=row.payload,
        attempt=row.attempt,
        forgiven=row.forgiven,
        beat=lambda progress, note: beat(row.id, row.attempt, progress=progress, note=note),
    )


def beat(job_id: UUID, attempt: int, *, progress: float | None = None, note: str = "") -> None:
    """Extends the lease. Raises LeaseLost when another attempt has taken over."""
    changes: dict[str, Any] = {"leased_until": Now() + LEASE}
    if progress is not None:
        changes["progress"] = progress
    if note:
        changes["note"] = note[:300]
    if not _mine(job_id, attempt).update(**changes):
        raise LeaseLost(str(job_id))


def hold(job: LeasedJob) -> None:
    """Locks the job's row for the rest of the transaction and proves the lease is still ours.

    Call it in the transaction that writes a result: a fenced-out worker then writes nothing.
    """
    if not _mine(job.id, job.attempt).select_for_update().exists():
        raise LeaseLost(str(job.id))


def finish(job: LeasedJob) -> None:
    """Marks the job done; again is fine, so a result and its end can share a transaction."""
    updated = _mine(job.id, job.attempt).update(
        state=JobState.DONE, progress=1.0, finished_at=timezone.now()
    )
    done = Job.objects.filter(id=job.id, attempt=job.attempt, state=JobState.DONE)
    if not updated and not done.exists():
        raise LeaseLost(str(job.id))


def fail(job: LeasedJob, error: str, *, permanent: bool = False) -> bool:
    """Queues the job again with back-off, or buries it after five attempts. True when dead."""
    dead = permanent or job.tries >= MAX_ATTEMPTS
    state = JobState.DEAD if dead else JobState.QUEUED
    wait = timedelta(seconds=2**job.tries)
    updated = _mine(job.id, job.attempt).update(
        state=state,
        pid=None,
        error=error[:4000],
        run_after=None if dead else timezone.now() + wait,
        finished_at=timezone.now() if dead else None,
    )
    return bool(updated) and dead


def postpone(job: LeasedJob, error: str) -> bool:
    """Queues the job again without counting the try: the machine was in trouble, not the job.

    False when that has been going on for a day, or the lease is lost: then it is a failure.
    """
    patient = _mine(job.id, job.attempt).filter(created_at__gt=Now() - POSTPONED_FOR)
    return bool(
        patient.update(
            state=JobState.QUEUED,
            pid=None,
            forgiven=F("forgiven") + 1,
            error=error[:4000],
            run_after=timezone.now() + timedelta(seconds=2 ** min(job.attempt, 5)),
        )
    )


def cancel(kind: str, *keys: str) -> None:
    """Takes the open jobs (kind, key) out of the queue; their holders are fenced out."""
    Job.objects.filter(kind=kind, key__in=keys, state__in=OPEN).update(
        state=JobState.CANCELLED, attempt=F("attempt") + 1, finished_at=timezone.now()
    )


def let_go(job: LeasedJob) -> None:
    """The holder stops working on a job that it lost. Until then its process may be ended."""
    ours = Job.objects.filter(id=job.id, worker=workers.own_id(), pid=os.getpid())
    ours.update(pid=None)


def revive(job_id: UUID, *, unless: Callable[[Job], str]) -> Job:
    """Queues a dead job anew, with all its attempts. Raises Conflict where that cannot help:
    where ``unless`` says why, or the same work is queued already."""
    with transaction.atomic():
        row = _dead(job_id)
        why_not = unless(row)
        if not why_not and Job.objects.filter(kind=row.kind, key=row.key, state__in=OPEN).exists():
            why_not = "The same work is queued or running already."
        if why_not:
            raise Conflict(why_not, code="cannot_retry")
        # The attempt number goes on counting: it fences out whoever still holds an old lease.
        Job.objects.filter(id=job_id).update(
            state=JobState.QUEUED, forgiven=F("attempt"), run_after=None, finished_at=None
        )
        wake(row.id)
        row.refresh_from_db()
    return row


def dismiss(job_id: UUID) -> Job:
    """Takes a dead job off the operator's list; it stays as it ended."""
    with transaction.atomic():
        row = _dead(job_id)
        Job.objects.filter(id=job_id).update(state=JobState.DISMISSED)
        row.refresh_from_db()
    return row


def _dead(job_id: UUID) -> Job:
    row = Job.objects.select_for_update().filter(id=job_id).first()
    if row is None:
        raise NotFound("There is no such job.")
    if row.state != JobState.DEAD:
        raise Conflict(
            f"The job is {row.state}, not dead: somebody was here before you.", code="not_dead"
        )
    return row


def due(limit: int = 200) -> list[UUID]:
    """Jobs that nobody works on: queued and due for a second or more, or with a lapsed lease."""
    queued = Q(state=JobState.QUEUED, created_at__lt=Now() - timedelta(seconds=1)) & (
        Q(run_after=None) | Q(run_after__lte=Now())
    )
    lapsed = Q(state=JobState.LEASED, leased_until__lt=Now())
    rows = Job.objects.filter(queued | lapsed).order_by("created_at")
    return list(rows.values_list("id", flat=True)[:limit])


def _mine(job_id: UUID, attempt: int) -> Any:
    return Job.objects.filter(id=job_id, attempt=attempt, state=JobState.LEASED)

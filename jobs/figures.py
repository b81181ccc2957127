"""How the queue is: figures for whoever operates it. Reads only, each a query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now

from jobs import services, workers
from jobs.models import Job, JobState, Worker

LONG = timedelta(seconds=60)
_BACKING_OFF = Q(state=JobState.QUEUED, run_after__gt=Now())
_RUNNING = Q(state=JobState.LEASED)


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of work: how much of it waits, runs, waits for another try; the oldest of it."""

    kind: str
    queued: int
    running: int
    backing_off: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerLine:
    worker: Worker
    is_alive: bool
    busy: list[Job]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Jobs done in the last hour, and how long half of them waited at most, in seconds."""

    done: int
    median_wait: float | None


def by_kind() -> list[KindLine]:
    rows = (
        Job.objects.filter(state__in=services.OPEN)
        .values("kind")
        .annotate(
            backing_off=Count("pk", filter=_BACKING_OFF),
            running=Count("pk", filter=_RUNNING),
            all=Count("pk"),
            oldest=Min("created_at"),
        )
        .order_by("kind")
    )
    return [
        KindLine(
            kind=row["kind"],
            queued=row["all"] - row["running"] - row["backing_off"],
            running=row["running"],
            backing_off=row["backing_off"],
            oldest=row["oldest"],
        )
        for row in rows
    ]


def worker_lines() -> list[WorkerLine]:
    """Every worker that was there within a day, with what it holds. Two queries."""
    held: dict[str, list[Job]] = {}
    for job in Job.objects.filter(_RUNNING, pid__isnull=False).order_by("leased_at"):
        held.setdefault(job.worker, []).append(job)
    alive = set(workers.alive().values_list("pk", flat=True))
    rows = Worker.objects.all()
    return [WorkerLine(row, row.pk in alive, held.get(row.pk, [])) for row in rows]


def without_heartbeat() -> QuerySet[Job]:
    """Said to run, and whoever runs them has not been heard of since the lease ran out."""
    return Job.objects.filter(_RUNNING, leased_until__lt=Now()).order_by("leased_until")


def waiting_long() -> QuerySet[Job]:
    """Ready to run for a minute and nobody took them."""
    ready = Job.objects.filter(state=JobState.QUEUED).exclude(run_after__gt=Now())
    waiting = ready.filter(created_at__lt=Now() - LONG)
    return waiting.filter(Q(run_after=None) | Q(run_after__lt=Now() - LONG)).order_by("created_at")


def dead() -> QuerySet[Job]:
    return Job.objects.filter(state=JobState.DEAD).order_by("-finished_at", "pk")


def ahead_of(job: Job) -> int:
    """How many ready jobs were there before this one."""
    ready = Job.objects.filter(state=JobState.QUEUED).exclude(run_after__gt=Now())
    return ready.filter(created_at__lt=job.created_at).count()


def first_open(keys: list[str]) -> Job | None:
    """The oldest open job of these keys; one that runs comes before those that wait."""
    rows = Job.objects.filter(key__in=keys, state__in=services.OPEN)
    return rows.order_by(F("state").asc(), "created_at").first()  # “leased” before “queued”


def last_hour() -> Throughput:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), percentile_cont(0.5) WITHIN GROUP "
            "(ORDER BY extract(epoch FROM leased_at - created_at)) FROM jobs_job "
            "WHERE state = 'done' AND finished_at > now() - interval '1 hour'"
        )
        done, wait = cursor.fetchone()
    return Throughput(done=done, median_wait=None if wait is None else float(wait))


def gauges() -> dict[str, Any]:
    """What a monitoring system wants: depth of the queue, dead letters, workers alive."""
    counted = Job.objects.aggregate(
        queued=Count("pk", filter=Q(state=JobState.QUEUED)),
        running=Count("pk", filter=_RUNNING),
        dead=Count("pk", filter=Q(state=JobState.DEAD)),
    )
    return {**counted, "workers": workers.alive().count()}

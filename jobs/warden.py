"""Watches over the processes of one worker's pool, from the worker's main process.

Somebody else's check may sleep in native code, never give the interpreter lock back, or eat all
memory: a thread beside it would not get to say anything. So the parent looks, about once a second,
at what its children hold: who passed a limit gets its outcome written under its own lease and is
killed; who lost its job by cancelling is killed too; a child that died gives its job back at once;
and one that is busy past talking keeps its lease. A pool of threads has no children, and nothing
is ever killed there.
"""

from __future__ import annotations

import logging
import os
import time
from datetime import timedelta
from uuid import UUID

import psutil  # type: ignore[import-untyped]
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from jobs import services
from jobs.burying import bury_or_retry
from jobs.models import Job, JobState
from jobs.registry import LeasedJob, LeaseLost, Limits, Overrun, kind_of

log = logging.getLogger(__name__)
NEARLY_OUT = timedelta(seconds=15)
BUSY = 0.1  # seconds of processor between two looks
_GONE = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
Held = tuple[UUID, int]


class Warden:
    """One look after the other; what it remembers between them is since when a job is held."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._since: dict[Held, tuple[float, Limits | None]] = {}
        self._spent: dict[Held, float] = {}

    def look(self) -> None:
        held = Job.objects.filter(worker=self._worker, pid__isnull=False)
        rows = list(held.filter(state__in=[JobState.LEASED, JobState.CANCELLED]))
        at_work = {row.pid: row.id for row in sorted(rows, key=_leased_at)}
        known = {(row.id, row.attempt) for row in rows}
        self._since = {each: since for each, since in self._since.items() if each in known}
        self._spent = {each: spent for each, spent in self._spent.items() if each in known}
        children = _children() if rows else {}  # after the rows: whoever holds one is among them
        for row in rows:
            if row.pid == os.getpid():
                continue
            child = children.get(row.pid or 0)
            if child is None or at_work[row.pid] != row.id:  # it died, or has long gone on
                _give_back(row)
            elif row.state == JobState.CANCELLED:
                _kill(child)
                Job.objects.filter(id=row.id, pid=row.pid).update(pid=None)
            else:
                self._watch(row, child)

    def _watch(self, row: Job, child: psutil.Process) -> None:
        job = services.in_hand(row)
        since, limits = self._begun(job)
        over = _overrun(limits, time.monotonic() - since, child) if limits else None
        if over:
            log.warning("job %s %s: %s", job.kind, job.key, over)
            if _written(job, over):
                _kill(child)
        elif self._is_busy(job, child):
            near = Job.objects.filter(id=row.id, attempt=row.attempt, state=JobState.LEASED)
            near = near.filter(leased_until__lt=Now() + NEARLY_OUT)
            near.update(leased_until=Now() + services.LEASE)

    def _is_busy(self, job: LeasedJob, child: psutil.Process) -> bool:
        """Whether the process computes. One that could not even write how its job failed sits idle:
        then the lease runs out, and another does the work."""
        held, spent = (job.id, job.attempt), _spent(child)
        before, self._spent[held] = self._spent.get(held, spent), spent
        return spent - before > BUSY

    def _begun(self, job: LeasedJob) -> tuple[float, Limits | None]:
        held = (job.id, job.attempt)
        if held not in self._since:
            kind = kind_of(job.kind)
            limits = kind.limits(job) if kind and kind.limits else None
            self._since[held] = (time.monotonic(), limits)
        return self._since[held]


def _children() -> dict[int, psutil.Process]:
    found = {}
    for child in psutil.Process().children():
        try:
            if child.status() not in _GONE:
                found[child.pid] = child
        except psutil.Error:  # it ended just now
            continue
    return found


def _overrun(limits: Limits, seconds: float, child: psutil.Process) -> Overrun | None:
    if seconds > limits.seconds:
        return Overrun("seconds", limits)
    if limits.memory is not None and _memory(child) > limits.memory:
        return Overrun("memory", limits)
    return None


def _memory(child: psutil.Process) -> int:
    """Bytes of its own. Mapped files, which all checks of a suite share, count for nobody."""
    try:
        used = child.memory_info()
    except psutil.Error:
        return 0
    return int(used.rss - getattr(used, "shared", 0))


def _spent(child: psutil.Process) -> float:
    """Seconds of processor so far."""
    try:
        times = child.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _leased_at(row: Job) -> float:
    return row.leased_at.timestamp() if row.leased_at else 0.0


def _written(job: LeasedJob, over: Overrun) -> bool:
    """Writes what the job has come to; False when it got there by itself meanwhile."""
    kind = kind_of(job.kind)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:  # the child may hang while it holds a lock
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            if kind is not None and kind.on_limit is not None:
                kind.on_limit(job, over)
                services.finish(job)
            else:
                services.hold(job)
                bury_or_retry(job, str(over), permanent=True)
    except LeaseLost:
        return False
    except DatabaseError:
        log.exception("job %s: its end could not be written; it will be tried again", job.id)
    return True


def _kill(child: psutil.Process) -> None:
    """The process and what it started; the pool makes a new one."""
    try:
        for process in [*child.children(recursive=True), child]:
            process.kill()
    except psutil.Error:
        log.info("process %s had ended already", child.pid)


def _give_back(row: Job) -> None:
    """Its process died: another may have the job now, not when the lease runs out."""
    ours = Job.objects.filter(id=row.id, attempt=row.attempt, pid=row.pid)
    ours.filter(state=JobState.CANCELLED).update(pid=None)
    if ours.filter(state=JobState.LEASED).update(pid=None, leased_until=Now()):
        log.warning("job %s %s: its process died; it is given to another", row.kind, row.key)
        services.publish("jobs.run", str(row.id))

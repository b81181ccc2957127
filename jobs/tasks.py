"""The two tasks: run one job, and wake workers for rows that nobody works on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from celery import shared_task
from django.db import connection

from jobs import life, services, workers  # noqa: F401  (life: what a worker does beside its tasks)
from jobs.burying import bury_or_retry
from jobs.registry import LeasedJob, LeaseLost, Permanent, repairs, runner_of
from lib.errors import INFRASTRUCTURE

log = logging.getLogger(__name__)
BEAT_SECONDS = services.LEASE.total_seconds() / 4  # three may be missed


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    """Leases the job and runs it. Delivered twice, the second finds nothing to lease."""
    job = services.lease(UUID(job_id))
    if job is None:
        return
    runner = runner_of(job.kind)
    try:
        if job.tries > services.MAX_ATTEMPTS:
            raise Permanent(f"its worker died {services.MAX_ATTEMPTS} times")
        if runner is None:
            raise Permanent(f"nothing here runs jobs of kind {job.kind}")
        with _kept_alive(job):
            runner(job)
        services.finish(job)
    except LeaseLost:
        log.warning("job %s %s was taken over; its late result is dropped", job.kind, job.key)
        services.let_go(job)
    except Exception as error:
        log.exception("job %s %s failed (attempt %s)", job.kind, job.key, job.attempt)
        if not connection.in_atomic_block:  # what failed may have been the database itself
            connection.close_if_unusable_or_obsolete()
        words = f"{type(error).__name__}: {error}"
        if isinstance(error, INFRASTRUCTURE) and services.postpone(job, words):
            return
        bury_or_retry(job, words, permanent=isinstance(error, Permanent))


@contextmanager
def _kept_alive(job: LeasedJob) -> Iterator[None]:
    """Extends the lease from a thread while long native code holds the main one."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            try:
                services.beat(job.id, job.attempt)
            except LeaseLost:
                break
            except Exception:
                log.warning("heartbeat of job %s missed", job.id, exc_info=True)
                connection.close()  # a database that crashed is back under a new connection alone
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@shared_task(name="jobs.dispatch")
def dispatch() -> None:
    """Re-publishes what is due. Runs under beat, so a lost message costs seconds, not a run."""
    for repair in repairs():
        try:
            repair()
        except Exception:  # whatever is wrong with one, the others and the queue go on
            log.exception("%s could not be done", repair.__name__)
    workers.forget_silent()
    for job_id in services.due():
        services.publish("jobs.run", str(job_id))

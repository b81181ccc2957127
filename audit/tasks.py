"""Time: the integrator as a task. Losing a message loses nothing, beat sends the next."""

from __future__ import annotations

import logging

from celery import shared_task

from audit import services
from audit.services import export_files
from audit.services.export_jobs import KIND, expire
from audit.services.stamps import stamp_latest
from jobs.registry import LeasedJob, Permanent, runs
from lib.errors import ImprimaturError, Unavailable

log = logging.getLogger(__name__)
_BATCHES = 200


@shared_task(name="audit.integrate")
def integrate() -> int:
    """Integrates until nothing waits; a flood is left to the next message after 200 batches."""
    placed = 0
    for _ in range(_BATCHES):
        done = services.integrate()
        if not done:
            break
        placed += done
    return placed


@shared_task(name="audit.stamp")
def stamp() -> None:
    """Has the newest checkpoint stamped. What fails is tried again with the next message."""
    try:
        stamp_latest()
    except Unavailable as error:
        log.warning("no time stamp: %s", error.detail)


@runs(KIND)
def export(job: LeasedJob) -> None:
    """Makes the file of an export. A sentence for the asker is final; all else is tried again."""
    try:
        export_files.make(job)
    except Unavailable:
        raise
    except ImprimaturError as error:
        raise Permanent(error.detail) from error


@shared_task(name="audit.expire_exports")
def expire_exports() -> None:
    """Removes the files of exports whose time is over, and what broken attempts left."""
    expire()

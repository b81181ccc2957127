"""What becomes of a job that failed: another try after a while, or the dead letters."""

from __future__ import annotations

from django.db import transaction

from jobs import services
from jobs.registry import LeasedJob, mourners, notice_of


def bury_or_retry(job: LeasedJob, error: str, *, permanent: bool = False) -> None:
    """Queues the job again with back-off; a dead one is told of in the same transaction."""
    with transaction.atomic():
        if not services.fail(job, error, permanent=permanent):
            return
        notice = notice_of(job.kind)
        for told in (*((notice,) if notice else ()), *mourners()):
            told(job, error)

"""The clock that reminds, and the job that mails. Nothing is decided by either."""

from __future__ import annotations

from celery import shared_task

from governance.services import mailing, reminding
from jobs.registry import LeasedJob, Limits, runs


@shared_task(name="governance.remind")
def remind() -> None:
    """Says what is due; asked twice, it says it once. A message that is lost costs its pause."""
    reminding.remind()


@shared_task(name="governance.mail_notices")
def mail_notices() -> None:
    """A message that is lost costs a minute."""
    mailing.queue()


def _limits(job: LeasedJob) -> Limits:
    return Limits(seconds=120)


@runs(mailing.MAIL, limits=_limits)
def mail(job: LeasedJob) -> None:
    mailing.send(int(job.key))

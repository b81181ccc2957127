"""Makes webhooks, tells them something, and does the work that a worker would."""

from __future__ import annotations

from typing import Any

import accounts.tasks  # noqa: F401  (it registers its jobs)
from accounts.models import WebhookEndpoint
from accounts.services import webhooks
from audit.models import Entry
from audit.services import record
from audit.subjects import Subject
from jobs.models import Job
from jobs.tasks import run
from lib.actor import SYSTEM
from tests.accounts.receiver import Receiver

RELEASE = Subject("release", "7", "R-7")


def made(receiver: Receiver, *events: str) -> tuple[WebhookEndpoint, str]:
    return webhooks.create(name="SIEM", address=receiver.address, events=events, actor=SYSTEM)


def reject(**details: Any) -> Entry:
    return record(
        actor=SYSTEM, action="release.reject", subject=RELEASE, details=details, reason="said Rita"
    )


def work() -> None:
    """Every job that is due now."""
    for job in Job.objects.filter(kind="webhook.deliver", state="queued", run_after=None):
        run(str(job.pk))


def work_through() -> int:
    """Every job, as if the pauses were over; how many."""
    for count in range(40):
        job = Job.objects.filter(kind="webhook.deliver", state="queued").first()
        if job is None:
            return count
        Job.objects.filter(pk=job.pk).update(run_after=None)
        run(str(job.pk))
    raise AssertionError("it never ends")

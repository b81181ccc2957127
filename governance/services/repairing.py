"""No suite is ever lost: one that is not finished has work in the queue, or gets it again."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Cast

import jobs.services
from governance.models import CheckRun, ValidationRun
from governance.services import ending
from governance.services.suite_jobs import CHECK, COUNT, SCORE
from governance.services.transitions import lock
from jobs.models import Job

log = logging.getLogger(__name__)


def lost_runs() -> QuerySet[ValidationRun]:
    """Suites that wait for their model to be run while nothing is queued that would do it."""
    waiting = _present().filter(state__in=("queued", "scoring")).exclude(_has_job(SCORE))
    return waiting.exclude(_is_counted())


def lost_checks() -> QuerySet[CheckRun]:
    """The same for checks of suites that are being measured."""
    running = CheckRun.objects.filter(
        state__in=ending.OPEN,
        run__state="checking",
        run__release__state="validating",
        run__revision=F("run__release__revision"),
    )
    return running.exclude(_has_job(CHECK))


def unfinished_runs() -> QuerySet[ValidationRun]:
    """All checks have ended, the run has not."""
    open_checks = CheckRun.objects.filter(run=OuterRef("pk"), state__in=ending.OPEN)
    return _present().filter(state="checking").exclude(Exists(open_checks))


def requeue_lost() -> int:
    """Queues again what was left behind, as after a queue was emptied by hand. How many."""
    found = 0
    for run in lost_runs():
        jobs.services.enqueue(SCORE, key=str(run.pk))
        found += 1
    for check in lost_checks():
        jobs.services.enqueue(CHECK, key=str(check.pk))
        found += 1
    for run in unfinished_runs():
        found += _end(run)
    if found:
        log.warning("%s pieces of suites had no job and were queued again", found)
    return found


@transaction.atomic
def _end(run: ValidationRun) -> int:
    lock(run.release)
    again = unfinished_runs().select_for_update(of=("self",)).filter(pk=run.pk).first()
    if again is not None:
        ending.end_run(again)
    return int(again is not None)


def _present() -> QuerySet[ValidationRun]:
    rows = ValidationRun.objects.select_related("release")
    return rows.filter(release__state="validating", revision=F("release__revision"))


def _is_counted() -> Exists:
    """Its shards are still being counted: the last of those jobs queues the scoring again."""
    run = Cast(OuterRef("pk"), CharField())
    counting = Job.objects.filter(kind=COUNT, key__startswith=run, state__in=jobs.services.OPEN)
    return Exists(counting)


def _has_job(kind: str) -> Exists:
    key = Cast(OuterRef("pk"), CharField())
    return Exists(Job.objects.filter(kind=kind, key=key, state__in=jobs.services.OPEN))

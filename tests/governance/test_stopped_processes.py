"""What a worker does about its own processes: one that works for nothing is ended, and the job of
one that died goes to another at once instead of when its lease runs out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from governance.models import CheckRun
from governance.services import cancelling
from jobs.models import Job
from lib.actor import SYSTEM
from tests import cast
from tests.governance import hostile_checks
from tests.governance.make import Bank, make_bank, make_release
from tests.governance.make_suites import POLICY, make_model_version
from tests.governance.running_worker import worker
from tests.town import until

CHECK = "  - {check: hostile.sleeps, name: Sleeps, threshold: {measurement: found, at_least: 1}}"


@pytest.fixture
def bank(committed_db: str) -> Iterator[Bank]:
    hostile_checks.install()
    yield make_bank(cast.people(), policy=POLICY % CHECK)
    hostile_checks.remove()


@pytest.mark.clones
@pytest.mark.timeout(300)
def test_a_dead_childs_job_is_given_back_and_a_cancelled_ones_child_is_ended(bank: Bank) -> None:
    release = make_release(bank, version=make_model_version(bank))
    with worker("tests.governance.hostile_worker") as process:
        first = until(lambda: _holder(attempt=1), 90, "the check")
        killed = timezone.now()
        os.kill(first.pid, signal.SIGKILL)
        second = until(lambda: _holder(attempt=2), 60, "another attempt")
        assert second.leased_at is not None
        assert (second.leased_at - killed).total_seconds() < 20  # the lease alone lasts 30
        cancelling.cancel(release, reason="the wrong data", actor=SYSTEM)
        until(lambda: not psutil.pid_exists(second.pid), 20, "the child's end")
        until(lambda: Job.objects.get(pk=second.pk).pid is None, 10, "the worker's note of it")
        assert process.poll() is None
    assert Job.objects.get(pk=second.pk).state == "cancelled"
    assert CheckRun.objects.get().verdict == "error"


def _holder(*, attempt: int) -> Job | None:
    found = _job()
    return (
        found
        if found and found.pid and found.attempt == attempt and found.state == "leased"
        else None
    )


def _job() -> Job | None:
    connection.close()
    return Job.objects.filter(kind="validation.check").first()

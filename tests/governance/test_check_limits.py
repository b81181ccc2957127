"""A check that takes too much ends as an error that says so; the others get their results.

With real worker processes: code that sleeps, never gives the interpreter back or eats memory can
only be ended from outside.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from audit.models import Entry
from governance.models import CheckRun
from jobs.models import Job, Worker
from tests import cast
from tests.governance import hostile_checks
from tests.governance.make import Bank, make_bank, make_release
from tests.governance.make_suites import POLICY, make_model_version
from tests.governance.running_worker import worker
from tests.town import until

CHECK = "  - {check: hostile.%s, name: %s, threshold: {measurement: found, at_least: 1}%s}"
LIMITS = ", limits: {seconds: 5, memory_mib: 700}"


@pytest.fixture
def bank(committed_db: str) -> Iterator[Bank]:
    hostile_checks.install()
    names = ("sleeps", "holds", "eats", "behaves")
    checks = [CHECK % (name, name.title(), LIMITS) for name in names]
    # Getting at the memory takes a while where others use the machine too.
    checks[2] = CHECK % ("eats", "Eats", ", limits: {seconds: 60, memory_mib: 700}")
    yield make_bank(cast.people(), policy=POLICY % "\n".join(checks))
    hostile_checks.remove()


@pytest.mark.clones
@pytest.mark.timeout(300)
def test_each_is_stopped_within_its_limit_and_the_worker_goes_on(bank: Bank) -> None:
    release = make_release(bank, version=make_model_version(bank))
    with worker("tests.governance.hostile_worker") as process:
        until(lambda: not _open(), 150, "every check")
        assert process.poll() is None
        (row,) = Worker.objects.all()
        assert row.concurrency == 2
    found = {check.key: check for check in CheckRun.objects.all()}
    assert found["Behaves"].verdict == "pass"
    for name, words in {
        "Sleeps": "longer than its limit of 5 s",
        "Holds": "longer than its limit of 5 s",
        "Eats": "more memory than its limit of 700 MiB",
    }.items():
        check = found[name]
        assert (check.state, check.verdict) == ("failed", "error"), check.sentence
        assert words in check.sentence
        assert "It says nothing about the model." in check.sentence
        assert check.attempt == 1  # a verdict is never tried again
        assert check.started_at is not None
        assert check.finished_at is not None
        seconds = (check.finished_at - check.started_at).total_seconds()
        assert seconds < (60 if name == "Eats" else 15), name
    release.refresh_from_db()
    assert release.state == "blocked"
    assert Entry.objects.filter(action="check.finish").count() == 4
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert not Worker.objects.exists()  # it left in good order


def _open() -> int:
    connection.close()
    return CheckRun.objects.filter(state__in=("queued", "running")).count()

"""A suite that is not finished has work in the queue, or gets it again: no run is ever lost."""

from __future__ import annotations

import pytest

from governance.services import repairing, suite_jobs, validation
from governance.services.ending import OPEN
from jobs import tasks
from jobs.models import Job
from tests.governance.make import Bank, finish_suite, leased, make_release, make_reviewable

pytestmark = pytest.mark.django_db


def test_a_suite_whose_job_is_gone_is_scored_after_all(bank: Bank) -> None:
    release = make_release(bank)
    Job.objects.all().delete()
    assert repairing.requeue_lost() == 1
    assert Job.objects.get().kind == suite_jobs.SCORE
    assert finish_suite(release).state == "in_review"


def test_checks_whose_jobs_are_gone_are_measured_after_all(bank: Bank) -> None:
    release = make_release(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    validation.scored(run, scores="0" * 64, explanations="", facts={}, job=leased(run.id))
    Job.objects.filter(kind=suite_jobs.CHECK).delete()
    assert repairing.requeue_lost() == run.checks.filter(state__in=OPEN).count() == 2
    assert Job.objects.filter(kind=suite_jobs.CHECK, state="queued").count() == 2


def test_what_is_in_order_is_left_alone(bank: Bank) -> None:
    make_reviewable(bank)
    make_release(bank)
    assert repairing.requeue_lost() == 0


def test_the_clock_does_it(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    import governance.tasks  # noqa: F401  (registers the repair)

    monkeypatch.setattr("jobs.services.publish", lambda *_: None)
    make_release(bank)
    Job.objects.all().delete()
    tasks.dispatch()
    assert Job.objects.get().state == "queued"


def test_one_repair_that_breaks_does_not_stop_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def broken() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("jobs.tasks.repairs", lambda: (broken,))
    monkeypatch.setattr("jobs.services.due", lambda: ["one"])
    monkeypatch.setattr("jobs.services.publish", lambda *given: sent.append(given[1]))
    tasks.dispatch()
    assert sent == ["one"]

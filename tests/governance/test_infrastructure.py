"""Trouble of the machine is tried again and never becomes a verdict; who is late says nothing."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from governance.models import Release
from governance.services import suite, suite_files, suite_jobs, validation
from jobs import services as jobs
from jobs import tasks
from jobs.models import Job
from jobs.registry import LeasedJob, LeaseLost
from lib.errors import NotFound, StorageFull, Unavailable
from tests.cast import People
from tests.governance.make import leased, make_bank, make_release
from tests.governance.make_suites import make_model_version, policy_of, work_off

CHECKS = {"Schema": "data.schema {require: all}"}
TROUBLE = [StorageFull("No room left."), Unavailable("The store does not answer.")]


@pytest.fixture
def release(people: People, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A release whose scoring is queued."""
    monkeypatch.setattr(jobs, "publish", lambda *_: None)
    bank = make_bank(people, policy=policy_of(**CHECKS))
    return make_release(bank, version=make_model_version(bank))


def run_queued() -> Job:
    """The one queued job, run as a worker does."""
    job = Job.objects.get(state="queued", kind__startswith="validation.")
    Job.objects.filter(pk=job.pk).update(run_after=None)
    tasks.run(str(job.pk))
    job.refresh_from_db()
    return job


def failing(error: Exception) -> Any:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    return fail


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", TROUBLE, ids=["full", "away"])
def test_scoring_and_check_wait_for_the_store(
    release: Release, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    for kind in (suite_jobs.SCORE, suite_jobs.CHECK):
        with monkeypatch.context() as patch:
            patch.setattr(suite, "keep", failing(trouble))
            for _ in range(jobs.MAX_ATTEMPTS + 1):  # however long it takes: no try is counted
                job = run_queued()
        assert (job.kind, job.state, job.forgiven) == (kind, "queued", jobs.MAX_ATTEMPTS + 1)
        assert str(trouble) in job.error
        assert run_queued().state == "done"
    release.refresh_from_db()
    assert [check.verdict for check in release.runs.get().checks.all()] == ["pass"]


@pytest.mark.django_db
def test_a_store_that_is_away_for_a_day_is_a_failure(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "keep", failing(TROUBLE[0]))
    Job.objects.update(created_at=timezone.now() - timedelta(days=2))
    for _ in range(jobs.MAX_ATTEMPTS):
        job = run_queued()
    assert (job.state, job.forgiven) == ("dead", 0)
    assert {check.verdict for check in release.runs.get().checks.all()} == {"error"}


@pytest.mark.django_db
def test_data_that_cannot_be_fetched_now_are_no_error_of_the_check(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(suite_files, "table", failing(Unavailable("The store does not answer.")))
        assert run_queued().state == "queued"
    with monkeypatch.context() as patch:
        patch.setattr(suite_files, "table", failing(NotFound("It is gone.")))
        assert run_queued().state == "done"
    assert release.runs.get().error == "It is gone."


@pytest.mark.django_db
def test_who_lost_the_lease_cannot_say_that_it_broke(release: Release) -> None:
    run = release.runs.get()
    late: LeasedJob = leased(run.pk)
    Job.objects.update(state="queued")
    leased(run.pk)
    with pytest.raises(LeaseLost), transaction.atomic():
        validation.scoring_failed(str(run.pk), "I think it broke.", job=late)
    Job.objects.filter(key=str(run.pk)).update(state="queued")
    work_off()
    again = make_check_open(release)
    late = leased(again.pk)
    Job.objects.filter(key=str(again.pk)).update(state="queued")
    leased(again.pk)
    with pytest.raises(LeaseLost), transaction.atomic():
        validation.check_broke(str(again.pk), "I think it broke.", job=late)


def make_check_open(release: Release) -> Any:
    """The check of a further revision, queued behind its scoring."""
    from governance.services import releases
    from tests.governance.make import ROBOT

    revised = releases.revise(release, reason="again", actor=ROBOT)
    run = revised.runs.get(revision=revised.revision)
    validation.begin_scoring(str(run.pk))
    validation.scored(run, scores="", explanations="", facts={}, job=leased(run.pk))
    return run.checks.get()


@pytest.mark.django_db
def test_a_full_work_folder_says_nothing_of_the_model(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1024))
        job = run_queued()
    assert (job.state, job.forgiven) == ("queued", 1)
    assert "no room left" in job.error
    assert run_queued().state == "done"


def test_what_a_killed_worker_left_goes_with_the_next_job(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path
    (tmp_path / "job-abandoned").mkdir()
    (tmp_path / "job-abandoned" / "input.arrow").write_bytes(b"rows")
    with suite_files.workdir() as one, suite_files.workdir() as another:
        assert sorted(os.listdir(tmp_path)) == sorted([".making", one.name, another.name])
    assert os.listdir(tmp_path) == [".making"]

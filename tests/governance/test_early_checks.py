"""Checks that read data alone run beside the scoring, and end as they would after it."""

from __future__ import annotations

import pytest

import governance.tasks  # noqa: F401  (registers the runners)
from governance.models import CheckRun, Release
from governance.services import suite_jobs, validation
from jobs.models import Job
from jobs.registry import runner_of
from tests.cast import People
from tests.governance.make import Bank, leased, make_bank, make_release
from tests.governance.make_suites import make_model_version, policy_of, work_off

pytestmark = pytest.mark.django_db
RECORDED = "{recorded: true}"


@pytest.fixture
def bank(people: People) -> Bank:
    checks = {"twice": f"data.duplicates {RECORDED}", "right": f"performance.accuracy {RECORDED}"}
    return make_bank(people, policy=policy_of(**checks))


def run_kind(kind: str) -> None:
    for job in Job.objects.filter(kind=kind, state="queued"):
        runner = runner_of(kind)
        assert runner is not None
        runner(leased(job.key))


def check_named(release: Release, key: str) -> CheckRun:
    return CheckRun.objects.get(run__release=release, key=key)


def test_a_check_of_data_alone_is_queued_at_once_and_others_wait(bank: Bank) -> None:
    release = make_release(bank, version=make_model_version(bank))
    queued = Job.objects.filter(kind=suite_jobs.CHECK).values_list("key", flat=True)
    assert list(queued) == [str(check_named(release, "twice").id)]


def test_its_result_stands_while_the_model_is_still_being_scored(bank: Bank) -> None:
    release = make_release(bank, version=make_model_version(bank))
    run_kind(suite_jobs.CHECK)
    assert check_named(release, "twice").state == "finished"
    assert release.runs.get().finished_at is None
    work_off()
    assert release.runs.get().state == "finished"
    assert check_named(release, "right").verdict == "pass"


def test_its_evidence_is_the_same_before_and_after_the_scoring(bank: Bank) -> None:
    version = make_model_version(bank)
    early = make_release(bank, version=version)
    run_kind(suite_jobs.CHECK)
    late = make_release(bank, version=version, purpose="advise")
    run_kind(suite_jobs.SCORE)
    run_kind(suite_jobs.CHECK)
    digests = {check_named(each, "twice").evidence_digest for each in (early, late)}
    assert len(digests) == 1


def test_it_keeps_its_result_when_the_model_cannot_be_scored(bank: Bank) -> None:
    release = make_release(bank, version=make_model_version(bank))
    run_kind(suite_jobs.CHECK)
    validation.scoring_failed(str(release.runs.get().id), "The model is no model.")
    assert check_named(release, "twice").verdict == "pass"
    assert check_named(release, "right").verdict == "error"
    assert release.runs.get().state == "failed"

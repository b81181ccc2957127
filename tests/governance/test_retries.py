"""What has its result already is refused a retry by the web process, which loads no runner."""

from __future__ import annotations

import pytest

from governance.models import CheckRun, Explanation, ValidationRun
from governance.services import explaining, validation
from jobs import registry
from jobs.models import Job
from tests import cast
from tests.governance.make import Bank, make_release
from tests.governance.make_explanations import make_explanation

pytestmark = pytest.mark.django_db
KINDS = ("validation.score", "validation.count", "validation.check", "explanation.make")


@pytest.fixture
def web_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})


def dead(kind: str, key: str) -> Job:
    Job.objects.filter(kind=kind, key=key).delete()
    return Job.objects.create(kind=kind, key=key, state="dead", attempt=5)


def job_of(kind: str, bank: Bank, *, done: bool) -> Job:
    """A dead one, whose result, an error, stands (``done``) or not."""
    if kind == "explanation.make":
        asked = make_explanation(bank)
        if done:
            explaining.fail(str(asked.pk), "Its worker died each time.")
        return dead(kind, str(Explanation.objects.get().pk))
    release = make_release(bank)
    run = release.runs.get()
    if done:
        validation.scoring_failed(str(run.pk), "Its worker died each time.")
    if kind == "validation.check":
        return dead(kind, str(CheckRun.objects.filter(run=run)[0].pk))
    return dead(kind, f"{run.pk}:3" if kind == "validation.count" else str(run.pk))


@pytest.mark.usefixtures("web_process")
@pytest.mark.parametrize("kind", KINDS)
def test_a_result_that_stands_is_not_made_again(bank: Bank, kind: str) -> None:
    job = job_of(kind, bank, done=True)
    answer = retried(bank, job)
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_retry")
    assert "written once" in answer.json()["detail"]
    assert Job.objects.get(pk=job.pk).state == "dead"


@pytest.mark.usefixtures("web_process")
@pytest.mark.parametrize("kind", KINDS[:3])
def test_what_has_none_yet_is_tried_again(bank: Bank, kind: str) -> None:
    job = job_of(kind, bank, done=False)
    assert ValidationRun.objects.get().finished_at is None
    answer = retried(bank, job)
    assert answer.status_code == 200, answer.content
    assert Job.objects.get(pk=job.pk).state == "queued"


def retried(bank: Bank, job: Job):
    address = f"/api/v1/operations/jobs/{job.pk}/retry"
    return cast.api(bank.people.olga).post(address, {"reason": "the disk is back"}, format="json")

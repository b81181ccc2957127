"""What failed for good is told of, can be tried again or put aside, and a result stays a result."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

import governance.tasks  # noqa: F401  (registers the runners)
from audit.models import Entry
from governance.services import operations, validation
from jobs import registry, services, tasks
from jobs.burying import bury_or_retry
from jobs.models import Job
from jobs.registry import LeaseLost, runs
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, NotFound, Refused
from tests import cast
from tests.governance.make import Bank, leased, make_release

pytestmark = pytest.mark.django_db
WHY = "the disk is back"


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(services, "publish", lambda *_: None)

    def burn(job: registry.LeasedJob) -> None:
        raise OSError("disk on fire in /home/ada")

    runs("test.work")(burn)
    job = services.enqueue("test.work", key="k")
    for _ in range(services.MAX_ATTEMPTS):
        Job.objects.update(run_after=None)
        tasks.run(str(job.id))
    job.refresh_from_db()
    assert job.state == "dead"
    return job


def test_its_death_is_an_entry_without_what_the_error_said(dead: Job) -> None:
    entry = Entry.objects.get(action="job.dead")
    assert entry.subject_key == str(dead.pk)
    assert entry.content["details"] == {
        "kind": "test.work", "key": "k", "attempts": 5, "error": "OSError",
    }  # fmt: skip


def test_tried_again_it_has_all_its_attempts_and_old_holders_stay_fenced_out(dead: Job) -> None:
    old = services.in_hand(dead)
    operations.try_again(dead.pk, reason=WHY, actor=SYSTEM)
    for _ in range(services.MAX_ATTEMPTS - 1):
        Job.objects.update(run_after=None)
        tasks.run(str(dead.pk))
        dead.refresh_from_db()
        assert dead.state == "queued"
    assert dead.attempt == 9
    Job.objects.update(run_after=None)
    assert services.lease(dead.pk) is not None
    with pytest.raises(LeaseLost):
        old.heartbeat()


def test_trying_again_succeeds_once_the_cause_is_gone(dead: Job) -> None:
    runs("test.work")(lambda job: None)
    operations.try_again(dead.pk, reason=WHY, actor=SYSTEM)
    tasks.run(str(dead.pk))
    dead.refresh_from_db()
    assert dead.state == "done"
    told = Entry.objects.get(action="job.revive")
    assert told.content["details"]["attempts"] == 5


def test_put_aside_it_leaves_the_list_and_stays_as_it_ended(dead: Job) -> None:
    operations.put_aside(dead.pk, reason="nobody waits", actor=SYSTEM)
    dead.refresh_from_db()
    assert dead.state == "dismissed"
    with pytest.raises(Conflict, match="dismissed, not dead"):
        operations.try_again(dead.pk, reason=WHY, actor=SYSTEM)


def test_only_once_and_not_beside_the_same_work(dead: Job) -> None:
    services.enqueue("test.work", key="k")
    with pytest.raises(Conflict, match="queued or running already"):
        operations.try_again(dead.pk, reason=WHY, actor=SYSTEM)
    with pytest.raises(NotFound):
        operations.try_again(uuid4(), reason=WHY, actor=SYSTEM)
    with pytest.raises(Invalid):
        operations.try_again(dead.pk, reason=" ", actor=SYSTEM)


def test_a_check_that_died_is_an_error_and_is_not_tried_again(bank: Bank) -> None:
    """Results are written once: the way on is a new revision, and the refusal says so."""
    release = make_release(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    validation.scored(run, scores="0" * 64, explanations="", facts={}, job=leased(run.id))
    check = run.checks.first()
    assert check is not None
    job = leased(check.id)
    bury_or_retry(job, "OSError: no", permanent=True)
    check.refresh_from_db()
    assert (check.state, check.verdict) == ("failed", "error")
    with pytest.raises(Conflict, match=f"Run the checks of {release.label} again"):
        operations.try_again(job.id, reason=WHY, actor=SYSTEM)
    assert Job.objects.get(pk=job.id).state == "dead"


def test_so_is_a_scoring(bank: Bank) -> None:
    release = make_release(bank)
    job = leased(release.runs.get().id)
    bury_or_retry(job, "OSError: no", permanent=True)
    release.refresh_from_db()
    assert release.state == "blocked"
    with pytest.raises(Conflict, match="results are written once"):
        operations.try_again(job.id, reason=WHY, actor=SYSTEM)


@pytest.mark.parametrize("act", ["retry", "dismissal"])
def test_operators_do_it_over_the_api_and_nobody_else(bank: Bank, dead: Job, act: str) -> None:
    address = f"/api/v1/operations/jobs/{dead.pk}/{act}"
    for who in (bank.people.rita, bank.people.otto, bank.people.ada, bank.people.mallory):
        answer = cast.api(who).post(address, {"reason": WHY}, format="json")
        assert answer.status_code == 403, who
    assert cast.api().post(address, {"reason": WHY}, format="json").status_code == 401
    answer = cast.api(bank.people.olga).post(address, {"reason": WHY}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == {"retry": "queued", "dismissal": "dismissed"}[act]


def test_waking_sends_what_is_due(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    make_release(bank)
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    with pytest.raises(Refused):
        operations.wake_workers(actor=bank.people.rita.actor)
    answer = cast.api(bank.people.olga).post("/api/v1/operations/wake", {}, format="json")
    assert answer.json() == {"woken": 1}

"""V1: a job is run by one worker at a time, finished once, and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import registry, services, tasks
from jobs.models import Job
from jobs.registry import LeasedJob, LeaseLost, Permanent, runs


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the test's own kind of job was asked to do."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(services, "publish", lambda *_: None)
    calls: list[str] = []
    runs("test.work")(lambda job: calls.append(job.key))
    return calls


def enqueue(key: str = "k", kind: str = "test.work") -> Job:
    with transaction.atomic():
        return services.enqueue(kind, key=key)


def lease(job: Job) -> LeasedJob:
    leased = services.lease(job.id)
    assert leased is not None
    return leased


@pytest.mark.django_db
def test_a_job_is_run_once_even_when_its_message_comes_twice(done: list[str]) -> None:
    job = enqueue()
    tasks.run(str(job.id))
    tasks.run(str(job.id))
    assert done == ["k"]
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db
def test_asking_twice_queues_once_while_it_is_open(done: list[str]) -> None:
    assert enqueue().id == enqueue().id
    tasks.run(str(enqueue().id))
    assert enqueue().state == "queued"
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_nobody_else_gets_a_leased_job(done: list[str]) -> None:
    job = enqueue()
    lease(job)
    assert services.lease(job.id) is None


@pytest.mark.django_db
def test_a_lapsed_lease_is_taken_over_and_the_first_holder_is_fenced_out(done: list[str]) -> None:
    job = enqueue()
    first = lease(job)
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert services.due() == [job.id]
    second = lease(job)
    assert second.attempt == first.attempt + 1
    for act in (lambda: first.heartbeat(0.5), lambda: services.finish(first)):
        with pytest.raises(LeaseLost):
            act()
    with pytest.raises(LeaseLost), transaction.atomic():
        services.hold(first)
    services.finish(second)


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_the_fifth_is_the_last(done: list[str]) -> None:
    told: list[str] = []

    def break_down(job: LeasedJob) -> None:
        raise OSError("disk on fire")

    runs("test.broken", on_death=lambda job, error: told.append(error))(break_down)
    job = enqueue(kind="test.broken")
    for attempt in range(1, 6):
        Job.objects.update(run_after=None)
        tasks.run(str(job.id))
        job.refresh_from_db()
        assert job.attempt == attempt
    assert job.state == "dead"
    assert told == ["OSError: disk on fire"]
    assert services.due() == []


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_buried(done: list[str]) -> None:
    job = enqueue()
    Job.objects.update(
        state="leased", attempt=5, leased_until=timezone.now() - timedelta(seconds=1)
    )
    tasks.run(str(job.id))
    job.refresh_from_db()
    assert (job.state, done) == ("dead", [])


@pytest.mark.django_db
def test_what_can_never_succeed_is_not_tried_again(done: list[str]) -> None:
    def refuse(job: LeasedJob) -> None:
        raise Permanent("no such thing")

    runs("test.hopeless")(refuse)
    job = enqueue(kind="test.hopeless")
    tasks.run(str(job.id))
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("dead", 1)


@pytest.mark.django_db
def test_a_cancelled_job_is_fenced(done: list[str]) -> None:
    job = enqueue()
    holder = lease(job)
    services.cancel("test.work", "k")
    with pytest.raises(LeaseLost):
        holder.heartbeat()


@pytest.mark.django_db
def test_a_broker_that_is_away_costs_no_job(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr("jobs.services.current_app.send_task", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue()
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=2))
    assert services.due() == [job.id]


@pytest.mark.clones
def test_sixteen_workers_lease_it_once(committed_db: str, done: list[str]) -> None:
    job = enqueue()

    def take(_: int) -> LeasedJob | None:
        try:
            return services.lease(UUID(str(job.id)))
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        taken = [leased for leased in pool.map(take, range(16)) if leased]
    assert len(taken) == 1

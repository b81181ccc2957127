"""A worker tells of itself without the broker, and is shown as silent when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import broker, figures, registry, services, warden, workers
from jobs.models import Job, Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(services, "publish", lambda *_: None)
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    monkeypatch.setattr(workers, "_own_id", "")
    found = workers.take_id()
    workers.enter(name="one", concurrency=2, queues=["imprimatur"])
    return found


def test_it_is_alive_as_long_as_it_tells(own: str) -> None:
    assert [line.is_alive for line in figures.worker_lines()] == [True]
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert [line.is_alive for line in figures.worker_lines()] == [False]
    assert workers.beat()
    assert workers.alive().count() == 1


def test_it_goes_in_good_order_and_a_silent_one_is_forgotten_after_a_day(own: str) -> None:
    workers.leave()
    assert not workers.beat()
    workers.enter(name="one", concurrency=2, queues=[])
    Worker.objects.update(seen_at=timezone.now() - timedelta(hours=23))
    workers.forget_silent()
    assert Worker.objects.count() == 1
    Worker.objects.update(seen_at=timezone.now() - timedelta(hours=25))
    workers.forget_silent()
    assert not Worker.objects.exists()


def test_what_rooms_say_of_it_is_kept(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_describing", [lambda: {"sandbox": "confined"}])
    workers.enter(name="one", concurrency=2, queues=[])
    assert Worker.objects.get().facts == {"sandbox": "confined"}


def test_what_it_holds_is_shown(own: str) -> None:
    job = services.enqueue("test.work", key="k")
    services.lease(job.id)
    (line,) = figures.worker_lines()
    assert [each.key for each in line.busy] == ["k"]


def test_where_there_are_no_processes_nothing_is_ever_killed(
    own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool of threads, or a worker that works itself: the holder is the one who looks."""
    registry.runs("test.work", limits=lambda job: registry.Limits(seconds=0))(lambda job: None)
    monkeypatch.setattr(warden, "_kill", lambda child: pytest.fail("killed"))
    job = services.enqueue("test.work", key="k")
    services.lease(job.id)
    warden.Warden(own).look()
    assert Job.objects.get().state == "leased"


def test_nobody_elses_job_is_touched(own: str) -> None:
    job = services.enqueue("test.work", key="k")
    services.lease(job.id)
    Job.objects.update(worker="another", pid=1)
    warden.Warden(own).look()
    assert Job.objects.get().pid == 1


def test_a_job_of_a_process_that_is_gone_is_free_at_once(own: str) -> None:
    job = services.enqueue("test.work", key="k")
    services.lease(job.id)
    Job.objects.update(pid=2**22 + 1)  # beyond what Linux gives
    warden.Warden(own).look()
    row = Job.objects.get()
    assert (row.pid, row.attempt) == (None, 1)
    assert row.leased_until is not None
    assert row.leased_until <= timezone.now()


def test_without_a_notice_of_its_own_a_job_over_its_limit_is_dead(own: str) -> None:
    registry.runs("test.work", limits=lambda job: registry.Limits(seconds=2))(lambda job: None)
    row = services.enqueue("test.work", key="k")
    job = services.lease(row.id)
    assert job is not None
    assert warden._written(job, registry.Overrun("seconds", registry.Limits(2)))
    row.refresh_from_db()
    assert row.state == "dead"
    assert row.error == "It took longer than its limit of 2 s and was stopped."
    assert not warden._written(job, registry.Overrun("seconds", registry.Limits(2)))


def test_a_broker_that_does_not_answer_is_known_in_half_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import time

    monkeypatch.setattr(broker, "_known", (0.0, False))
    monkeypatch.setattr(broker, "_ask", lambda heard: time.sleep(3))
    started = time.monotonic()
    assert not broker.answers()
    assert not broker.answers()  # remembered
    assert time.monotonic() - started < 1.5

"""A worker that hears nothing of work that is due connects to the broker anew."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from jobs import listening, services, workers
from jobs.models import Job

pytestmark = pytest.mark.django_db


class Hub:
    def __init__(self) -> None:
        self.called: list[Any] = []

    def call_soon(self, what: Any) -> None:
        self.called.append(what)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(services, "publish", lambda *_: None)
    monkeypatch.setattr(listening, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(workers, "_own_id", "")
    workers.take_id()
    return Hub()


def look(hub: Hub, times: int = 1) -> int:
    watched = listening.Listening(workers.own_id(), SimpleNamespace(hub=hub))
    for _ in range(times):
        watched.look()
    return len(hub.called)


def due(seconds: float, key: str = "k") -> Job:
    job = services.enqueue("test.work", key=key)
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(seconds=seconds))
    return job


def test_work_that_has_been_due_for_long_and_nobody_here_does_anything(hub: Hub) -> None:
    due(60)
    assert look(hub) == 1
    with pytest.raises(ConnectionResetError):
        hub.called[0]()


def test_nothing_is_done_about_work_that_was_told_of_just_now(hub: Hub) -> None:
    due(1)
    assert look(hub) == 0


def test_nor_about_work_that_is_to_be_tried_later(hub: Hub) -> None:
    job = due(60)
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() + timedelta(seconds=30))
    assert look(hub) == 0


def test_nor_while_it_has_work_in_hand(hub: Hub) -> None:
    services.lease(due(60, "mine").id)
    due(60, "other")
    assert look(hub) == 0


def test_it_is_patient(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PATIENCE_SECONDS", 60.0)
    due(60)
    assert look(hub, times=3) == 0


def test_a_worker_without_an_event_loop_is_left_alone(hub: Hub) -> None:
    due(60)
    listening.Listening(workers.own_id(), SimpleNamespace(hub=None)).look()
    listening.Listening(workers.own_id(), None).look()
    assert hub.called == []

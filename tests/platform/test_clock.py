"""What the clock sends, and how often: the rooms rely on it and nothing else would notice."""

from __future__ import annotations

from typing import Any

from config.schedule import keep_time


class Sender:
    """Stands for the Celery application while its clocks are set."""

    def __init__(self) -> None:
        self.clocks: dict[str, tuple[float, Any]] = {}

    def signature(self, task: str) -> str:
        return task

    def add_periodic_task(
        self, every: float, task: str, *, name: str, expires: Any, retry: bool, **more: Any
    ) -> None:
        assert retry, "a clock whose connection broke would never send again"
        self.clocks[task] = (every, expires)


def clocks() -> dict[str, tuple[float, Any]]:
    sender = Sender()
    keep_time(sender)
    return sender.clocks


def test_lost_messages_are_sent_again_within_seconds_and_do_not_pile_up() -> None:
    assert clocks()["jobs.dispatch"] == (5.0, 5.0)
    assert clocks()["audit.integrate"] == (5.0, 5.0)


def test_personal_data_and_exports_expire_by_the_clock() -> None:
    assert clocks()["governance.expire_explanations"] == (3600.0, None)
    assert clocks()["audit.expire_exports"] == (900.0, None)


def test_stamps_are_asked_for_only_where_there_is_an_authority(settings: Any) -> None:
    assert "audit.stamp" not in clocks()
    settings.TSA_URL, settings.TSA_EVERY_SECONDS = "https://tsa.example", 60.0
    assert clocks()["audit.stamp"] == (60.0, 60.0)


def test_people_are_reminded_and_mailed() -> None:
    """Nothing is decided by either, so a message nobody takes in time is let go."""
    assert clocks()["governance.remind"] == (900.0, 900.0)
    assert clocks()["governance.mail_notices"] == (60.0, 60.0)

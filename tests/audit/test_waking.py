"""Whoever writes without a pause wakes the integrator a few times a second, not each time."""

from __future__ import annotations

from typing import Any

import pytest

from audit.services import waking


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(waking, "publish", told.append)
    monkeypatch.setattr(waking, "_left", 5.0)
    monkeypatch.setattr(waking, "_counted_at", 0.0)
    return told


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    class Clock:
        now = 1_000.0

        def monotonic(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(waking, "time", clock)
    return clock


def write(clock: Any, seconds: float, each_second: int) -> None:
    for _ in range(round(seconds * each_second)):
        waking._send()
        clock.now += 1 / each_second


def test_a_change_now_and_then_wakes_at_once(sent: list[str], clock: Any) -> None:
    write(clock, 20, 3)
    assert sent == [waking.TASK] * 60


def test_a_few_changes_on_top_of_each_other_wake_each_time(sent: list[str], clock: Any) -> None:
    write(clock, 0.02, 250)
    assert len(sent) == 5


def test_hundreds_of_changes_a_second_wake_four_times_a_second(sent: list[str], clock: Any) -> None:
    write(clock, 10, 250)
    assert len(sent) == pytest.approx(5 + 10 * 4, abs=1)

"""Which function runs which kind of job. Rooms above register theirs in their ``tasks``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job in the hands of one worker. ``attempt`` is the fencing number of its lease."""

    id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int
    beat: Callable[[float | None, str], None]

    def heartbeat(self, progress: float | None = None, note: str = "") -> None:
        """Extends the lease and shows progress (0 to 1). Raises LeaseLost when it was taken."""
        self.beat(progress, note)


class LeaseLost(Exception):
    """Somebody else holds the job now: stop, write nothing."""


class Permanent(Exception):
    """The work can never succeed: no retry helps."""


Runner = Callable[[LeasedJob], None]
DeathNotice = Callable[[LeasedJob, str], None]
_runners: dict[str, Runner] = {}
_notices: dict[str, DeathNotice] = {}


def runs(kind: str, *, on_death: DeathNotice | None = None) -> Callable[[Runner], Runner]:
    """Registers the function that runs jobs of ``kind``.

    ``on_death(job, error)`` is told, in the same transaction, when the last attempt has failed.
    """

    def register(runner: Runner) -> Runner:
        _runners[kind] = runner
        if on_death is not None:
            _notices[kind] = on_death
        return runner

    return register


def runner_of(kind: str) -> Runner | None:
    return _runners.get(kind)


def notice_of(kind: str) -> DeathNotice | None:
    return _notices.get(kind)

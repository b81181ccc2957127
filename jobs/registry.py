"""Which function runs which kind of job. Rooms above register theirs in their ``tasks``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job in the hands of one worker. ``attempt`` is the fencing number of its lease."""

    id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int
    beat: Callable[[float | None, str], None]
    forgiven: int = 0

    @property
    def tries(self) -> int:
        """Attempts that count: an operator may have had it tried again."""
        return self.attempt - self.forgiven

    def heartbeat(self, progress: float | None = None, note: str = "") -> None:
        """Extends the lease and shows progress (0 to 1). Raises LeaseLost when it was taken."""
        self.beat(progress, note)


class LeaseLost(Exception):
    """Somebody else holds the job now: stop, write nothing."""


class Permanent(Exception):
    """The work can never succeed: no retry helps."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take: seconds on the clock, bytes of memory (None: as much as there is)."""

    seconds: float
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Overrun:
    """A limit that a job has passed: ``seconds`` or ``memory``."""

    what: str
    limits: Limits

    def __str__(self) -> str:
        if self.what == "seconds":
            return f"It took longer than its limit of {self.limits.seconds:g} s and was stopped."
        most = (self.limits.memory or 0) / 1024**2
        return f"It took more memory than its limit of {most:,.0f} MiB and was stopped."


Runner = Callable[[LeasedJob], None]
DeathNotice = Callable[[LeasedJob, str], None]
LimitNotice = Callable[[LeasedJob, Overrun], None]
Limiting = Callable[[LeasedJob], Limits]


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything that is registered for one kind of job."""

    runner: Runner
    on_death: DeathNotice | None = None
    limits: Limiting | None = None
    on_limit: LimitNotice | None = None


_kinds: dict[str, Kind] = {}
_mending: list[Callable[[], None]] = []
_describing: list[Callable[[], dict[str, Any]]] = []
_mourning: list[DeathNotice] = []
_warming: list[Callable[[], None]] = []


def runs(
    kind: str,
    *,
    on_death: DeathNotice | None = None,
    limits: Limiting | None = None,
    on_limit: LimitNotice | None = None,
) -> Callable[[Runner], Runner]:
    """Registers the function that runs jobs of ``kind``.

    ``on_death(job, error)`` is told, in the same transaction, when the last attempt has failed.
    ``limits(job)`` says what one job may take. ``on_limit(job, overrun)`` writes what a job that
    took more has come to, proving the lease; without it such a job is dead.
    """

    def register(runner: Runner) -> Runner:
        _kinds[kind] = Kind(runner, on_death, limits, on_limit)
        return runner

    return register


def kind_of(kind: str) -> Kind | None:
    return _kinds.get(kind)


def runner_of(kind: str) -> Runner | None:
    found = _kinds.get(kind)
    return found.runner if found else None


def notice_of(kind: str) -> DeathNotice | None:
    found = _kinds.get(kind)
    return found.on_death if found else None


def mends(repair: Callable[[], None]) -> Callable[[], None]:
    """Registers what the dispatcher calls every few seconds to put right what was left behind."""
    _mending.append(repair)
    return repair


def repairs() -> tuple[Callable[[], None], ...]:
    return tuple(_mending)


def describes_worker(describe: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Registers what a worker says of itself when it starts: plain JSON."""
    _describing.append(describe)
    return describe


def described() -> dict[str, Any]:
    """What all of them say."""
    found: dict[str, Any] = {}
    for describe in _describing:
        try:
            found |= describe()
        except Exception:  # a worker that cannot describe itself is there all the same
            log.exception("%s says nothing of this worker", describe.__name__)
    return found


def warms(prepare: Callable[[], None]) -> Callable[[], None]:
    """Registers what a worker does once, before its pool is forked: imports, which every process
    of the pool then shares. It opens no connection and starts no thread of its own."""
    _warming.append(prepare)
    return prepare


def warm() -> None:
    for prepare in _warming:
        prepare()


def mourns(notice: DeathNotice) -> DeathNotice:
    """Registers who is told of every dead job, of whatever kind, in the same transaction."""
    _mourning.append(notice)
    return notice


def mourners() -> tuple[DeathNotice, ...]:
    return tuple(_mourning)

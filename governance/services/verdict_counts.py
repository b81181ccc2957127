"""How often the one question was asked, told in batches.

``GET /api/v1/verdict`` writes nothing (R7). Each web process counts what it answered and tells of
it about once a second, in one entry. A process that is killed takes its last second's counts with
it; one that ends in order tells of them first.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connections, transaction
from django.utils import timezone

from audit.models import Entry
from audit.services import record
from audit.subjects import Subject
from governance.services.verdicts import Verdict
from lib.actor import SYSTEM, Actor

EVERY_SECONDS: Final = 1.0
_IDLE_SECONDS: Final = 60.0  # then the teller gives its connection back
_PATIENCE_SECONDS: Final = 1.0  # at the end, for a batch that is being written
_UNVETTED: Final = {
    "unknown_environment": ("environment", "purpose"),
    "unknown_digest": ("purpose",),
    "never_requested": ("purpose",),
}
"""What the house has no word of its own for: a caller's text stays out of the trail."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """What is counted apart. ``asked_by`` is the pseudonym of the token or person; without an
    authorization ``code`` says why there is none."""

    authorization: str | None
    outcome: str
    code: str
    environment: str | None
    purpose: str | None
    asked_by: str


class Tally:
    """Counts of one process since they were last taken. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Line] = Counter()
        self._since: datetime | None = None
        self.waiting = threading.Event()

    def add(self, counts: Counter[Line], since: datetime) -> None:
        with self._lock:
            self._counts.update(counts)
            self._since = min(self._since or since, since)
        self.waiting.set()

    def take(self) -> tuple[Counter[Line], datetime | None]:
        """All of them, and since when they were counted; none are left."""
        with self._lock:
            taken, since = self._counts, self._since
            self._counts, self._since = Counter(), None
            self.waiting.clear()
        return taken, since


@dataclass(slots=True)
class _Process:
    """What belongs to one process: a forked child begins with a fresh one."""

    tally: Tally
    telling: threading.Lock
    teller: threading.Thread | None = None


_tells = False
_here = _Process(Tally(), threading.Lock())


def note(answer: Verdict, *, environment: str, purpose: str, actor: Actor) -> None:
    """Counts one answer, in memory alone."""
    names: dict[str, str | None] = {"environment": environment, "purpose": purpose}
    names |= dict.fromkeys(_UNVETTED.get(answer.code, ()))
    line = Line(
        authorization=answer.held.digest if answer.held else None,
        outcome="allow" if answer.allow else "deny",
        code=answer.code,
        asked_by=actor.id,
        **names,
    )
    _here.tally.add(Counter((line,)), timezone.now())
    if _tells and _here.teller is None:
        _start_telling()


def flush() -> Entry | None:
    """Writes one entry with the counts there are; None when nothing was asked. What could not be
    written is kept, and the error raised."""
    with _here.telling:
        counts, since = _here.tally.take()
        if since is None:
            return None
        try:
            with transaction.atomic():
                return _tell(counts, since)
        except BaseException:
            _here.tally.add(counts, since)
            raise


def keep_telling() -> None:
    """From now on this process, and those that are forked from it, tell of what they count: about
    once a second while they are asked, and when they end."""
    global _tells
    if not _tells:
        _tells = True
        atexit.register(last_words)
        os.register_at_fork(after_in_child=_begin_anew)


def _tell(counts: Counter[Line], since: datetime) -> Entry:
    told = [asdict(line) | {"count": count} for line, count in counts.most_common()]
    return record(
        actor=SYSTEM,
        action="verdict.count",
        subject=Subject("verdicts", "read", "Verdicts"),
        details={
            "since": since.isoformat(),
            "until": timezone.now().isoformat(),
            "total": counts.total(),
            "counts": told,
        },
    )


def _start_telling() -> None:
    """Not before the first question: a thread does not outlive a fork."""
    with _here.telling:
        if _here.teller is None:
            _here.teller = threading.Thread(target=_tell_on, name="verdict-counts", daemon=True)
            _here.teller.start()


def _tell_on() -> None:
    tally = _here.tally
    while True:
        if not tally.waiting.wait(_IDLE_SECONDS):
            connections.close_all()
            continue
        time.sleep(EVERY_SECONDS)
        try:
            close_old_connections()
            flush()
        except (DatabaseError, InterfaceError) as error:  # kept, and tried again
            _log.warning("Counts of verdicts wait for the database: %s", error)
        except Exception:
            _log.exception("Counts of verdicts could not be told")
        finally:
            close_old_connections()


def last_words() -> None:
    """When the process ends in order. What is being written is waited for, but not for ever."""
    if not _here.telling.acquire(timeout=_PATIENCE_SECONDS):
        return
    _here.telling.release()
    try:
        flush()
        connections.close_all()
    except Exception as error:
        _log.warning("The last counts of verdicts are lost: %s", error)


def _begin_anew() -> None:
    global _here
    _here = _Process(Tally(), threading.Lock())

"""Following a release until it is the pipeline's turn again.

Polls with the ETag of what was seen last, so that a poll without news is a bare 304, and slows
down while nothing happens. A server that restarts meanwhile is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import Callable

from imprimatur_client import events
from imprimatur_client.errors import NotReachable, Unavailable, WaitedTooLong
from imprimatur_client.events import Event
from imprimatur_client.results import WAITING, Release
from imprimatur_client.session import Session, at, retry_after, understood

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 1.0, 15.0, 1.4

Clock = Callable[[], float]


def follow(
    session: Session,
    release_id: str,
    *,
    timeout: float,
    until: Collection[str] = WAITING,
    clock: Clock = time.monotonic,
) -> Iterator[Event]:
    """The events of a release, from what has happened already on, while its state is in
    ``until``. Raises WaitedTooLong after ``timeout`` seconds, or ApiError."""
    one_try = session.patient(tries=1)
    seen: Release | None = None
    tag, pause, away, deadline = "", FIRST_PAUSE, False, clock() + timeout
    while True:
        try:
            # A server that hangs may not hold us past the time limit.
            one_try.timeout = max(1.0, min(session.timeout, deadline - clock()))
            asking = session if seen is None else one_try
            response = asking.send("GET", at("releases", release_id), _unless(tag))
        except (NotReachable, Unavailable) as error:
            if seen is None:
                raise
            if not away:
                yield Event(events.AWAY, f"{error}; waiting for it to come back.", seen)
            away, asked = True, getattr(error, "retry_after", None)
        else:
            if away and seen is not None:
                yield Event(events.BACK, "The server is back.", seen)
            away, asked = False, retry_after(response)
            if response.status != 304:
                now = Release.of(understood(response))
                found = list(events.changes(seen, now))
                tag, seen = response.headers.get("etag", ""), now
                pause = FIRST_PAUSE if found else pause
                yield from found
                if now.state not in until:
                    return
        left = deadline - clock()
        if left <= 0:
            raise WaitedTooLong(_too_long(seen, timeout), seen)
        session.patience.sleep(min(max(pause, asked or 0.0), left))
        pause = min(pause * GROWTH, LONGEST_PAUSE)


def _unless(tag: str) -> dict[str, str]:
    return {"If-None-Match": tag} if tag else {}


def _too_long(seen: Release | None, timeout: float) -> str:
    said = f"No verdict within {timeout:g} s."
    return f"{said} {events.state_sentence(seen)}" if seen else said

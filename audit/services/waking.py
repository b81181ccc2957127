"""Telling a worker, after commit, that entries wait for their place in the tree."""

from __future__ import annotations

import time

from django.db import connection, transaction

from jobs.services import publish

TASK = "audit.integrate"
_AT_ONCE = 5.0
_EACH_SECOND = 4.0
_left, _counted_at = _AT_ONCE, 0.0


def wake_integrator() -> None:
    """Once a transaction, however many entries it writes."""
    if not any(waiting[1] is _send for waiting in connection.run_on_commit):
        transaction.on_commit(_send, robust=True)


def _send() -> None:
    """A message costs about what a small change does, so a process that writes without a pause
    sends few: five at once, then four a second. Beat finds what a message misses."""
    global _left, _counted_at
    now = time.monotonic()
    _left = min(_AT_ONCE, _left + (now - _counted_at) * _EACH_SECOND)
    _counted_at = now
    if _left >= 1:
        _left -= 1
        publish(TASK)

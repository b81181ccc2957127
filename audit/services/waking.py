"""Telling a worker, after commit, that entries wait for their place in the tree."""

from __future__ import annotations

import time

from django.db import connection, transaction

from jobs.services import publish

TASK = "audit.integrate"
_PAUSE_SECONDS = 0.05
_pause_until = 0.0


def wake_integrator() -> None:
    """Once a transaction, however many entries it writes."""
    if not any(waiting[1] is _send for waiting in connection.run_on_commit):
        transaction.on_commit(_send, robust=True)


def _send() -> None:
    """At most 20 messages a second from one process; beat finds what a message misses."""
    global _pause_until
    if time.monotonic() >= _pause_until:
        publish(TASK)
        _pause_until = time.monotonic() + _PAUSE_SECONDS

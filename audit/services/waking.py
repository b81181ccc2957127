"""Telling a worker, after commit, that entries wait for their place in the tree."""

from __future__ import annotations

import time

from django.db import connection, transaction

from jobs.services import publish

TASK = "audit.integrate"
_PAUSE_SECONDS = 0.05
_last_sent = 0.0


def wake_integrator() -> None:
    """Once a transaction, however many entries it writes."""
    if not any(callback is _send for _, callback, _ in connection.run_on_commit):
        transaction.on_commit(_send, robust=True)


def _send() -> None:
    """At most 20 messages a second from one process; beat finds what a message misses."""
    global _last_sent
    now = time.monotonic()
    if now - _last_sent >= _PAUSE_SECONDS:
        _last_sent = now
        publish(TASK)

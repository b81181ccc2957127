"""A worker that hears nothing is connected to the broker anew.

When a broker comes back, a consumer may take its connection for a good one and never hear of work
again (kombu with Redis does so now and then; celery issues 8030, 10205). Nothing is lost, the rows
wait; but nobody works on them. What betrays it is the table: work has been due for long, this
worker has nothing in hand, and goes on like that.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models.functions import Coalesce, Now

from jobs.models import Job, JobState

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0  # how long nothing is in hand while work is due


class Listening:
    """``consumer`` is Celery's: only one with an event loop of its own can be told to reconnect."""

    def __init__(self, own_id: str, consumer: Any) -> None:
        self._own_id, self._consumer = own_id, consumer
        self._deaf_since: float | None = None

    def look(self) -> None:
        """Two small queries at most. Connects anew at most once in ``PATIENCE_SECONDS``."""
        hub = getattr(self._consumer, "hub", None)
        if hub is None:
            return
        if not self._seems_deaf():
            self._deaf_since = None
            return
        now = time.monotonic()
        self._deaf_since = self._deaf_since or now
        if now - self._deaf_since >= PATIENCE_SECONDS:
            self._deaf_since = None
            log.warning("work is due and none is heard of: connecting to the broker anew")
            hub.call_soon(_hang_up)

    def _seems_deaf(self) -> bool:
        # Dispatchers have told of it three times by then.
        late = Now() - timedelta(seconds=3 * settings.JOBS_DISPATCH_SECONDS)
        due = Job.objects.alias(due_at=Coalesce("run_after", "created_at")).filter(
            state=JobState.QUEUED, due_at__lt=late
        )
        in_hand = Job.objects.filter(state=JobState.LEASED, worker=self._own_id)
        return due.exists() and not in_hand.exists()


def _hang_up() -> None:
    """In the consumer's own loop: an error of the connection is what it recovers from."""
    raise ConnectionResetError("nothing was heard of work that is due")

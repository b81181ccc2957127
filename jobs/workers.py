"""The workers' own rows: each tells every few seconds that it is there, without the broker."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import uuid4

from django.db.models import QuerySet
from django.db.models.functions import Now

from jobs.models import Worker
from jobs.registry import described

BEAT_SECONDS = 10.0
SILENT = timedelta(seconds=45)
FORGOTTEN = timedelta(days=1)
_own_id = ""


def own_id() -> str:
    """This worker's id, which its pool's processes inherit; empty in any other process."""
    return _own_id


def take_id() -> str:
    """Before the pool is forked. It tells nothing of the machine: names of hosts stay out."""
    global _own_id
    _own_id = uuid4().hex
    return _own_id


def enter(*, name: str, concurrency: int, queues: list[str]) -> None:
    """The worker takes work from now on."""
    Worker.objects.update_or_create(
        id=_own_id,
        defaults={
            "name": name[:80],
            "pid": os.getpid(),
            "concurrency": concurrency,
            "queues": queues,
            "facts": described(),
            "seen_at": Now(),
        },
    )


def beat() -> bool:
    """The worker is there. False when its row is gone and has to be written anew."""
    return bool(Worker.objects.filter(id=_own_id).update(seen_at=Now()))


def leave() -> None:
    """The worker has ended in good order."""
    Worker.objects.filter(id=_own_id).delete()


def alive() -> QuerySet[Worker]:
    return Worker.objects.filter(seen_at__gt=Now() - SILENT)


def forget_silent() -> None:
    """Rows of workers that were killed are kept for a day, so that somebody sees them."""
    Worker.objects.filter(seen_at__lt=Now() - FORGOTTEN).delete()

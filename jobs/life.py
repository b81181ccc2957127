"""What a worker does beside its tasks: it tells that it is there, and watches over its pool."""

from __future__ import annotations

import ctypes
import logging
import os
import threading
import time
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_init, worker_ready, worker_shutdown
from django.db import close_old_connections, connection

from jobs import pool, registry, workers
from jobs.listening import Listening
from jobs.warden import Warden

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
_C = ctypes.CDLL(None)


class Life(threading.Thread):
    """A thread of the worker's main process. It works without the broker."""

    def __init__(
        self, *, name: str, concurrency: int, queues: list[str], consumer: Any = None
    ) -> None:
        super().__init__(daemon=True, name="life")
        self._facts: dict[str, Any] = {"name": name, "concurrency": concurrency, "queues": queues}
        self._warden = Warden(workers.own_id())
        self._listening = Listening(workers.own_id(), consumer)
        self._told = -workers.BEAT_SECONDS
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.is_set():
            try:
                close_old_connections()
                self._tell()
                self._warden.look()
                self._listening.look()
            except Exception:  # the database may be away: look again in a moment
                log.warning("a worker's look at its own failed", exc_info=True)
            self._end.wait(LOOK_SECONDS)
        connection.close()

    def stop(self) -> None:
        self._end.set()
        self.join(timeout=5)

    def _tell(self) -> None:
        if time.monotonic() - self._told < workers.BEAT_SECONDS:
            return
        if not workers.beat():
            workers.enter(**self._facts)
        self._told = time.monotonic()


_life: Life | None = None
_facts: dict[str, Any] = {}


@worker_init.connect
def prepare(sender: Any = None, **_: Any) -> None:
    """Before the pool is forked, so that its processes know whose they are."""
    own = workers.take_id()
    given = os.environ.get("WORKER_NAME", "")
    kind = str(getattr(sender, "hostname", "") or "worker").partition("@")[0]
    _facts["name"] = given or f"{kind}-{own[:6]}"
    _facts["concurrency"] = int(getattr(sender, "concurrency", 1) or 1)
    registry.warm()


@task_prerun.connect
def reconnect(**_: Any) -> None:
    """A connection is kept from task to task; one that is old or broken is let go first."""
    if not connection.in_atomic_block:  # tests run tasks in their own transaction
        close_old_connections()


@task_postrun.connect
def note_work(sender: Any = None, **_: Any) -> None:
    """What the clock asks for again and again is no work."""
    if getattr(sender, "name", "") == "jobs.run":
        pool.worked()


@task_postrun.connect
def give_back(**_: Any) -> None:
    """What the allocator keeps for a next time goes back to the machine: a model that runs beside
    needs it more. A millisecond; where the C library has no such call nothing happens."""
    trim = getattr(_C, "malloc_trim", None)
    if trim is not None:
        trim(0)


@worker_ready.connect
def begin(sender: Any = None, **_: Any) -> None:
    global _life
    queues = sorted(sender.app.amqp.queues.consume_from) if sender is not None else []
    _life = Life(**_facts, queues=queues, consumer=sender)
    _life.start()


@worker_shutdown.connect
def end(**_: Any) -> None:
    if _life is None:
        return
    _life.stop()
    try:
        workers.leave()
    except Exception:  # the row stays, and is shown as silent
        log.warning("the worker could not say that it ends", exc_info=True)

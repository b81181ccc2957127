"""The processes of a worker, none of which takes the others' work along when it is killed.

Where the broker is a folder, Celery hands work to its processes through one pipe, and who waits for
the next piece holds the pipe's lock meanwhile. Killed while it waits, a process would leave it
locked, and nobody of that pool would ever get work again. Here it is held while a piece is read.

A process that measured models keeps what their libraries hold, some hundred megabytes. Once it has
been without a job for a while it ends, between two pieces of work, and the pool forks another.
"""

from __future__ import annotations

import time
from typing import Final

import psutil  # type: ignore[import-untyped]
from billiard.pool import Pool
from billiard.queues import SimpleQueue
from celery.concurrency import prefork

REST_SECONDS: Final = 30.0
GROWN_MIB: Final = 96.0  # of its own: a fresh one has about 20
_worked_at: float | None = None


def worked() -> None:
    """Told in a process of the pool when it has done a job."""
    global _worked_at
    _worked_at = time.monotonic()


def leave_if_grown() -> None:
    """Ends the process when it holds much and has had no job for a while."""
    global _worked_at
    if _worked_at is None or time.monotonic() - _worked_at < REST_SECONDS:
        return
    _worked_at = None  # looked at once after each rush
    if psutil.Process().memory_full_info().uss / 1024**2 > GROWN_MIB:
        raise SystemExit(0)


class Handed(SimpleQueue):  # type: ignore[misc]
    """Work on its way to whichever process is free."""

    def get_payload(self) -> bytes:
        leave_if_grown()
        while True:
            self._reader.poll(None)
            with self._rlock:
                if self._reader.poll(0):  # else somebody was faster
                    return bytes(self._reader.recv_bytes())


class PipedPool(Pool):  # type: ignore[misc]
    def _setup_queues(self) -> None:
        super()._setup_queues()
        self._inqueue = Handed(ctx=self._ctx)
        self._quick_put = self._inqueue._writer.send


class TaskPool(prefork.TaskPool):  # type: ignore[misc]
    """Celery's own. With Redis and RabbitMQ each process has a pipe to itself."""

    BlockingPool = PipedPool

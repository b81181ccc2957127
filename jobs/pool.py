"""The processes of a worker, none of which takes the others' work along when it is killed.

Where the broker is a folder, Celery hands work to its processes through one pipe, and who waits for
the next piece holds the pipe's lock meanwhile. Killed while it waits, a process would leave it
locked, and nobody of that pool would ever get work again. Here it is held while a piece is read.
"""

from __future__ import annotations

from billiard.pool import Pool
from billiard.queues import SimpleQueue
from celery.concurrency import prefork


class Handed(SimpleQueue):  # type: ignore[misc]
    """Work on its way to whichever process is free."""

    def get_payload(self) -> bytes:
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

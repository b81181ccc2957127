"""``manage.py integrate [--follow]``: the integrator without Celery."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection

from audit.services import integrate
from lib.errors import Unavailable

_RETRY_SECONDS = 1.0


class Command(BaseCommand):
    help = "Places waiting entries in the tree and signs a checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="Keep going until stopped.")
        parser.add_argument("--batch", type=int, default=5_000)
        parser.add_argument("--pause", type=float, default=0.5, help="Seconds between looks.")

    def handle(self, *args: Any, follow: bool, batch: int, pause: float, **options: Any) -> None:
        total = self._follow(batch, pause) if follow else self._drain(batch)
        self.stdout.write(f"{total} entries integrated")

    def _drain(self, batch: int) -> int:
        total = 0
        try:
            while placed := integrate(batch=batch):
                total += placed
        except Unavailable as error:
            raise CommandError(error.detail) from error
        return total

    def _follow(self, batch: int, pause: float) -> int:
        """Until SIGTERM or Ctrl-C, which end it after the batch in hand. Whatever is away, the
        database or the key, is asked for again; what it says is told once."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        total, told = 0, ""
        self.stdout.write("following")
        self.stdout.flush()
        while not stopped.is_set():
            try:
                placed = integrate(batch=batch)
            except (OperationalError, InterfaceError, Unavailable) as error:
                if str(error) != told:
                    told = str(error)
                    self.stderr.write(f"Nothing is integrated for now: {told}")
                connection.close()
                stopped.wait(_RETRY_SECONDS)
                continue
            total, told = total + placed, ""
            if not placed:
                stopped.wait(pause)
        return total

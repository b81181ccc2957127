"""``manage.py integrate [--follow]``: the integrator without Celery."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.services import integrate


class Command(BaseCommand):
    help = "Places waiting entries in the tree and signs a checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="Keep going until stopped.")
        parser.add_argument("--batch", type=int, default=5_000)
        parser.add_argument("--pause", type=float, default=0.5, help="Seconds between looks.")

    def handle(self, *args: Any, follow: bool, batch: int, pause: float, **options: Any) -> None:
        total = 0
        try:
            while True:
                placed = integrate(batch=batch)
                total += placed
                if placed:
                    continue
                if not follow:
                    break
                time.sleep(pause)
        except KeyboardInterrupt:
            pass
        self.stdout.write(f"{total} entries integrated")

"""``manage.py rotate_log_key``: a new key signs beside the old one, and the log says so."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.services.rotation import rotate_key
from lib.actor import SYSTEM
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = "Adds a key that signs checkpoints; the old one goes on signing until it is retired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="", help="Stands in the log.")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        try:
            key = rotate_key(actor=SYSTEM, reason=reason)
        except ImprimaturError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{key.verifier}\n\nBoth keys sign from now on. Publish the new one where the old one "
            "is published, bring LOG_KEY up to date on every host that integrates, and when "
            "all who verify know it: manage.py retire_log_key OLD-KEY-ID"
        )

"""``manage.py retire_log_key KEY-ID``: an old key signs no more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.services.rotation import retire_key
from lib.actor import SYSTEM
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = "Ends an overlap of keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key_id", help="The eight digits between the plus signs of its vkey.")
        parser.add_argument("--reason", default="", help="Stands in the log.")

    def handle(self, *args: Any, key_id: str, reason: str, **options: Any) -> None:
        try:
            retire_key(key_id, actor=SYSTEM, reason=reason)
        except ImprimaturError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The key {key_id} signs no more.")

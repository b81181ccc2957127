"""``manage.py restart_log --reason TEXT``: after a loss the log goes on under a new name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.services.rotation import restart_log
from lib.actor import SYSTEM
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = "Goes on under the new LOG_ORIGIN after entries were lost for good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="Stands in the log.")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        try:
            key = restart_log(actor=SYSTEM, reason=reason)
        except ImprimaturError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{key.verifier}\n\nThe log goes on as {key.name}. Publish its key.")

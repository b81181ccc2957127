"""``manage.py know_checkpoint FILE``: the log has to continue what an auditor holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.services.integration import why_not_signing
from audit.services.outside import learn
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = (
        "Takes a checkpoint from outside: nothing is signed from now on that does not continue it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="A checkpoint, as bundles and witnesses keep it."
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            head = learn(file.read_text())
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        except (UnicodeDecodeError, ImprimaturError) as error:
            raise CommandError(str(error)) from error
        trouble = why_not_signing()
        self.stdout.write(trouble or f"The log continues it: {head.size} entries are as they were.")

"""Has a worker seal a version that has only a source; with --wait, prints what came of it."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lib.actor import SYSTEM
from lib.errors import ImprimaturError
from registry.services import sealing, versions

_EVERY_SECONDS = 0.5


class Command(BaseCommand):
    help = "Have the files behind a version's source fetched and hashed by a worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model")
        parser.add_argument("number", type=int)
        parser.add_argument("--format", default="", help="In place of what its MLmodel file says.")

        parser.add_argument("--wait", action="store_true", help="Until a worker has done it.")

    def handle(self, *args: Any, **options: Any) -> None:
        name, number = options["model"], options["number"]
        try:
            version = versions.find(name, number, actor=SYSTEM)
            asked = sealing.request_seal(version, actor=SYSTEM, format=options["format"])
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        while options["wait"] and asked is not None and asked.is_open:
            time.sleep(_EVERY_SECONDS)
            asked.refresh_from_db()
        version.refresh_from_db()
        if version.is_sealed:
            self.stdout.write(f"{version.label} is sealed: {version.digest}")
        elif asked is not None and asked.error:
            raise CommandError(asked.error)
        else:
            self.stdout.write(f"{version.label} waits for a worker, who fetches its files.")

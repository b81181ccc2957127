"""Fills an empty database with made-up rows by the hundred thousand, to measure with."""

from __future__ import annotations

import time
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.scale.filling import Sizes, fill
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = (
        "Fill an empty database with made-up models, versions and tags, to measure with. Never in "
        "production, never beside real models. Run it as the owner: DATABASE_ROLE=owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for size in fields(Sizes):
            name = size.name.replace("_", "-")
            parser.add_argument(f"--{name}", type=int, default=size.default, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Only in development mode: nothing made up belongs in production.")
        sizes = Sizes(**{size.name: options[size.name] for size in fields(Sizes)})
        began = time.monotonic()

        def said(sentence: str) -> None:
            self.stdout.write(f"{time.monotonic() - began:6.1f} s  {sentence}")

        try:
            fill(sizes, said)
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        said("all there, and known to the planner")
        self.stdout.write(
            "No entry of the trail tells of these rows: “manage.py reconcile” lists each of them. "
            "This database is good for measuring, and for nothing else."
        )

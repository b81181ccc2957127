"""Prints a fresh service token and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.tokens import issue_token
from lib.actor import SYSTEM
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = "Issue a service token: it reads and requests as a role, and never signs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")
        parser.add_argument(
            "--scopes", default="", help="Permissions, comma-separated; empty: all."
        )
        parser.add_argument("--name", default="")
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        permissions = [part.strip() for part in options["scopes"].split(",") if part.strip()]
        try:
            _, secret = issue_token(
                name=options["name"] or f"{options['role']} (command line)",
                role=options["role"],
                permissions=permissions,
                lifetime=timedelta(days=options["days"]),
                actor=SYSTEM,
            )
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(secret)

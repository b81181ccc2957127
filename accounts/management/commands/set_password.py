"""Prints a fresh password for a person of the example, in development mode only."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.commands.example_people import PEOPLE
from accounts.models import User
from accounts.services.people import set_password
from lib.actor import SYSTEM


class Command(BaseCommand):
    help = "Give an example person a fresh password and print it (development mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Only in development mode. In production people reset their own.")
        example = User.objects.filter(username__in=[person[0] for person in PEOPLE])
        user = example.filter(username=options["username"]).first()
        if user is None:
            known = ", ".join(example.order_by("username").values_list("username", flat=True))
            raise CommandError(
                f"{options['username']} is no person of the example (known: {known or 'none'}). "
                "Others change their own password; whoever cannot sign in asks an operator."
            )
        password = secrets.token_urlsafe(12)
        set_password(user, password=password, actor=SYSTEM)
        self.stdout.write(password)

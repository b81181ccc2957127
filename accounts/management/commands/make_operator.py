"""Makes an operator, who then makes everybody else; prints their password and nothing else."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.services.people import assign_role, create_person
from lib.actor import SYSTEM
from lib.errors import ImprimaturError


class Command(BaseCommand):
    help = "Make a person with the role operator and print their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        username, password = options["username"], secrets.token_urlsafe(12)
        try:
            User._meta.get_field("username").clean(username, None)
            with transaction.atomic():
                person = create_person(username=username, password=password, actor=SYSTEM)
                assign_role(person, role="operator", actor=SYSTEM)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(password)

"""The people of the mortgage example: made once, in development mode only."""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.people import assign_role, create_person
from accounts.services.tokens import issue_token
from lib.actor import SYSTEM

PEOPLE = (
    ("ada", "Ada", "Okafor", "owner", "Credit risk modelling"),
    ("dev", "Dev", "Marsh", "developer", "Machine learning"),
    ("ravi", "Ravi", "Menon", "validator", "Independent model validation, statistics"),
    ("rita", "Rita", "Lindqvist", "officer", "Model risk management"),
    ("bo", "Bo", "Tanaka", "business", "Retail lending"),
    ("petra", "Petra", "Novak", "product", "Lending products"),
    ("elena", "Elena", "Rossi", "executive", "Chief risk officer"),
    ("otto", "Otto", "Haller", "auditor", "Internal audit"),
    ("olga", "Olga", "Ivers", "operator", "Platform"),
)
TOKENS = ("ci", "owner", "product", "officer")


class Command(BaseCommand):
    help = "Make the example's people (development mode only); prints their password and tokens."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The example's people exist in development mode only.")
        password = _shared_password()
        for username, first, last, role, expertise in PEOPLE:
            if User.objects.filter(username=username).exists():
                continue
            user = create_person(
                username=username,
                password=password,
                first_name=first,
                last_name=last,
                email=f"{username}@bank.example",
                expertise=expertise,
                actor=SYSTEM,
            )
            assign_role(user, role=role, actor=SYSTEM)
        tokens = {
            role: issue_token(name=f"example {role}", role=role, actor=SYSTEM)[1] for role in TOKENS
        }
        self.stdout.write(json.dumps({"password": password, "tokens": tokens}))


def _shared_password() -> str:
    """One password for all of them, made at first boot and readable by this account alone."""
    path = settings.DATA / "keys" / "example-password"
    if path.exists():
        return str(path.read_text().strip())
    path.parent.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(12)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    return password

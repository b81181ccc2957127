"""``manage.py import_mlflow URI``: takes over what a running MLflow server has registered."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services.tokens import authenticate
from lib.actor import SYSTEM, Actor
from lib.errors import ImprimaturError
from registry.importing import copying
from registry.importing.progress import Bar
from registry.importing.reading import CannotRead, Peer, peer


class Command(BaseCommand):
    help = (
        "Copy models, versions (under their numbers), tags, aliases, descriptions and stages from "
        "a running MLflow server. It may be run again: what is here already is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uri", help="The server, such as http://mlflow.example:5000")
        parser.add_argument("--models", default="*", metavar="PATTERN", help="Such as “credit-*”.")
        parser.add_argument(
            "--token", default="", help="Its token; better MLFLOW_TRACKING_TOKEN, which ps hides."
        )
        parser.add_argument(
            "--governed",
            action="store_true",
            help="New models are put under the rules of releases; without it they are not.",
        )
        parser.add_argument(
            "--as",
            dest="actor",
            default="",
            metavar="WHO",
            help="In whose name: a user's name, or a service token of ours. Else the system's.",
        )
        parser.add_argument(
            "--artifacts",
            action="store_true",
            help="Fetch the files through its artifact proxy as well, and seal the versions.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")
        parser.add_argument("--json", action="store_true", help="The report as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        wish = copying.Wish(
            actor=_actor(options["actor"]),
            pattern=options["models"],
            governed=options["governed"],
            trial=options["dry_run"],
            with_files=options["artifacts"],
        )
        bar = Bar(sys.stderr)
        try:
            report = copying.copy(_peer(options), wish, bar)
        except CannotRead as error:
            raise CommandError(f"{error} What came over so far is kept; run it again.") from error
        except ImprimaturError as error:
            raise CommandError(error.detail) from error
        finally:
            bar.clear()
        if options["json"]:
            self.stdout.write(json.dumps(report.document(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(report.lines()))


def _peer(options: dict[str, Any]) -> Peer:
    """As MLflow's own client finds its way in."""
    try:
        return peer(
            options["uri"],
            token=options["token"] or os.environ.get("MLFLOW_TRACKING_TOKEN", ""),
            username="" if options["token"] else os.environ.get("MLFLOW_TRACKING_USERNAME", ""),
            password=os.environ.get("MLFLOW_TRACKING_PASSWORD", ""),
        )
    except ValueError as error:
        raise CommandError(str(error)) from error


def _actor(text: str) -> Actor:
    """Who the trail says it was."""
    if not text:
        return SYSTEM
    person = User.objects.filter(username=text, is_active=True).first()
    if person is not None:
        return person.actor
    token = authenticate(text)
    if token is None:
        raise CommandError("--as names neither an active user nor a service token that works.")
    return token.actor

"""Takes the place of Django's, which would write a person that no entry tells of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "There are no superusers here; see make_operator."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("anything", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "There are no superusers: people have roles, and each change is told in the trail. "
            "Make the first person with: make operator USER=name (manage.py make_operator name)."
        )

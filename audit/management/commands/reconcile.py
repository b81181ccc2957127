"""``manage.py reconcile``: rows that were changed behind the services' back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.rows import governed
from audit.services.adopting import adopt
from audit.services.reconciling import reconcile
from lib.actor import SYSTEM


class Command(BaseCommand):
    help = (
        "Lists governed rows that are not what the log says of them. Exit code 1 if there are any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", default="", help="One table only.")
        parser.add_argument("--adopt", default="", metavar="REASON", help="Take rows as they are.")
        parser.add_argument("--json", action="store_true", help="One JSON object a line.")

    def handle(self, *args: Any, table: str, **options: Any) -> None:
        count = 0
        if options["adopt"]:
            count = adopt(actor=SYSTEM, reason=options["adopt"], table=table)
            self.stdout.write(f"{count} rows are in the log as they are now, with the reason")
            count = 0
        try:
            for found in reconcile(table=table):
                count += 1
                self.stdout.write(
                    json.dumps(asdict(found))
                    if options["json"]
                    else f"{found.table} {found.key}: {found.what}"
                    + (f" (entry {found.entry})" if found.entry else "")
                )
        except LookupError as error:
            known = ", ".join([each.table for each in governed()] + ["audit_entry"])
            raise CommandError(f"{error} is not governed. Governed are: {known}.") from error
        if not options["json"]:
            of = table or f"{len(governed())} tables and the trail"
            self.stdout.write(f"{count} disagreements in {of}")
        if count:
            sys.exit(1)

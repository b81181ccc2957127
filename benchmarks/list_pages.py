"""How long the pages that list things take in a large house: ``python benchmarks/list_pages.py``.

A house of 10,000 models, 500,000 versions and 2,000,000 tags (``manage.py make_scale``), with the
releases, authorizations, findings, notices and so on that go with them, and 200,000 entries of the
trail. Each page is asked for through Django's test client, as somebody who may see it: middleware,
session, queries and templates are in the figure, the network is not. Every page without a name in
its address is asked for; ``tests/scale/test_list_pages.py`` holds the table to the addresses.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.list_pages_asked import AUDITOR, DEEP, OFFICER, OPERATOR, PAGES
from benchmarks.scratch import scratch

WANTED_MS: Final = 300
ENTRIES: Final = 200_000
TIMES: Final = 5
STEPS: Final = 20
_NEXT: Final = re.compile(r'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: who asked, where, milliseconds in the middle of five, those of the process's CPU,
    the number of queries, and bytes."""

    who: str
    address: str
    ms: float
    cpu_ms: float
    queries: int
    size: int

    @property
    def holds(self) -> bool:
        return self.ms < WANTED_MS


def fill() -> None:
    """The house, its people and its trail."""
    from django.core.management import call_command

    from accounts.services.people import assign_role, create_person
    from benchmarks.filling import fill as fill_trail
    from benchmarks.integrating import integrate_all_there_is
    from lib.actor import SYSTEM

    call_command("make_scale", stdout=sys.stderr)
    for role in (OFFICER, AUDITOR, OPERATOR):
        person = create_person(
            username=role, password="only measures here", first_name=role, actor=SYSTEM
        )
        assign_role(person, role=role, actor=SYSTEM)
    fill_trail(ENTRIES)
    integrate_all_there_is()


def measured(only: str = "") -> Iterator[Measured]:
    """Each page of the table whose address contains ``only``."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User, WebhookEndpoint

    settings.DEBUG = False  # as it runs: no list of queries, templates compiled once
    webhook = str(WebhookEndpoint.objects.earliest("made_at").pk)
    for people, path, asked in PAGES:
        for name in people:
            client = Client(HTTP_HOST="localhost")
            client.force_login(
                User.objects.get(username=name),
                backend="django.contrib.auth.backends.ModelBackend",
            )
            for query in asked:
                address = path + ("" if query == DEEP else query.format(webhook=webhook))
                if only in address:
                    yield _measure(client, name, address, deep=query == DEEP)


def _measure(client: Any, name: str, address: str, *, deep: bool) -> Measured:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if deep:
        address = _deep(client, address)
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(address)
    assert shown.status_code == 200, (address, shown.status_code)
    queries, took, spent = len(asked), [], []
    for _ in range(TIMES):
        began, used = time.perf_counter(), time.process_time()
        client.get(address)
        took.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - used) * 1000)
    told = f"{address.partition('?')[0]} · {STEPS} pages on" if deep else address
    return Measured(
        name, told, statistics.median(took), statistics.median(spent), queries, len(shown.content)
    )


def _deep(client: Any, address: str) -> str:
    """Where following the links to the next page leads; the last page if there are fewer."""
    path = address
    for _ in range(STEPS):
        found = _NEXT.search(client.get(address).content.decode())
        if not found:
            break
        link = (found[1] or found[2]).replace("&amp;", "&")
        address = link if link.startswith("/") else path + link
    return address


def main() -> int:
    print(f"Median of {TIMES} after a warm-up; wanted: less than {WANTED_MS} ms each.\n")
    print("| page | seen by | ms | CPU, ms | queries | kB | held |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    all_held = True
    with scratch():
        fill()
        for one in measured():
            print(line_of(one), flush=True)
            all_held = all_held and one.holds
    return 0 if all_held else 1


def line_of(one: Measured) -> str:
    figures = f"{one.ms:.0f} | {one.cpu_ms:.0f} | {one.queries} | {one.size / 1000:.0f}"
    return f"| `{one.address}` | {one.who} | {figures} | {'yes' if one.holds else 'no'} |"


if __name__ == "__main__":
    sys.exit(main())

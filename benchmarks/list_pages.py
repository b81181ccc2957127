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

from benchmarks.scratch import scratch

WANTED_MS: Final = 300
ENTRIES: Final = 200_000
TIMES: Final = 5
DEEP: Final = "deep"
"""Stands for: the page to which its links to the next one lead in twenty steps."""
STEPS: Final = 20
_NEXT: Final = re.compile(r'href="([^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"')

OFFICER, AUDITOR, OPERATOR, OWNER = "officer", "auditor", "operator", "made-up-7"
# Who asks, where, and the queries that are asked for there.
PAGES: Final[tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]] = (
    (
        (OFFICER, AUDITOR, OWNER),
        "/",
        ("", "?kind=decision&tier=1", "?standing=overdue", "?page=9", "?model=credit-scoring_v0"),
    ),
    ((OFFICER, OWNER), "/notices/", ("", "?page=9", DEEP)),
    (
        (OFFICER, OWNER),
        "/releases/",
        (
            "",
            "?q=credit",
            "?q=credit-forecast_v4001",
            "?q=4001",
            "?q=nothing-like-it",
            "?state__exact=in_review",
            "?state__exact=released&tier__exact=1",
            "?o=4",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/authorizations/",
        (
            "",
            "?q=credit",
            "?q=credit-forecast_v4001",
            "?q=nothing-like-it",
            "?state__exact=active",
            "?kind__exact=emergency",
            "?o=6",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/findings/",
        (
            "",
            "?state=any",
            "?overdue=true",
            "?severity=high&state=closed",
            "?owner=made-up-7",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/models/",
        (
            "",
            "?words=credit+branch",
            "?words=team",
            "?words=nothing-like-it",
            "?tag=team%3Dteam-7",
            "?tag=team",
            "?alias=challenger",
            "?owner=made-up-7",
            "?tier=1",
            "?tier=2&state=unsealed&governed=true",
            "?state=deleted",
            "?business_unit=unit-3",
            "?order=newest",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/versions/",
        (
            "",
            "?words=credit+branch",
            "?words=trained+week",
            "?words=week",
            "?words=nothing-like-it",
            "?tag=ticket%3DRISK-4711",
            "?tag=team",
            "?tag=validated%3Dtrue",
            "?alias=champion",
            "?alias=challenger&tier=3",
            "?owner=made-up-7",
            "?tier=1",
            "?tier=1&state=unsealed",
            "?state=deleted",
            "?name=credit-scoring_v0",
            "?business_unit=unit-3&words=team",
            DEEP,
        ),
    ),
    ((OFFICER,), "/datasets/", ("", "?q=made-up-77", "?o=3", DEEP)),
    (
        (OFFICER, OWNER),
        "/deployments/",
        ("", "?q=credit", "?q=nothing-like-it", "?o=1", DEEP),
    ),
    (
        (OFFICER, OWNER),
        "/use-cases/",
        ("", "?q=case+77", "?tier__exact=1", "?phase__exact=deploy", "?o=3", DEEP),
    ),
    (
        (OFFICER, OWNER),
        "/inventory/",
        ("", "?tier=1", "?words=case+77", "?overdue=true", "?incomplete=true", "?page=4"),
    ),
    (
        (OFFICER, OWNER),
        "/portfolio/",
        (
            "",
            "board-pack/",
            "rows/models/?reused=true",
            "rows/versions/?lead=longer",
        ),
    ),
    ((OFFICER,), "/policies/", ("", "?q=policy+7")),
    ((OFFICER,), "/regimes/", ("", "eu-high-risk/")),
    ((OFFICER,), "/methodologies/", ("",)),
    (
        (AUDITOR,),
        "/audit/",
        (
            "",
            "?subject=model:busy",
            "?subject=release:s77",
            "?action=release.approve",
            "?action=model.register",
            "?from=2023-11-14&to=2023-11-14",
            DEEP,
        ),
    ),
    ((AUDITOR,), "/audit/exports/", ("",)),
    (
        (OFFICER, AUDITOR),
        "/as-of/",
        ("", "?model=credit-scoring_v0&environment=production"),
    ),
    ((OFFICER,), "/delegations/", ("",)),
    ((OFFICER,), "/calendar/", ("",)),
    (
        (OPERATOR,),
        "/people/",
        ("", "?q=Person+7", "?is_active__exact=1", DEEP),
    ),
    ((OPERATOR,), "/roles/", ("", "?q=made-up-7", "?scope_kind__exact=business_unit", DEEP)),
    ((OPERATOR,), "/tokens/", ("", "?q=made-up-7", DEEP)),
    ((OPERATOR,), "/webhooks/", ("", "{webhook}/", "{webhook}/?page=40")),
    ((OPERATOR,), "/operations/", ("", "?page=4", "progress/")),
    ((OFFICER,), "/models/credit-scoring_v0/", ("",)),
    ((OFFICER,), "/use-cases/made-up-7/", ("",)),
)


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

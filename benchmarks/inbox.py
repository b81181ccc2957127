"""How long the inbox takes with 500 open releases: ``python benchmarks/inbox.py [ROUNDS]``.

A bank of its own in a scratch database. One release of each kind goes through the services; the
rest are copies of their rows, each with a version of its own, over three tiers, some overdue, some
signed by one of two, some with a question. The page is asked for through Django's test client, as
a model risk officer whom most of them await and as the owner of the model: middleware, session,
queries and templates are in the figure, the network is not.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.scratch import scratch

OPEN, WARM_UP = 500, 3
OVERDUE_EACH, QUESTION_EACH = 4, 7


def fill(bank: Any) -> None:
    """Makes the releases up to ``OPEN``."""
    from django.db import transaction

    from governance.models import Decision
    from tests.by_hand import by_hand, half_way
    from tests.governance.make import make_reviewable, sign
    from tests.governance.make_findings import make_finding

    kinds: list[dict[str, str]] = [{}, {"Fairness": "inconclusive"}, {}, {"Performance": "fail"}]
    cases = [make_reviewable(bank, **verdicts) for verdicts in kinds]
    sign(cases[2], bank.people.ravi, "validator")
    for _ in range(20):
        make_finding(bank)
    signed = list(Decision.objects.filter(release=cases[2]))
    numbers = iter(range(len(cases) + 1, OPEN + 1))
    with transaction.atomic(), half_way(), by_hand():
        for place, number in enumerate(numbers):
            case = cases[place % len(cases)]
            clone(case, number, signed if case == cases[2] else [], bank)


def clone(case: Any, number: int, signed: list[Any], bank: Any) -> None:
    """A copy of an open release with a version of its own, and all that hangs on it."""
    from django.utils import timezone

    from governance.models import Question

    version = fresh(case.version, pk=None, number=number)
    for document in case.version.documents.all():
        fresh(document, pk=None, version=version)
    late = number % OVERDUE_EACH == 0
    due = timezone.now() + timedelta(days=-(number % 9) - 1 if late else number % 30 + 1)
    release = fresh(
        case, pk=uuid4(), number=number, version=version, tier=number % 3 + 1, due_at=due
    )
    for gate in case.gates.all():
        fresh(gate, pk=None, release=release)
    for decision in signed:
        fresh(decision, pk=uuid4(), release=release, digest=f"{number:064x}")
    for run in case.runs.all():
        measured = list(run.checks.all())
        copied = fresh(run, pk=uuid4(), release=release)
        for check in measured:
            fresh(check, pk=uuid4(), run=copied)
    if number % QUESTION_EACH == 0:
        Question.objects.create(
            release=release,
            number=1,
            revision=release.revision,
            text="Why are there so few rows?",
            asked_by=bank.people.rita,
            asked_at=timezone.now(),
        )


def fresh(row: Any, **changed: Any) -> Any:
    made = copy(row)
    made._state = copy(row._state)
    made._state.fields_cache = dict(row._state.fields_cache)
    made._state.adding = True
    for name, value in changed.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    return made


def measured(rounds: int) -> Iterator[tuple[str, int, int, list[float], float]]:
    """Who, how many things await them, how many queries a page takes, milliseconds of each page,
    and of the web process's CPU per page."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from governance.models import Release
    from governance.models.releases import OPEN_STATES
    from tests import cast
    from tests.governance.make import make_bank

    settings.DEBUG = False  # as it runs: no list of queries, templates compiled once
    bank = make_bank(cast.people())
    fill(bank)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert Release.objects.filter(state__in=OPEN_STATES).count() == OPEN
    for title, name in (("risk officer", "rita"), ("model owner", "ada")):
        client = Client(HTTP_HOST="localhost")
        who = User.objects.get(username=name)
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        with CaptureQueriesContext(connection) as asked:
            shown = client.get("/")
        assert shown.status_code == 200, shown.content
        count = len(asked)  # the next request empties the list
        for _ in range(WARM_UP):
            client.get("/")
        took, spent = [], time.process_time()
        for _ in range(rounds):
            began = time.perf_counter()
            client.get("/")
            took.append((time.perf_counter() - began) * 1000)
        cpu = (time.process_time() - spent) * 1000 / rounds
        yield title, shown.context_data["inbox"].total, count, took, cpu


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print(f"{OPEN} open releases, {rounds} pages each.\n")
    print("| inbox of the | awaits them | queries | p50, ms | p95, ms | CPU a page, ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with scratch():
        for title, total, queries, took, cpu in measured(rounds):
            middle, most = statistics.median(took), statistics.quantiles(took, n=20)[18]
            said = f"| {title} | {total} | {queries} | {middle:.0f} | {most:.0f} | {cpu:.0f} |"
            print(said, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

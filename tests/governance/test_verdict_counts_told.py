"""The web server tells of its counts by itself: while it runs, and of the last ones as it stops."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection

from audit.models import Entry
from config import embedded
from config.embedded import places
from config.supervisor.services import WEB
from tests import cast
from tests.platform.conftest import ROOT, plain_environment
from tests.town import free_port, until

pytestmark = pytest.mark.clones
QUESTION = {"digest": "0" * 64, "environment": "production", "purpose": "decide"}


@contextmanager
def web_server(name: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """As the supervisor starts it, on the database ``name``: its address and process."""
    port = free_port()
    url = embedded.database_url(settings.DATA).replace(f"/{places.DATABASE}?", f"/{name}?")
    process = subprocess.Popen(
        [sys.executable, "-m", "config.web", *WEB, "--port", str(port)],
        cwd=ROOT,
        env=plain_environment(DATA=str(settings.DATA), DATABASE_URL=url),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(address), 60, "the web server")
        yield address, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def ask(address: str, token: str, times: int) -> None:
    """Each time on a connection of its own, so that both processes are asked."""
    for _ in range(times):
        answer = httpx.get(
            f"{address}/api/v1/verdict",
            params=QUESTION,
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text


def told() -> list[Any]:
    """The totals of the entries that there are."""
    entries = Entry.objects.filter(action="verdict.count").order_by("sequence")
    return [entry.content["details"]["total"] for entry in entries]


def test_counts_are_told_while_it_runs_and_the_last_ones_as_it_stops(committed_db: str) -> None:
    token = cast.token("ci")[1]
    with web_server(committed_db) as (address, process):
        ask(address, token, 20)
        until(lambda: sum(told()) == 20, 20, "the counts of twenty questions")
        assert len(told()) <= 8  # two processes, a few seconds on a busy machine
        time.sleep(0.2)
        ask(address, token, 3)
        process.terminate()
        process.wait(timeout=20)
    connection.close()
    assert sum(told()) == 23

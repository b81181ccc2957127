"""A few hundred generated calls to every address of both APIs: no fault, and refusals in the words
of the API that was asked. ``python -m tests.faults.storm`` sends thousands to a running system."""

from __future__ import annotations

import time
from typing import Any

import pytest
from schemathesis import Case

from tests import cast
from tests.client.serving import Server
from tests.faults.storm import Caller
from tests.faults.storm_known import known
from tests.faults.storming import Heard, Tally, blow, faults_of, operations_of
from tests.governance.make import make_bank, make_released

pytestmark = pytest.mark.clones
EACH = 2  # cases of an operation, about


@pytest.fixture
def server(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("jobs.services.publish", lambda *_: None)
    make_released(make_bank(cast.people()))
    running = Server()
    yield running
    running.stop()


def storm(server: Server, each: int, only: str = "") -> tuple[Tally, int]:
    """What came of it, and how many operations there are. ``each`` of them has so many cases."""
    description = cast.api().get("/api/v1/openapi.json").json()
    operations = [one for one in operations_of(description) if only in one.label]
    callers = [
        Caller(server.url, role, token=cast.token(role)[1]) for role in ("owner", "operator")
    ]

    def send(case: Case) -> Heard:
        heard = callers[0].send(case)
        return callers[1].send(case) if heard.status == 403 else heard

    there = known(callers[0].read)
    cases = each * len(operations)
    return blow(operations, send, cases=cases, seed=7, known=lambda: there), len(operations)


def test_whatever_is_sent_nothing_breaks(server: Server) -> None:
    began = time.monotonic()
    tally, operations = storm(server, EACH)
    assert tally.faults == [], "\n".join(map(str, tally.faults))
    assert tally.total == EACH * operations
    assert len(tally.cases) == operations
    assert {200, 400, 404} <= set(tally.statuses)
    assert time.monotonic() - began < 240  # 84 s beside another run on two cores


def test_a_fault_is_noticed_and_told_with_a_line_that_shows_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("registry.mlflow.rows.model", broken)
    tally, _ = storm(server, 3, only="/registered-models/get")
    assert tally.faults
    told = str(tally.faults[0])
    assert "INTERNAL_ERROR" in told
    assert "curl -X " in told
    assert '-H "Authorization: Bearer $TOKEN"' in told
    assert f"{server.url}/" in told


@pytest.mark.parametrize(
    ("address", "heard", "wrong"),
    [
        ("GET /api/v1/models", Heard(200), ""),
        ("GET /api/v1/models", Heard(0), "no answer"),
        ("GET /api/v1/models", Heard(200, seconds=6), "after 6.0 s"),
        ("GET /api/v1/models", Heard(503, "application/problem+json", b"{}"), "503"),
        ("GET /api/v1/models", Heard(404, "text/html", b"<html>"), "text/html"),
        ("GET /api/v1/models", Heard(404, "application/json", b"{}"), "application/json"),
        ("GET /api/2.0/mlflow/x", Heard(404, "application/problem+json", b"{}"), "problem"),
        ("GET /ajax-api/2.0/mlflow/x", Heard(400, "application/json", b"[]"), "400"),
        ("GET /ajax-api/2.0/x", Heard(400, "application/json", b"<html>"), "400"),
    ],
)
def test_what_counts_as_a_fault(address: str, heard: Heard, wrong: str) -> None:
    found = faults_of(address, heard)
    assert bool(found) == bool(wrong)
    assert wrong in " ".join(found)

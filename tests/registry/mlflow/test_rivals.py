"""Many at the door at once. ``make faults`` and the benches send more of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from registry.models import ModelVersion, RegisteredModel
from tests.registry.mlflow.caller import Caller

RIVALS = 24
pytestmark = pytest.mark.clones


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of the rivals got, all begun at the same moment."""
    start = Barrier(RIVALS)

    def run(rival: int) -> Any:
        try:
            start.wait(60)
            return act(rival)
        finally:
            connection.close()

    with ThreadPoolExecutor(RIVALS) as pool:
        return list(pool.map(run, range(RIVALS)))


def test_writers_to_one_model_get_contiguous_numbers(committed_db: str) -> None:
    token = Caller.of("ci").token
    Caller(token).model()
    made = at_once(lambda rival: Caller(token).version(source=f"s3://b/{rival}")["version"])
    assert sorted(map(int, made)) == list(range(1, RIVALS + 1))
    assert RegisteredModel.objects.get().last_number == RIVALS
    assert ModelVersion.objects.values("source").distinct().count() == RIVALS


def test_one_creator_of_a_name_wins_and_nobody_waits_long(committed_db: str) -> None:
    token = Caller.of("ci").token

    def create(rival: int) -> tuple[int, str, float]:
        began = time.monotonic()
        answer = Caller(token).call("POST", "registered-models/create", {"name": "m"})
        code = answer.json().get("error_code", "")
        return answer.status_code, code, time.monotonic() - began

    got = at_once(create)
    assert sorted(code for _, code, _ in got) == ["", *["RESOURCE_ALREADY_EXISTS"] * (RIVALS - 1)]
    assert {status for status, _, _ in got} == {200, 400}
    assert RegisteredModel.objects.count() == 1
    assert max(took for _, _, took in got) < 30  # a stall would be for ever


def test_movers_of_one_alias_leave_one(committed_db: str) -> None:
    token = Caller.of("ci").token
    caller = Caller(token)
    caller.model()
    for _ in range(3):
        caller.version()

    def act(rival: int) -> int:
        fields = {"name": "m", "alias": "best", "version": str(rival % 3 + 1)}
        method = "DELETE" if rival % 5 == 0 else "POST"
        return int(Caller(token).call(method, "registered-models/alias", fields).status_code)

    assert set(at_once(act)) == {200}


def test_taggers_of_one_model_lose_nothing(committed_db: str) -> None:
    token = Caller.of("ci").token
    Caller(token).model()
    path = "registered-models/set-tag"
    at_once(lambda rival: Caller(token).post(path, name="m", key=f"k{rival}", value="v"))
    assert len(RegisteredModel.objects.get().tags) == RIVALS


def test_deleting_and_writing_at_once_ends_in_one_of_both(committed_db: str) -> None:
    token = Caller.of("ci").token
    Caller(token).model()

    def act(rival: int) -> int:
        caller = Caller(token)
        if rival == 0:
            fields = {"name": "m"}
            return int(caller.call("DELETE", "registered-models/delete", fields).status_code)
        fields = {"name": "m", "source": "s3://b/x"}
        return int(caller.call("POST", "model-versions/create", fields).status_code)

    assert set(at_once(act)) <= {200, 404, 409}
    assert not ModelVersion.objects.living().filter(model__deleted_at__isnull=False).exists()

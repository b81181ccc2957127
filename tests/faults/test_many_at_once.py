"""64 callers at the MLflow door at the same moment, each on a connection of its own to the real web
server with its two workers: all are answered, in order, and nobody waits for long."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.town import Town, a_town

CALLERS = 64
STALL = 30.0  # seconds; on two busy cores all of them together take a few
pytestmark = [pytest.mark.xdist_group("supervisor")]


@pytest.fixture(scope="module")
def system() -> Iterator[Town]:
    with a_town(EXAMPLE="0") as running:
        yield running


@pytest.fixture(scope="module")
def door(system: Town) -> Callable[[], httpx.Client]:
    headers = {"Authorization": f"Bearer {system.manage('issue_token', 'ci')}"}
    base = f"{system.url}/api/2.0/mlflow"
    return lambda: httpx.Client(base_url=base, headers=headers, timeout=2 * STALL)


def at_once(
    door: Callable[[], httpx.Client], act: Callable[[httpx.Client, int], httpx.Response]
) -> list[tuple[httpx.Response, float]]:
    """What each got, and after how many seconds."""
    start = Barrier(CALLERS)

    def run(caller: int) -> tuple[httpx.Response, float]:
        with door() as client:
            client.get("/registered-models/search", params={"max_results": 1})  # connected
            start.wait(60)
            began = time.monotonic()
            return act(client, caller), time.monotonic() - began

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(run, range(CALLERS)))


def longest(got: list[tuple[Any, float]]) -> float:
    seconds = max(took for _, took in got)
    print(f"{CALLERS} at once: the last was answered after {seconds:.2f} s")
    return seconds


def test_writers_to_one_model_get_contiguous_numbers(door: Callable[[], httpx.Client]) -> None:
    with door() as client:
        client.post("/registered-models/create", json={"name": "many"}).raise_for_status()
    body = {"name": "many", "source": "s3://bucket/model"}
    got = at_once(door, lambda client, _: client.post("/model-versions/create", json=body))
    assert Counter(answer.status_code for answer, _ in got) == {200: CALLERS}
    numbers = sorted(int(answer.json()["model_version"]["version"]) for answer, _ in got)
    assert numbers == list(range(1, CALLERS + 1))
    assert longest(got) < STALL


def test_of_the_creators_of_one_name_one_succeeds(door: Callable[[], httpx.Client]) -> None:
    body = {"name": "wanted"}
    got = at_once(door, lambda client, _: client.post("/registered-models/create", json=body))
    codes = Counter(answer.json().get("error_code", "") for answer, _ in got)
    assert codes == {"": 1, "RESOURCE_ALREADY_EXISTS": CALLERS - 1}
    assert longest(got) < STALL


def test_each_creator_of_a_model_of_their_own_succeeds(door: Callable[[], httpx.Client]) -> None:
    def create(client: httpx.Client, caller: int) -> httpx.Response:
        return client.post("/registered-models/create", json={"name": f"own {caller}"})

    got = at_once(door, create)
    assert Counter(answer.status_code for answer, _ in got) == {200: CALLERS}
    assert longest(got) < STALL

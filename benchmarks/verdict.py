"""How fast the one question is answered: ``GET /api/v1/verdict`` over HTTP, open loop.

    python benchmarks/verdict.py [AUTHORIZATIONS] [CALLS A SECOND] [SECONDS]

A scratch database with 100,000 authorizations, the web server as ``make up`` starts it, and calls
that leave when they are due, whether or not earlier ones were answered: what waits counts from the
moment when it should have left. Eight of ten questions are about artefacts that are authorized,
each about another one; the others about superseded and unknown ones. The CPU is that of all
processes of the web server, by the kernel's count. Wanted: p50 at most 5 ms, p99 at most 25 ms, at
most 1.5 ms of CPU a call.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.scratch import ROOT, scratch
from benchmarks.start import free_port

CONNECTIONS, WARM_UP = 16, 400
TERMS = "recertification: {every_days: 90, reviewer: validator}\n"
Times = list[tuple[float, str]]


def fill(authorizations: int) -> str:
    """One release that goes the whole way, its copies, and a pipeline's token."""
    from benchmarks.filling_authorizations import fill as copies
    from tests import cast
    from tests.governance.make import POLICY, make_bank, make_released

    make_released(make_bank(cast.people(), policy=POLICY + TERMS))
    copies(authorizations)
    return cast.token("ci")[1]


@contextmanager
def web_server(data: Path) -> Iterator[tuple[int, int]]:
    """Its port and the process id of its master."""
    from config.supervisor.services import WEB

    port = free_port()
    command = [sys.executable, "-m", "config.web", *WEB, "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--access-log", str(data / "access.log")],
        cwd=ROOT,
        env={**os.environ, "DATA": str(data), "DATABASE_ROLE": "application"},
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def cpu_seconds(master: int) -> float:
    """What the master and its children have used, as user and for system calls."""
    import psutil  # type: ignore[import-untyped]

    process = psutil.Process(master)
    used = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(one.user + one.system for one in used))


def load(port: int, token: str, questions: list[str], rate: float) -> Times:
    """Milliseconds from when each call was due, and its verdict. Raises when one is not 200."""
    took: Times = []
    numbers, began = count(), time.perf_counter() + 0.1
    wrong: list[str] = []

    def caller() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"}
        while (number := next(numbers)) < len(questions):
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", questions[number], headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            took.append(((time.perf_counter() - due) * 1000, json.loads(body)["verdict"]))
            if answer.status != 200:
                wrong.append(body.decode())

    callers = [threading.Thread(target=caller) for _ in range(CONNECTIONS)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    if wrong or len(took) != len(questions):
        raise SystemExit(f"{len(took)} of {len(questions)} answered. {wrong[:1]}")
    return took


def questions(how_many: int, authorizations: int) -> list[str]:
    """By chance, but the same each time."""
    from benchmarks.filling_authorizations import VERSIONS, digest_of

    chance = random.Random(7)
    place = "environment=production&purpose=decide"
    kinds = chance.choices(("active", "any", "unknown"), (8, 1, 1), k=how_many)
    asked = []
    for kind in kinds:
        number = chance.randint(1, authorizations)
        if kind == "active":
            number = VERSIONS * -(-number // VERSIONS)
        elif kind == "unknown":
            number += authorizations
        asked.append(f"/api/v1/verdict?digest={digest_of(number)}&{place}")
    return asked


def main() -> int:
    given = [int(text) for text in sys.argv[1:4]]
    authorizations, rate, seconds = [*given, *(100_000, 200, 20)[len(given) :]]
    with scratch() as data:
        token = fill(authorizations)
        asked = questions(WARM_UP + rate * seconds, authorizations)
        with web_server(data) as (port, master):
            load(port, token, asked[:WARM_UP], rate)
            before = cpu_seconds(master)
            took = load(port, token, asked[WARM_UP:], rate)
            used = cpu_seconds(master) - before
    times = [each for each, _ in took]
    allowed = sum(verdict == "allow" for _, verdict in took)
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print("| authorizations | calls/s | allowed | p50, ms | p99, ms | server CPU a call, ms |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    print(
        f"| {authorizations:,} | {rate} | {allowed:,} of {len(took):,} "
        f"| {p50:.1f} | {p99:.1f} | {used / len(took) * 1000:.2f} |"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A whole small bank in a temporary folder: PostgreSQL, a broker, web, two workers, the clock.

Everything is a real process that can be harmed. Leases are short here, so that a fault costs
seconds: nothing else differs from a running system.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import psutil

from config import embedded
from config.supervisor.children import Child
from config.supervisor.services import services
from tests.faults.brokers import BROKERS, Broker
from tests.platform.conftest import plain_environment
from tests.town import free_port

LEASE_SECONDS = 3.0
CLOCKS = {"JOBS_LEASE_SECONDS": str(LEASE_SECONDS), "JOBS_DISPATCH_SECONDS": "1"}
WORKERS = 2
VERSIONS = 2
BOOT_SECONDS = 60.0
STATEMENTS_OF = ("DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL", "ARTIFACT_STORE")

BEGUN = re.compile(r"Task jobs\.run\[([0-9a-f-]+)\] received")
ENDED = re.compile(r"Task jobs\.run\[([0-9a-f-]+)\] (?:succeeded|raised|ignored)")


class NotAccepted(Exception):
    """A request for a release was answered otherwise than 202."""


@dataclass
class Bank:
    """The running bank, what it was asked for and how it answered."""

    data: Path
    broker: Broker
    environment: dict[str, str]
    web: Child
    clock: Child
    workers: list[Child]
    port: int
    token: str = ""
    open_releases: dict[int, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)  # each request for a release took
    started_again: int = 0

    @property
    def processes(self) -> list[Child]:
        return [self.web, self.clock, *self.workers]

    @property
    def store(self) -> Path:
        return Path(self.environment.get("ARTIFACT_STORE", "").removeprefix("file://") or ".")

    def api(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        base = f"http://127.0.0.1:{self.port}/api/v1"
        return httpx.Client(base_url=base, headers=headers, timeout=60)

    def ask(self, *versions: int) -> list[str]:
        """Requests a release of each version (of all, when none is named) over HTTP; the ids."""
        return [self._ask(number) for number in versions or range(1, VERSIONS + 1)]

    def _ask(self, number: int) -> str:
        from tests.faults.stock import MODEL

        body = {"model": MODEL, "version": number, "environment": "production"}
        with self.api() as api:
            if former := self.open_releases.pop(number, None):
                gone = api.post(f"/releases/{former}/withdrawal", json={"reason": "once more"})
                gone.raise_for_status()
            began = time.monotonic()
            answer = api.post("/releases", json=body | {"purpose": "decide", "reason": "a fault"})
            self.seconds.append(time.monotonic() - began)
        if answer.status_code != 202:
            raise NotAccepted(f"{answer.status_code}: {answer.text[:500]}")
        self.open_releases[number] = str(answer.json()["id"])
        return self.open_releases[number]

    def busy_worker(self, chance: Random) -> Child:
        """One of those that have begun a job and not ended it, by their own logs, if any has."""

        def unfinished(worker: Child) -> int:
            said = worker.log.read_text(errors="replace")
            return len({*BEGUN.findall(said)} - {*ENDED.findall(said)})

        return chance.choice([one for one in self.workers if unfinished(one)] or self.workers)

    def children_of(self, worker: Child) -> list[psutil.Process]:
        """The pool: what carries the work out."""
        assert worker.process is not None
        return psutil.Process(worker.process.pid).children()

    def all_processes(self) -> list[psutil.Process]:
        """Everything that works in the bank's folder, whoever its parent is by now."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("DATA") == str(self.data)
                inside = process.cwd().startswith(str(self.data))
            except psutil.Error:
                continue
            if (ours or inside) and process.pid != os.getpid():
                found.append(process)
        return found

    def supervise(self) -> None:
        """Starts again who ended by itself, as whatever supervises a system does."""
        for child in self.processes:
            if child.died():
                self.restart(child)
                self.started_again += 1

    def restart(self, child: Child) -> None:
        child.kill()
        child.start()

    def log_of(self, *names: str) -> str:
        return "\n".join(
            path.read_text(errors="replace")
            for name in names
            for path in sorted((self.data / "logs").glob(f"{name}*.log"))
        )


def until(condition: Callable[[], Any], seconds: float) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _worker(number: int, environment: dict[str, str], logs: Path) -> Child:
    command = [sys.executable, "-m", "celery", "--app", "config", "--quiet", "worker"]
    command += ["--concurrency", "2", "--loglevel", "INFO", "--without-gossip"]
    command += ["--without-mingle", "--hostname", f"w{number}@%h"]
    unchecked = {**environment, "CELERY_SKIP_CHECKS": "1"}
    return Child(f"worker {number}", command, logs / f"worker-{number}.log", unchecked)


@contextmanager
def running(kind: str, *, store: Path | None = None) -> Iterator[Bank]:
    """A bank on the broker of that kind. This process becomes part of it: its Django talks to the
    bank's database, as the owner. All of it is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="imprimatur-faults-"))
    home.chmod(0o755)  # PostgreSQL runs as another account and has to get in
    data = home / "data"
    places = embedded.paths(data)
    places.make()
    port, broker = free_port(), BROKERS[kind](data)
    bank = _planned(places, port, broker, store or places.artifacts)
    try:
        broker.start()
        embedded.ensure_running(data, tied=True)
        _prepare(bank)
        for child in bank.processes:
            child.start()
        if not until(lambda: _is_ready(bank), BOOT_SECONDS):
            raise RuntimeError(f"The bank did not start: {bank.log_of('web', 'worker')[-3000:]}")
        yield bank
    finally:
        for child in bank.processes:
            child.kill()
        embedded.stop(data)
        broker.kill()
        for process in bank.all_processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if places.database.is_symlink():
            shutil.rmtree(places.database.resolve().parent, ignore_errors=True)
        shutil.rmtree(places.socket, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _planned(places: embedded.Paths, port: int, broker: Broker, store: Path) -> Bank:
    environment = {n: v for n, v in plain_environment().items() if n not in STATEMENTS_OF}
    environment |= {
        "DATA": str(places.data),
        "PORT": str(port),
        "ARTIFACT_STORE": store.as_uri(),
        "MALLOC_ARENA_MAX": "2",
        "REUSE_MEASUREMENTS": "0",  # the same versions are asked for again and again
        **CLOCKS,
        **broker.environment,
    }
    web, _, clock = services(places, port, environment)
    workers = [_worker(number, environment, places.logs) for number in range(WORKERS)]
    return Bank(places.data, broker, environment, web, clock, workers, port)


def _prepare(bank: Bank) -> None:
    for name in STATEMENTS_OF:
        os.environ.pop(name, None)
    os.environ |= bank.environment | {
        "DATABASE_ROLE": "owner",
        "IMPRIMATUR_MODE": "development",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("createcachetable", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    from tests.faults.stock import stocked

    bank.token = stocked(VERSIONS)


def _is_ready(bank: Bank) -> bool:
    try:
        up = httpx.get(f"http://127.0.0.1:{bank.port}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
    return up and all("ready." in worker.log.read_text() for worker in bank.workers)

"""A whole Imprimatur of its own, as ``make up`` starts it, with the example loaded."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.platform.conftest import ROOT, plain_environment, private_data

BOOT_SECONDS = 280.0
SHOTS = ROOT / "var" / "screenshots"


@dataclass
class Town:
    """The running system, seen from outside: an address, people, tokens."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return (self.data / "keys" / "example-password").read_text().strip()

    def environment(self, **extra: str) -> dict[str, str]:
        return plain_environment(DATA=str(self.data), PORT=str(self.port), **extra)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def robot(self, role: str = "ci") -> httpx.Client:
        token = self.manage("issue_token", role)
        return httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )

    def person(self, username: str) -> httpx.Client:
        """A person's session over REST, with the CSRF token in place."""
        client = httpx.Client(base_url=f"{self.url}/api/v1", timeout=60)
        answer = client.post("/session", json={"username": username, "password": self.password})
        answer.raise_for_status()
        client.headers["X-CSRFToken"] = answer.json()["csrf_token"]
        return client

    def pipeline(self, *arguments: str) -> subprocess.Popen[str]:
        """A bank's CI job, started and left to itself."""
        token = self.manage("issue_token", "ci")
        return subprocess.Popen(
            [sys.executable, "examples/mortgage/pipeline.py", *arguments],
            cwd=ROOT,
            env=plain_environment(IMPRIMATUR_URL=self.url, IMPRIMATUR_TOKEN=token),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def releases(self, **filters: str) -> list[dict[str, Any]]:
        with self.robot() as robot:
            found: list[dict[str, Any]] = robot.get("/releases", params=filters).json()["items"]
            return found

    def member(self, *words: str) -> int:
        """The process id of the supervisor's child whose command line holds the words."""
        import psutil

        for child in psutil.Process(self.process.pid).children():
            if all(word in " ".join(child.cmdline()) for word in words):
                return child.pid
        raise AssertionError(f"no child runs {words}")


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.2)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    with a_town() as running:
        yield running


@contextmanager
def a_town(**extra: str) -> Iterator[Town]:
    """A system as ``make up`` starts it, with ``extra`` in its environment; gone afterwards."""
    with private_data("town") as data:
        data.mkdir()
        output = data / "output"
        port = free_port()
        with output.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=plain_environment(DATA=str(data), PORT=str(port), **{"EXAMPLE": "1", **extra}),
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            up = lambda: "Imprimatur runs" in output.read_text() or process.poll() is not None  # noqa: E731
            until(up, BOOT_SECONDS, "the first boot")
            assert process.poll() is None, output.read_text()
            yield Town(data, port, process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
            _keep_logs(data)


def _keep_logs(data: Path) -> None:
    """Logs and output of the last run stay as artefacts of CI."""
    kept = ROOT / "var" / "story-logs"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(data / "logs", kept, dirs_exist_ok=True)
    shutil.copy(data / "output", kept / "output")


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture
def browser() -> Iterator[Any]:
    """Headless Chromium, or a skip that says so."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=flags)
        yield running
        running.close()


def shot(page: Any, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def system_python() -> str:
    """A Python that is not the project's environment: the auditor's."""
    for candidate in ("/usr/bin/python3", os.path.realpath(sys.executable)):
        if Path(candidate).exists():
            return candidate
    return sys.executable


def parsed(text: str) -> Any:
    return json.loads(text)

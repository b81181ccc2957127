"""The web server by itself: what reaches Django, what is logged, and who ends with whom."""

from __future__ import annotations

import http.client
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from django.conf import settings

from config import web
from tests.platform.conftest import ROOT, plain_environment
from tests.town import free_port, until


def test_no_variable_of_ours_passes_for_a_part_of_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setenv("HTTP_PROXY", "http://elsewhere")
    seen: dict[str, object] = {}

    def application(environ: dict[str, object], start: object) -> list[bytes]:
        seen.update(environ)
        return []

    request = {"PATH_INFO": "/x", "REQUEST_METHOD": "GET", "HTTP_HOST": "here", "SERVER_PORT": "80"}
    web.without_our_environment(application)({**os.environ, **request}, print)
    assert seen == request


@pytest.mark.parametrize("path", ["/a\nGET /forged", "/\x1b[2J", "/\u2028x"])
def test_a_request_is_one_line_of_the_log(path: str) -> None:
    record = logging.LogRecord("access", logging.INFO, "", 0, path, (), None)
    assert web.OneLine().format(record).isprintable()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[psutil.Process, int, Path]]:
    """One that has no need of the database: its master, its port and its log of requests."""
    port, log = free_port(), tmp_path_factory.mktemp("web") / "access.log"
    command = [sys.executable, "-m", "config.web", "--grace", "1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--access-log", str(log)],
        cwd=ROOT,
        env=plain_environment(DATA=str(settings.DATA)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: status(port) == 200, 60, "the web server")
        yield psutil.Process(process.pid), port, log
    finally:
        process.kill()
        process.wait()


def status(port: int, path: str = "/healthz") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_a_path_arrives_as_it_was_sent(server: tuple[psutil.Process, int, Path]) -> None:
    _, port, log = server
    assert status(port, "/gr%C3%B6%C3%9Fe%0Aforged") == 404
    until(lambda: "forged" in log.read_text(), 5, "the line")
    line = next(line for line in log.read_text().splitlines() if "forged" in line)
    assert line.endswith("ms")
    assert " 404 " in line


def test_a_worker_that_dies_is_replaced(server: tuple[psutil.Process, int, Path]) -> None:
    master, port, _ = server
    first = {child.pid for child in master.children()}
    os.kill(min(first), signal.SIGKILL)
    until(lambda: len({c.pid for c in master.children()} - first) == 1, 20, "another worker")
    until(lambda: status(port) == 200, 20, "an answer")


def test_workers_end_with_their_master(server: tuple[psutil.Process, int, Path]) -> None:
    """The last test of this file: nothing answers after it."""
    master, port, _ = server
    workers = master.children()
    master.kill()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive
    assert status(port) == 0

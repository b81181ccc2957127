"""The whole set under its supervisor, as ``make up`` runs it: it starts, heals, stops for good."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from config.supervisor.services import GRACE_SECONDS
from config.supervisor.supervisor import PATIENCE_SECONDS
from tests.platform.conftest import ROOT, plain_environment, private_data

BOOT_SECONDS = 60.0
STOP_SECONDS = 5.0


class System:
    """One running Imprimatur, without the example."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        data.mkdir(parents=True, exist_ok=True)
        self.output = data / "output"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=plain_environment(DATA=str(data), PORT=str(self.port), EXAMPLE="0"),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def answers(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}/readyz"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until_up(self) -> None:
        wait_for(lambda: "Imprimatur runs" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def member(self, *words: str) -> psutil.Process:
        """The first child whose command line holds the words."""
        for process in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # ended, and not buried yet
                line = " ".join(process.cmdline())
                if all(word in line for word in words):
                    return process
        raise AssertionError(f"no child runs {words}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float = BOOT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes
    )


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with private_data("var with space") as folder:
        running = System(folder)
        try:
            running.wait_until_up()
            yield running
        finally:
            if running.process.poll() is None:
                running.process.send_signal(signal.SIGTERM)
            running.process.wait(timeout=20)


pytestmark = [pytest.mark.xdist_group("supervisor")]


def test_it_says_where_it_is_and_how_to_begin(system: System) -> None:
    assert system.answers()
    said = system.said()
    assert f"http://127.0.0.1:{system.port}/" in said
    assert f"make operator USER=name DATA='{system.data}'" in said
    assert "Traceback" not in said


def test_the_data_folder_admits_no_second_instance(system: System) -> None:
    again = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env=plain_environment(DATA=str(system.data), PORT=str(free_port()), EXAMPLE="0"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert f"process {system.process.pid}, port {system.port}" in again.stderr
    assert system.answers()


def test_a_killed_database_comes_back(system: System) -> None:
    system.member("postgres", "-D").kill()
    wait_for(lambda: "PostgreSQL stopped unexpectedly" in system.said(), 10)
    wait_for(system.answers, 20)


@pytest.mark.parametrize(
    ("words", "name"), [(("celery", "worker"), "The worker"), (("config.web",), "The web server")]
)
def test_a_killed_child_comes_back(system: System, words: tuple[str, ...], name: str) -> None:
    first = system.member(*words).pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: f"{name} stopped unexpectedly" in system.said(), 10)

    def back() -> bool:
        try:
            return system.member(*words).pid != first
        except (AssertionError, psutil.Error):
            return False

    wait_for(back, 20)
    wait_for(system.answers, 30)


def test_ctrl_c_stops_all_of_it_in_time_and_leaves_nothing(system: System) -> None:
    family = system.family()
    assert len(family) > 5
    began = time.monotonic()
    system.process.send_signal(signal.SIGINT)
    assert system.process.wait(timeout=20) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert gone(family)
    assert "Traceback" not in system.said()


def test_waiting_for_the_slowest_leaves_most_of_the_time_to_the_database() -> None:
    assert GRACE_SECONDS < PATIENCE_SECONDS <= STOP_SECONDS / 3


def test_a_second_start_keeps_the_data_and_a_kill_leaves_nothing_behind(system: System) -> None:
    assert system.process.poll() is not None, "the test before has stopped it"
    began = time.monotonic()
    again = System(system.data)
    wait_for(lambda: again.answers() or again.process.poll() is not None)
    assert again.process.poll() is None, again.said()
    assert time.monotonic() - began < 10 * (3 if os.environ.get("CI") else 2)
    family = again.family()
    again.process.kill()
    again.process.wait()
    if sys.platform == "linux":
        wait_for(lambda: gone(family), 15)


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("holiday", "IMPRIMATUR_MODE is 'holiday': use development or production."),
        ("production", "Production mode will not start on embedded parts or default secrets."),
    ],
)
def test_a_setting_that_does_not_do_is_one_plain_line(data: Path, mode: str, sentence: str) -> None:
    data.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env=plain_environment(
            DATA=str(data), PORT=str(free_port()), EXAMPLE="0", IMPRIMATUR_MODE=mode
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    said = [line for line in (done.stdout + done.stderr).splitlines() if "Pango" not in line]
    assert len(said) == 1
    assert said[0].startswith(sentence)

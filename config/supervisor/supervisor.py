"""The order in which things start, what is watched, and the order in which they stop."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from config import embedded
from config.prepare import REFUSED
from config.supervisor.children import (
    ROOT,
    Child,
    adopt_orphans,
    clear_left_over,
    last_line,
    reap,
    remember,
    stop_all,
    sweep,
)
from config.supervisor.preflight import ADDRESS, CannotStart, check_port, has_pango, hold_lock
from config.supervisor.services import services
from config.supervisor.welcome import block

READY_SECONDS = 60.0
PATIENCE_SECONDS = 1.5  # then by force: all of it within five seconds of Ctrl-C, on a busy machine
TICK_SECONDS = 0.1
REAP_SECONDS = 5.0


class Stopped(Exception):
    """Somebody asked for the end."""


@dataclass(frozen=True)
class Plan:
    """What ``make up`` was asked for."""

    data: Path
    port: int
    example: bool

    @property
    def address(self) -> str:
        return f"http://{ADDRESS}:{self.port}"


class Supervisor:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.places = embedded.paths(plan.data)
        self.began = time.monotonic()
        self.stopping = False
        self.own_database = not os.environ.get("DATABASE_URL")
        self.environment = {
            **os.environ,
            "DATA": str(plan.data),
            "PORT": str(plan.port),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # glibc otherwise keeps a heap for every thread
        }
        self.children: list[Child] = []

    def run(self) -> int:
        """Runs until it is told to stop; 0 then, 1 when something could not start."""
        self.places.make()
        lock = hold_lock(self.places.run / "lock", self.plan.port, os.getpid())
        clear_left_over(self.places.run / "children")
        check_port(self.plan.port)
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._ask_to_stop)
        adopt_orphans()
        try:
            self._boot()
            self._watch()
        except Stopped:
            say("Stopping.")
            return 0
        finally:
            self._stop()
            lock.close()

    def _ask_to_stop(self, signum: int, frame: object) -> None:
        self.stopping = True

    def _boot(self) -> None:
        if not has_pango():
            say(
                "Pango is not installed, so PDFs are off; everything else runs. "
                "To have them: apt install libpango-1.0-0 libpangoft2-1.0-0, or brew install pango."
            )
        if self.own_database:
            if not self.places.database.exists():
                self._example_mark.unlink(missing_ok=True)
            embedded.ensure_running(self.plan.data, tied=True)
        self._prepare()
        self.children = services(self.places, self.plan.port, self.environment)
        for child in self.children:
            child.start()
        remember(self.children, self.places.run / "children")
        self._await_ready()
        password = self._example()
        seconds = time.monotonic() - self.began
        say(block(self.plan.address, password, seconds, data=self.plan.data))

    def _prepare(self) -> None:
        """Tables up to date, as the role that owns them."""
        log = self.places.logs / "prepare.log"
        log.unlink(missing_ok=True)
        environment = {**self.environment, "DATABASE_ROLE": "owner"}
        step = Child("Preparing", [sys.executable, "-m", "config.prepare"], log, environment)
        self._run_step(step)
        assert step.process is not None
        if step.process.returncode == REFUSED:
            raise CannotStart(last_line(log))
        if step.process.returncode:
            raise CannotStart(
                f"The database could not be brought up to date: {last_line(log)} "
                f"(the rest is in {log})."
            )

    def _run_step(self, step: Child) -> None:
        """Runs a child to its end while the others are looked after."""
        self.children.append(step)
        step.start()
        while not step.died():
            self._tend([child for child in self.children if child is not step])
            self._pause()
        self.children.remove(step)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while against := complaint(self.plan.port):
            for child in self.children:
                if child.died():
                    raise CannotStart(
                        f"{child.name} did not start: {child.last_words()} "
                        f"(the rest is in {child.log})."
                    )
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{self.plan.address}/readyz is not ready after {READY_SECONDS:.0f} s: "
                    f"{against} ({self.places.logs / 'web.log'} says more)."
                )
            self._pause()

    @property
    def _example_mark(self) -> Path:
        """Remembers what the first boot chose: loading into somebody's own data would be rude."""
        return self.places.run / "example"

    def _example(self) -> Path | None:
        """Loads the example on the first boot; the file with its people's password, if there."""
        password = self.places.keys / "example-password"
        mark = self._example_mark
        chosen = mark.read_text().strip() if mark.exists() else ""
        production = os.environ.get("IMPRIMATUR_MODE") == "production"
        if not chosen and (production or not self.plan.example):
            chosen = "skipped"
        elif not chosen or chosen == "loading":
            mark.write_text("loading\n")
            chosen = self._load_example()
        mark.write_text(f"{chosen}\n")
        return password if chosen == "loaded" and password.exists() else None

    def _load_example(self) -> str:
        say(f"{self.plan.address}/ answers. Loading the example, about a minute, once:")
        loader = ROOT / "examples" / "mortgage" / "load.py"
        environment = {**self.environment, "IMPRIMATUR_URL": self.plan.address}
        process = subprocess.Popen(
            [sys.executable, str(loader)], cwd=ROOT, env=environment, start_new_session=True
        )
        try:
            while process.poll() is None:
                self._tend(self.children)
                self._pause()
        except Stopped:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if process.returncode == 0:
            return "loaded"
        say("The example could not be loaded; everything else runs. The next make up tries again.")
        return "loading"

    def _watch(self) -> NoReturn:
        reaped = time.monotonic()
        while True:
            self._pause()
            self._tend(self.children)
            if time.monotonic() - reaped > REAP_SECONDS:
                reap(self.children)
                reaped = time.monotonic()

    def _tend(self, children: list[Child]) -> None:
        """Restarts what died, a little later each time."""
        if self.own_database and not embedded.running(self.plan.data):
            say("PostgreSQL stopped unexpectedly: starting it again.")
            embedded.ensure_running(self.plan.data, tied=True)
        for child in children:
            if child.died():
                words = child.last_words()
                wait = child.plan_restart()
                say(f"{child.name} stopped unexpectedly ({words}): again in {wait:.0f} s.")
            elif child.restart_is_due():
                child.start()
                remember(children, self.places.run / "children")

    def _pause(self) -> None:
        if self.stopping:
            raise Stopped
        time.sleep(TICK_SECONDS)

    def _stop(self) -> None:
        stop_all(self.children, PATIENCE_SECONDS)
        if self.own_database:
            embedded.stop(self.plan.data)
        sweep()
        (self.places.run / "children").unlink(missing_ok=True)


def complaint(port: int) -> str:
    """What /readyz has against being used; empty when it is ready.

    A refusal of our host name (production, behind a proxy) is an answer too.
    """
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        text = answer.read(300).decode(errors="replace").strip()
        return "" if answer.status < 500 else f"it said {answer.status} {text}"
    except (OSError, http.client.HTTPException):
        return "nobody answered"
    finally:
        connection.close()


def say(text: str) -> None:
    print(text, flush=True)

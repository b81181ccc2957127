"""The three brokers, each with its own process and its data in a folder of the test's own.

``kill`` ends one as ``kill -9`` does, ``empty`` throws away whatever it still held, ``start``
brings it (back) up on the same address. The embedded one is a folder without a process: killed, it
is a file where the folder was.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from config.embedded.programs import die_with_parent
from tests.town import free_port

PATIENCE_SECONDS = 60.0


class Broker:
    """The embedded folder; the others override what differs."""

    name = "folder"
    programs: tuple[str, ...] = ()

    def __init__(self, data: Path) -> None:
        self.data = data
        self.folder = data / "broker"

    @classmethod
    def missing(cls) -> str:
        """Why it cannot run here; empty when it can."""
        gone = [name for name in cls.programs if shutil.which(name) is None]
        return f"{cls.name} is not installed here: no {', '.join(gone)}" if gone else ""

    @property
    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        if self.folder.is_file():
            self.folder.unlink()
            if self._aside.exists():
                self._aside.rename(self.folder)

    def kill(self) -> None:
        if self.folder.is_dir():
            self.folder.rename(self._aside)
        self.folder.write_text("There was a broker here.\n")

    def empty(self) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)

    @property
    def _aside(self) -> Path:
        return self.folder.with_name("broker-aside")


class Served(Broker):
    """A broker with a process that listens on a port of this machine."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.folder = data / self.name
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def surroundings(self) -> dict[str, str]:
        return dict(os.environ)

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.data / "logs" / f"{self.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.process = self._launched(output)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.name} did not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)

    def _launched(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=self.folder,
            env=self.surroundings(),
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def empty(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def freeze(self) -> None:
        """It takes connections in, says nothing, and forgets nothing."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGCONT)


class Redis(Served):
    """Redis as one would run it for this: everything appended to a file."""

    name = "redis"
    programs = ("redis-server",)

    @property
    def environment(self) -> dict[str, str]:
        return {"BROKER_URL": f"redis://127.0.0.1:{self.port}/0"}

    def command(self) -> list[str]:
        address = ["--port", str(self.port), "--bind", "127.0.0.1"]
        return ["redis-server", *address, "--dir", str(self.folder), "--appendonly", "yes"]


class RabbitMQ(Served):
    """A RabbitMQ node alone with itself: its name server too listens on this machine only."""

    name = "rabbitmq"
    programs = ("rabbitmq-server", "erl")

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.distribution, self.names = free_port(), free_port()

    @property
    def environment(self) -> dict[str, str]:
        url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        return {"BROKER_URL": url, "CELERY_QUEUE_TYPE": "quorum"}

    def command(self) -> list[str]:
        real = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's wrapper changes the account
        return [str(real) if real.exists() else "rabbitmq-server"]

    def surroundings(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        plugins = self.folder / "enabled_plugins"
        plugins.write_text("[].\n")
        return dict(os.environ) | {
            "HOME": str(home),
            "RABBITMQ_NODENAME": f"imprimatur{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none-env"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "ERL_EPMD_PORT": str(self.names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 -setcookie faults",
        }

    def answers(self) -> bool:
        """It says so itself: the port is open a moment before it takes anybody in."""
        from kombu import Connection

        if not super().answers():
            return False
        try:
            with Connection(self.environment["BROKER_URL"], connect_timeout=2) as connection:
                connection.connect()
        except Exception:  # whatever it is, it is not ready
            return False
        return True

    def kill(self) -> None:
        super().kill()
        name_server = self._name_server()
        if name_server is not None:
            os.kill(name_server, signal.SIGKILL)

    def _name_server(self) -> int | None:
        """The daemon that Erlang starts beside itself, known by our own port."""
        import psutil

        for process in psutil.process_iter(["name"]):
            if process.info["name"] == "epmd":
                try:
                    if process.environ().get("ERL_EPMD_PORT") == str(self.names):
                        return int(process.pid)
                except psutil.Error:
                    continue
        return None


BROKERS: dict[str, type[Broker]] = {kind.name: kind for kind in (Broker, Redis, RabbitMQ)}

"""The two web servers: started, read by the kernel's count, and ended by process id."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.scratch import ROOT
from benchmarks.start import free_port

WORKERS = 2
START_SECONDS = 300.0  # MLflow takes 12 s of CPU; a busy machine gives it late
JOBS = ("huey", "mlflow.server.jobs")  # MLflow's background work: not part of its web server


@dataclass(frozen=True)
class Server:
    """One that answers. ``root`` is the process everything of it descends from."""

    name: str
    port: int
    root: int
    headers: dict[str, str]
    log: Path

    def everything(self) -> list[psutil.Process]:
        return family(self.root)

    def web(self) -> list[psutil.Process]:
        """The processes of the web server, without those that only do background work."""
        found = []
        for process in self.everything():
            with suppress(psutil.Error):
                line = " ".join(process.cmdline())
                if not any(word in line for word in JOBS):
                    found.append(process)
        return found


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """User and system time of the processes, and of children of theirs that have ended."""
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            used = process.cpu_times()
            total += used.user + used.system + used.children_user + used.children_system
    return total


def pss_mib(processes: list[psutil.Process]) -> list[float]:
    """Proportional set size of each: a page that n processes share counts 1/n in each."""
    sizes = []
    for process in processes:
        with suppress(psutil.Error):
            sizes.append(process.memory_full_info().pss / 1024**2)
    return sizes


def postgres(data: Path) -> list[psutil.Process]:
    """The embedded server's processes; its first child list changes with every connection."""
    pid = int((data / "db" / "postmaster.pid").read_text().split()[0])
    return family(pid)


def family(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


@contextmanager
def _running(
    name: str, command: list[str], environment: dict[str, str], headers: dict[str, str],
    port: int, log: Path,
) -> Iterator[Server]:  # fmt: skip
    from config.embedded.programs import die_with_parent

    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=log.parent if name == "MLflow" else ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        _await(process, port, log)
        yield Server(name, port, process.pid, headers, log)
    finally:
        _end(process)


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until every worker answers: a server that has one of two up is not yet the one we mean."""
    deadline, answered = time.monotonic() + START_SECONDS, 0
    while answered < 10:
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{' '.join(process.args)[:200]}\n{log.read_text()[-2000:]}")  # type: ignore[arg-type]
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz" if "imprimatur" in log.name else "/health")
            answered += connection.getresponse().status == 200
            connection.close()
        except OSError:
            time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Politely, then whatever is left of the family, each by its own id."""
    before = family(process.pid)[1:]
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    for child in [*before, *family(process.pid)]:
        with suppress(psutil.Error):
            child.kill()  # psutil refuses when the id has gone to another program meanwhile
    process.wait(timeout=10)


@contextmanager
def imprimatur(data: Path, token: str) -> Iterator[Server]:
    """The web server that ``make up`` starts, command line and environment included."""
    from config.embedded import paths
    from config.supervisor.services import services

    port = free_port()
    environment = {
        **os.environ,
        "DATA": str(data),
        "PORT": str(port),
        "DATABASE_ROLE": "application",
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    web = services(paths(data), port, environment)[0]
    headers = {"Authorization": f"Bearer {token}"}
    log = data / "logs" / "imprimatur.log"
    with _running("Imprimatur", web.command, dict(web.environment), headers, port, log) as server:
        yield server


@contextmanager
def mlflow(data: Path, program: Path, address: str) -> Iterator[Server]:
    """``mlflow server`` with its defaults, on the database of this address."""
    port = free_port()
    folder = data / "mlflow"
    folder.mkdir(exist_ok=True)
    command = [str(program), "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(WORKERS)]
    # Its master kills a worker that is silent for 5 s, as one is whose list takes so long.
    command += ["--uvicorn-opts", "--timeout-worker-healthcheck 120"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    # Not on the command line, where everybody reads the password.
    environment["MLFLOW_BACKEND_STORE_URI"] = address.replace(":", "+psycopg2:", 1)
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    with _running("MLflow", command, environment, {}, port, folder / "mlflow.log") as server:
        yield server

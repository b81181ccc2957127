"""Starts and stops the embedded PostgreSQL server.

Two processes may ask at once: a file lock lets one of them work. Whoever uses the server holds
a shared lock, so that the last user, and nobody before, stops it.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]

from config.embedded import programs
from config.embedded.account import programs_for, server_account
from config.embedded.cluster import ensure_cluster
from config.embedded.places import EmbeddedError, Paths, paths

START_SECONDS = 30.0  # a crash may leave a long log to replay
STOP_SECONDS = 3.0
STATUS_LINE = 7  # of postmaster.pid, counted from 0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_AND_LOSSY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_users: dict[Path, IO[bytes]] = {}
_children: dict[Path, subprocess.Popen[bytes]] = {}  # ours to reap


def ensure_running(data: Path, *, tied: bool = False, durable: bool = True) -> bool:
    """Starts the server unless it runs; True when this call started it.

    tied: it stops when this process dies (Linux). durable=False is for tests only.
    Raises EmbeddedError with one sentence that says what to do.
    """
    places = paths(data)
    places.make()
    with _locked(places):
        if (child := _children.pop(places.data, None)) is not None and child.poll() is None:
            _children[places.data] = child
        if _server_pid(places) and _is_ready(places):
            return False
        _start(places, tied=tied, durable=durable)
        return True


def ensure_database(data: Path) -> None:
    """For the tests: a running server until the last process that asked for it ends."""
    places = paths(data)
    if places.data in _users:
        return
    places.make()
    users = (places.run / "database-users").open("ab")
    fcntl.flock(users, fcntl.LOCK_SH)
    _users[places.data] = users
    ensure_running(data, durable=False)
    atexit.register(_leave, data, os.getpid())


def _leave(data: Path, pid: int) -> None:
    if pid != os.getpid():
        return  # a fork of ours: not its to stop
    users = _users.pop(paths(data).data)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody still needs it
    stop(data)


def running(data: Path) -> bool:
    """Whether the server of this data folder is alive."""
    return _server_pid(paths(data)) is not None


def stop(data: Path) -> None:
    """Stops the server, whoever started it; nothing happens when none runs."""
    places = paths(data)
    if not places.run.exists():
        return
    with _locked(places):
        pid = _server_pid(places)
        # Politely, then without waiting for sessions, then with recovery at the next start.
        for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if pid is None or _gone(places, pid, signum):
                break
        _children.pop(places.data, None)


def _gone(places: Paths, pid: int, signum: int) -> bool:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return True
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if (child := _children.get(places.data)) is not None:
            child.poll()
        if not _alive(pid):
            return True
        time.sleep(0.01)
    return False


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def _locked(places: Paths) -> Iterator[None]:
    with (places.run / "database-lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _pid_file(places: Paths) -> list[str]:
    try:
        return (places.database / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _server_pid(places: Paths) -> int | None:
    """The live server's pid. A number that now belongs to another program does not count."""
    lines = _pid_file(places)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    try:
        process = psutil.Process(pid)
        ours = str(places.database.resolve()) in process.cmdline()
        return pid if ours and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def _is_ready(places: Paths) -> bool:
    lines = _pid_file(places)
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"


def _start(places: Paths, *, tied: bool, durable: bool) -> None:
    account = server_account(places)
    binaries = programs_for(account, programs.installation()) / "bin"
    folder = ensure_cluster(places, account, binaries)
    account.make_private(places.socket)
    command: list[str | Path] = [binaries / "postgres", "-D", folder.resolve()]
    settings = SETTINGS | ({} if durable else FAST_AND_LOSSY)
    for name, value in {**settings, "unix_socket_directories": str(places.socket)}.items():
        command += ["-c", f"{name}={value}"]
    log = places.logs / "postgresql.log"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _server_pid(places) is not None:  # alive, and starting or stopping: not ours to disturb
            if _is_ready(places):
                return
            time.sleep(0.02)
            continue
        # Their pid may be a zombie's or, after a reboot, somebody else's: PostgreSQL would balk.
        for stale in (folder / "postmaster.pid", places.socket / ".s.PGSQL.5432.lock"):
            stale.unlink(missing_ok=True)
        server = programs.launch(account, command, log, tied=tied)
        if _came_up(places, server, deadline):
            _children[places.data] = server
            return
        # A killed server's children hold its memory for a moment longer: once more.
        time.sleep(0.3)
        if "shared memory" not in _tail(log):
            break
    raise EmbeddedError(f"PostgreSQL did not start: {_tail(log)} (the rest is in {log}).")


def _came_up(places: Paths, server: subprocess.Popen[bytes], deadline: float) -> bool:
    while time.monotonic() < deadline and server.poll() is None:
        lines = _pid_file(places)
        if lines[:1] == [str(server.pid)] and _is_ready(places):
            return True
        time.sleep(0.01)
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
        server.wait()
    return False


def _tail(log: Path) -> str:
    """The last complaint in the log, else its last line."""
    lines = log.read_text(errors="replace").splitlines()[-20:]
    fatal = [line for line in lines if "FATAL" in line or "could not" in line]
    return (fatal or lines or ["it said nothing"])[-1].split("  ")[-1].strip()

"""One child process: started in a session of its own, restarted when it dies, stopped for good."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from config.embedded.programs import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
STEADY_SECONDS = 60.0  # alive for so long, a child has earned a quick restart again
LOG_BYTES = 5 * 1024**2
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    # What the kernel sends when the supervisor itself is killed: the quickest clean way out.
    death_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    retry_at: float = 0.0
    delay: float = field(default=FIRST_DELAY)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=dict(self.environment),
                start_new_session=True,
                preexec_fn=die_with_parent(self.death_signal),
            )
        self.started, self.retry_at = time.monotonic(), 0.0

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> float:
        """Clears what the dead child left and says in how many seconds it starts again."""
        self.kill()
        if time.monotonic() - self.started > STEADY_SECONDS:
            self.delay = FIRST_DELAY
        wait, self.delay = self.delay, min(self.delay * 2, LONGEST_DELAY)
        self.process, self.retry_at = None, time.monotonic() + wait
        return wait

    def restart_is_due(self) -> bool:
        return self.process is None and 0 < self.retry_at <= time.monotonic()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the child and its whole process group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        return last_line(self.log)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1].strip()[:300] if lines else "it said nothing"


def shorten(log: Path) -> None:
    """Keeps one older log file; called before a start, when nobody writes."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become ours (Linux), so that none is lost from sight."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def reap(children: list[Child]) -> None:
    """Buries adopted orphans that have ended; our own children are waited for by name."""
    own = {child.process.pid for child in children if child.process is not None}
    for process in psutil.Process().children():
        with suppress(psutil.Error, ChildProcessError):
            if process.pid not in own and process.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(process.pid, os.WNOHANG)


def stop_all(children: list[Child], patience: float) -> None:
    """Asks all of them to stop, and ends with their groups those that do not in time."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if all(child.process is None or child.died() for child in children):
            break
        time.sleep(0.02)
    for child in children:
        child.kill()


def sweep() -> None:
    """Ends whatever still descends from us: the last thing before leaving."""
    left = psutil.Process().children(recursive=True)
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=1)


def remember(children: list[Child], note: Path) -> None:
    """Notes who runs, for the next start should this one be killed where nothing ties children."""
    lines = []
    for child in children:
        with suppress(psutil.Error):
            if child.process is not None:
                born = psutil.Process(child.process.pid).create_time()
                lines.append(f"{child.process.pid} {born}")
    note.write_text("\n".join(lines) + "\n")


def clear_left_over(note: Path) -> int:
    """Ends the process groups that a killed supervisor left; how many there were."""
    count = 0
    for line in note.read_text().splitlines() if note.exists() else []:
        with suppress(psutil.Error, ValueError, ProcessLookupError):
            pid, born = line.split()
            if psutil.Process(int(pid)).create_time() == float(born):
                os.killpg(int(pid), signal.SIGKILL)
                count += 1
    note.unlink(missing_ok=True)
    return count

"""Starts the child, follows what it says, and kills it when it takes too long.

Never fork or multiprocessing: Celery's prefork children are daemonic and polars is not fork-safe.
The child gets no environment to speak of, no open descriptors, a folder of its own and a session
of its own, so that the whole group can be killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from governance.scoring import watching
from governance.scoring.failing import NO_MEMORY
from governance.scoring.legible import legible
from governance.scoring.limits import Limits

UNUSABLE = 3
# What the child is killed for; see system_calls.
REFUSED = "a network connection, another program or a change to the system"
# One each, so that sums do not depend on the machine.
THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1"
)
Progress = Callable[[float, str], None]
_LOOK = 0.1  # seconds between two looks at the clock and at the memory held
_NO_MEMORY = ("std::bad_alloc", "bad allocation", "MemoryError", "Cannot allocate memory")


@dataclass
class Ending:
    """How the child ended, and what it said before. ``code`` is negative for a signal."""

    seconds: float = 0.0
    code: int = 0
    timed_out: bool = False
    over_memory: bool = False  # as seen from outside
    error: str = ""
    kind: str = ""
    sandbox: dict[str, Any] = field(default_factory=dict)
    last_words: str = ""

    @property
    def well(self) -> bool:
        return self.code == 0 and not self.timed_out

    @property
    def out_of_memory(self) -> bool:
        if self.timed_out:
            return False
        said = f"{self.error} {self.last_words}"
        # Only we, for its memory or time, and a kernel short of memory send this signal.
        killed = self.code == -signal.SIGKILL
        return killed or self.kind == "memory" or any(one in said for one in _NO_MEMORY)

    def why(self, limit: float) -> str:
        """What went wrong, as a sentence."""
        if self.timed_out:
            return (
                f"The model timed out after {limit:g} s and was stopped, which is the limit for "
                "all rows and explanations together. See whether it ends at all on a few rows: if "
                "it does, register a smaller model or fewer validation rows, or ask whoever runs "
                "the server to raise SANDBOX_SECONDS (--seconds of imprimatur check)."
            )
        if self.over_memory:
            return NO_MEMORY
        if self.code == UNUSABLE and self.error:
            return self.error
        if self.code == -signal.SIGXCPU:
            return (
                "The model used up its processor time and was stopped. It may have twice the "
                f"{limit:g} s of the clock, which SANDBOX_SECONDS sets."
            )
        if self.code == -signal.SIGSYS:
            return f"The model tried {REFUSED} and was stopped (signal {-self.code})."
        if self.code == -signal.SIGKILL:
            return "The model was killed (signal 9), most likely for want of memory."
        if self.code < 0:
            return f"The model crashed (signal {-self.code})."
        last = f": {self.last_words}" if self.last_words else ""
        return f"The scoring process ended with exit code {self.code}{last}."


def behaviour(ending: Ending, *, limit_seconds: float, limit_memory: int) -> dict[str, Any]:
    """The shape of ``governance.checks.case.Sandbox``; ``signal`` is a number as text, or ""."""
    killed = "" if ending.timed_out or ending.code >= 0 else str(-ending.code)
    # Known only where the calls are closed: whoever lives to its end has tried none of them.
    refused = [REFUSED] if ending.code == -signal.SIGSYS else []
    known = {"refused": refused} if refused or ending.sandbox.get("system_calls") else {}
    return known | {
        "tier": str(ending.sandbox.get("tier", "")),
        "exit_code": ending.code,
        "signal": killed,
        "timed_out": ending.timed_out or ending.code == -signal.SIGXCPU,
        "out_of_memory": ending.out_of_memory,
        "seconds": round(ending.seconds, 3),
        "limit_seconds": limit_seconds,
        "limit_memory_kib": limit_memory // 1024,
    }


def run(child: Path, workdir: Path, limits: Limits, on_progress: Progress) -> Ending:
    """Runs the child to its end, or to a limit. What ``on_progress`` raises passes through."""
    ending, started = Ending(), time.monotonic()
    # Where the folder lies in memory itself, what the child maps of its input counts as held.
    memory = limits.memory + sum(one.stat().st_size for one in workdir.iterdir() if one.is_file())
    with tempfile.TemporaryFile() as errors:  # out of the model's reach
        process = subprocess.Popen(
            [sys.executable, "-I", str(child)],
            cwd=workdir,
            env=_environment(workdir),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            close_fds=True,
            start_new_session=True,
        )
        try:
            for line in _lines(process, started + limits.seconds, memory, ending):
                _hear(line, ending, on_progress)
        finally:
            _kill(process)
        ending.last_words = _last_line(errors)
    ending.seconds, ending.code = time.monotonic() - started, process.returncode
    return ending


def _environment(workdir: Path) -> dict[str, str]:
    """Nothing of ours."""
    return {
        "HOME": str(workdir),
        "TMPDIR": str(workdir),
        "LANG": "C.UTF-8",
        **THREADS,
        "ORT_DISABLE_TELEMETRY": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _lines(
    process: subprocess.Popen[bytes], deadline: float, memory: int, ending: Ending
) -> Iterator[bytes]:
    """What the child says, line by line, to its end or until it passes a limit, which is noted."""
    assert process.stdout is not None
    handle, pending = process.stdout.fileno(), b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(handle, selectors.EVENT_READ)
        while not _passed(process, deadline, memory, ending):
            if not waiting.select(_LOOK):
                continue
            chunk = os.read(handle, 65536)
            if not chunk:
                break
            *lines, pending = (pending + chunk).split(b"\n")
            pending = pending[-65536:]
            yield from lines
    while not _passed(process, deadline, memory, ending):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_LOOK)
            return


def _passed(process: subprocess.Popen[bytes], deadline: float, memory: int, ending: Ending) -> bool:
    ending.timed_out = time.monotonic() > deadline
    ending.over_memory = not ending.timed_out and watching.held(process.pid) > memory
    return ending.timed_out or ending.over_memory


def _hear(line: bytes, ending: Ending, on_progress: Progress) -> None:
    """Notes what the child says of itself and passes progress on. Other lines are noise."""
    try:
        said = legible(json.loads(line))
    except (ValueError, RecursionError):
        return
    if not isinstance(said, dict):
        return
    share = said.get("progress")
    if isinstance(share, (int, float)) and 0 <= share <= 1:
        on_progress(float(share), str(said.get("note", ""))[:80])
    if said.get("error"):
        ending.error, ending.kind = str(said["error"])[:2000], str(said.get("kind", ""))[:20]
    if isinstance(said.get("sandbox"), dict) and not ending.sandbox:
        ending.sandbox = said["sandbox"]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the child and whatever it started: its whole session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # already gone
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - 4096))
    said = legible(errors.read(4096).decode(errors="replace")).strip().splitlines()
    return said[-1][:300] if said else ""

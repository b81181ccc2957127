"""Takes rights away from the present process before it touches a model: once gone they stay gone.

Standard library only, because it runs before anything else in the child. What could be taken is
returned and recorded in the evidence: hosts differ, and the tier reached is part of what was
measured (see ``tiers``).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from governance.scoring import identity, landlock, namespaces, system_calls
from governance.scoring.tiers import CONFINED, NAMESPACES, at_least

_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
# What libraries reserve of addresses beyond what they use of memory.
_RESERVED = 6 * 1024**3
_MADE_ANEW = (Path("/proc/self"), Path("/dev/urandom"))  # in a world of its own


class NotReached(Exception):
    """The tier asked for cannot be had here; the text says what is missing."""


def confine(
    folder: Path, *, parent: int, tier: str, memory: int, seconds: int, file_size: int
) -> dict[str, Any]:
    """Everything of ``tier`` but the closing of system calls, which libraries must not await.

    Call ``close`` when the libraries are imported. Returns what was reached; raises NotReached.
    With ``namespaces`` it returns in another process than it was called in.
    """
    _die_with_parent(parent)
    reached: dict[str, Any] = {"tier": tier}
    libc = _libc()
    if libc is not None:
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _first_to_go()
    if at_least(tier, CONFINED):
        if libc is None:
            raise NotReached(f"{sys.platform} has neither Landlock nor seccomp")
        reached |= _shut_in(libc, folder, tier)
    elif libc is not None:
        reached["privileges_dropped"] = identity.without_privileges(libc)
    used = sum(path.stat().st_size for path in Path().iterdir() if path.is_file())
    reached["limits"] = _limit(
        DATA=memory, AS=memory + used + _RESERVED, CPU=seconds, FSIZE=file_size, NOFILE=256, CORE=0
    )
    return reached


def confine_as(job: Mapping[str, Any]) -> dict[str, Any]:
    """``confine``, here, as ``job.json`` says."""
    limits = job["limits"]
    return confine(
        Path.cwd(),
        parent=job["parent"],
        tier=job["tier"],
        memory=limits["memory"],
        seconds=limits["cpu_seconds"],
        file_size=limits["file_size"],
    )


def close(reached: dict[str, Any]) -> None:
    """The last door, when all libraries are imported. Raises NotReached."""
    if at_least(reached["tier"], CONFINED):
        reached["system_calls"] = system_calls.close()
        if not reached["system_calls"]:
            raise NotReached("the kernel takes no filter of system calls (seccomp)")


def _shut_in(libc: ctypes.CDLL, folder: Path, tier: str) -> dict[str, Any]:
    places = _readable()
    reached: dict[str, Any] = {}
    root, number = os.getuid() == 0, os.getpid()
    if tier == NAMESPACES:
        try:
            namespaces.enter(libc, [one for one in places if one not in _MADE_ANEW], folder)
            namespaces.divide(libc)
            reached["own_proc"] = namespaces.settle(libc)
        except (namespaces.Unreachable, OSError) as error:
            raise NotReached(str(error)) from error
    needed = [] if tier == NAMESPACES else places  # there they are shown to whoever it becomes
    other = _another_user(folder, number, needed, reached) if root else None
    reached["landlock"] = landlock.restrict(libc, places, Path())
    if not reached["landlock"]:
        raise NotReached("the kernel has no Landlock, or does not let us use it")
    if other is not None:
        identity.become(other)
        libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)  # who changes user loses it
    reached["privileges_dropped"] = identity.without_privileges(libc)
    reached["user"] = os.getuid()
    return reached


def _another_user(
    folder: Path, number: int, needed: list[Path], reached: dict[str, Any]
) -> int | None:
    """Who root is to become, if others can read what is needed; else notes why root stays."""
    closed = identity.unreadable(needed)
    if closed is not None:
        reached["user_kept"] = f"only root may enter {closed.name or '/'}, where libraries lie"
        return None
    try:
        return identity.hand_over(folder, number)
    except OSError as error:
        reached["user_kept"] = f"files cannot be handed over: {error.strerror}"
        return None


def _limit(**wanted: int) -> dict[str, int]:
    reached = {}
    for name, value in wanted.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses some
            continue
        reached[name.lower()] = value
    return reached


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(parent: int) -> None:
    """A killed worker must not leave a model running."""
    libc = _libc()
    if libc is not None:
        libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


def _first_to_go() -> None:
    """When the machine runs short of memory the kernel ends the model, not who started it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _readable() -> list[Path]:
    """Where the interpreter, its packages and the system's libraries lie, and nothing else."""
    places: Iterable[Path] = {
        *(Path(entry) for entry in sys.path if entry),
        Path(sys.base_prefix) / "lib",
        *(
            Path(place)
            for place in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo")
        ),
        *(Path(place) for place in ("/proc/cpuinfo", "/proc/self", "/proc/stat", "/proc/meminfo")),
        *(Path(place) for place in ("/sys/devices/system/cpu", "/dev/urandom", "/etc/localtime")),
    }
    # The project's own folder is on the path only to import this package, which is done by now.
    project = Path(__file__).resolve().parents[2]
    return [place for place in places if place.exists() and place.resolve() != project]

"""Takes rights away from the present process before it touches a model: once gone they stay gone.

Standard library only, because it runs before anything else in the child. What could be taken is
returned and recorded in the evidence: hosts differ, and the tier reached is part of what was
measured.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
_NO_NEW_PRIVILEGES, _PARENT_DEATH_SIGNAL = 38, 1
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on x86-64 and arm64
_ALL_FILES = (1 << 13) - 1  # the rights of Landlock's first version
_READ = 0b1100  # read a file, list a folder
_WRITE = _READ | 0b10 | (1 << 8) | (1 << 5) | (1 << 4)  # write, make and remove files
_NETWORK = 0b11  # bind and connect over TCP


def confine(
    folder: Path, *, parent: int, memory: int, seconds: int, file_size: int
) -> dict[str, Any]:
    """Limits, no network, no files but the libraries' and ``folder``. Returns what was reached.

    ``tier`` is ``confined`` with neither network nor foreign files, else ``process``: an own
    process with limits and an empty environment, which is all that macOS offers.
    """
    _die_with_parent(parent)
    limits = _limit(memory=memory, seconds=seconds, file_size=file_size)
    network = _without_network()
    files, ports = _landlock(folder)
    return {
        "tier": "confined" if files and (network or ports) else "process",
        "network_namespace": network,
        "landlock_files": files,
        "landlock_network": ports,
        "limits": limits,
    }


def _limit(*, memory: int, seconds: int, file_size: int) -> dict[str, int]:
    wanted = {
        "RLIMIT_DATA": memory,
        "RLIMIT_CPU": seconds,
        "RLIMIT_FSIZE": file_size,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_CORE": 0,
    }
    reached = {}
    for name, value in wanted.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses some
            continue
        reached[name.removeprefix("RLIMIT_").lower()] = value
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


def _without_network() -> bool:
    """An empty network namespace: root may make one, others where user namespaces are allowed."""
    libc = _libc()
    if libc is None:
        return False
    return any(libc.unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))


def _landlock(folder: Path) -> tuple[bool, bool]:
    """(files restricted, TCP restricted); (False, False) where the kernel has no Landlock."""
    libc = _libc()
    if libc is None:
        return False, False
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return False, False
    ports = version >= 4
    rights = struct.pack("=QQ", _ALL_FILES, _NETWORK if ports else 0)
    rules = libc.syscall(_CREATE, rights, len(rights) if ports else 8, 0)
    if rules < 0:
        return False, False
    try:
        for path in _readable():
            _allow(libc, rules, path, _READ if path.is_dir() else 0b100)
        _allow(libc, rules, folder, _WRITE)
        _allow(libc, rules, Path("/dev/null"), 0b110)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        done = libc.syscall(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)
    return done, done and ports


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_ADD, rules, 1, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _readable() -> Iterable[Path]:
    """Where the interpreter, its packages and the system's libraries lie, and nothing else."""
    places = {
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

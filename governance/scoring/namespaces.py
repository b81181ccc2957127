"""A world of its own for the child: files, processes, network, names; nothing else exists in it.

Standard library only. What the kernel is asked for by number is what ``unshare``, ``mount`` and
``pivot_root`` do; root may, and others where the host lets users make namespaces.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

# Mounts, processes, network, System V objects, host name; users only where root is not at hand.
_NEW = 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000
_NEW_USER = 0x10000000
_BIND, _RECURSIVE, _PRIVATE, _SAFE = 4096, 16384, 1 << 18, 0b1110  # no set-uid, devices, programs
_DETACH, _HERE = 2, -100
_SET_ATTRIBUTES, _ALL_BELOW = 442, 0x8000
_READ_ONLY, _NO_SETUID, _NO_DEVICES = 1, 2, 4
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_PARENT_DEATH_SIGNAL = 1
_DEVICES = ("/dev/null", "/dev/urandom")


class Unreachable(Exception):
    """The host does not let us; the text says what failed."""


def enter(libc: ctypes.CDLL, readable: Iterable[Path], folder: Path) -> None:
    """Leaves everything behind but ``readable``, read only, and ``folder``. Raises Unreachable.

    Processes made from here on see only each other; the present one must make one and wait.
    """
    _unshare(libc)
    _mount(libc, "none", "/", None, _RECURSIVE | _PRIVATE)
    root = folder / "root"
    root.mkdir()
    _mount(libc, "tmpfs", str(root), "tmpfs", _SAFE, "size=64k,mode=755")
    bound: list[Path] = []
    for place in sorted(readable):
        if not any(one in place.parents or one == place for one in bound):
            _bind(libc, place, root, _READ_ONLY)
            bound.append(place)
    for device in _DEVICES:
        _bind(libc, Path(device), root, None)
    _bind(libc, folder, root, 0)
    (root / "proc").mkdir(exist_ok=True)
    os.chdir(root)
    _done(libc.syscall(_PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    _done(libc.umount2(b".", _DETACH), "leaving the old root")
    os.chdir(folder)
    with contextlib.suppress(OSError):
        (folder / "root").rmdir()


def settle(libc: ctypes.CDLL) -> bool:
    """In the new process: its own /proc, if the host lets us, and no writing to the root."""
    own = bool(libc.mount(b"proc", b"/proc", b"proc", _SAFE, None) == 0)
    _attributes(libc, Path("/"), _READ_ONLY, 0)
    return own


def divide(libc: ctypes.CDLL) -> None:
    """Returns in a new process, of the new world; the present one waits for it and ends alike.

    The first process of the world does nothing: the kernel spares a first one some signals, and
    ends all others with it.
    """
    first = os.fork()
    if not first:
        libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        os.closerange(0, 256)
        while True:
            signal.pause()
    model = os.fork()
    if not model:
        libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        return
    os.closerange(0, 2)
    _, status = os.waitpid(model, 0)
    os.kill(first, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with contextlib.suppress(OSError, ValueError):  # not for those that cannot be caught
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(abs(code))


def _unshare(libc: ctypes.CDLL) -> None:
    if libc.unshare(_NEW) == 0:
        return
    user, group = os.getuid(), os.getgid()
    _done(libc.unshare(_NEW | _NEW_USER), "making namespaces")
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError as error:
        raise Unreachable(f"naming users in a namespace: {error.strerror}") from error


def _bind(libc: ctypes.CDLL, place: Path, root: Path, attributes: int | None) -> None:
    """Shows ``place`` at the same path under ``root``; None for a device, which stays one."""
    target = root / place.relative_to("/")
    if place.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(libc, str(place), str(target), None, _BIND | _RECURSIVE)
    if attributes is not None:
        _attributes(libc, target, attributes | _NO_SETUID | _NO_DEVICES, _ALL_BELOW)


def _attributes(libc: ctypes.CDLL, target: Path, attributes: int, scope: int) -> None:
    wanted = struct.pack("=4Q", attributes, 0, 0, 0)
    done = libc.syscall(_SET_ATTRIBUTES, _HERE, os.fsencode(target), scope, wanted, len(wanted))
    _done(done, f"closing {target.name or 'the root'}")


def _mount(
    libc: ctypes.CDLL, source: str, target: str, kind: str | None, flags: int, data: str = ""
) -> None:
    done = libc.mount(
        os.fsencode(source), os.fsencode(target), kind.encode() if kind else None,
        ctypes.c_ulong(flags), data.encode() or None,
    )  # fmt: skip
    _done(done, f"mounting {source}")


def _done(result: int, what: str) -> None:
    if result != 0:
        raise Unreachable(f"{what}: {os.strerror(ctypes.get_errno())}")

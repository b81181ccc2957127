"""Landlock by its three system calls: which files and ports a process may still reach.

Standard library only. What the kernel's version knows is used: from the third on truncating, from
the fourth TCP, from the sixth signals and abstract sockets to processes outside.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on x86-64 and arm64
_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # by version, added up
_READ = 0b1100  # read a file, list a folder
_READ_FILE, _READ_WRITE_FILE = 0b100, 0b110
_WRITE = _READ | 0b10 | (1 << 8) | (1 << 5) | (1 << 4)  # write, make and remove files
_TRUNCATE = 1 << 14
_TCP, _SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals
_NO_NEW_PRIVILEGES = 38


def restrict(libc: ctypes.CDLL, readable: Iterable[Path], folder: Path) -> int:
    """The version in force from now on, 0 for none: ``readable`` may be read, ``folder`` used."""
    version = int(libc.syscall(_CREATE, None, 0, 1))
    if version < 1:
        return 0
    handled = sum(rights for since, rights in _RIGHTS.items() if since <= version)
    rules = _created(libc, version, handled)
    if rules < 0:
        return 0
    try:
        for path in readable:
            _allow(libc, rules, path, _READ if path.is_dir() else _READ_FILE)
        _allow(libc, rules, folder, (_WRITE | _TRUNCATE) & handled)
        _allow(libc, rules, Path("/dev/null"), _READ_WRITE_FILE)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return version if libc.syscall(_RESTRICT, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _created(libc: ctypes.CDLL, version: int, handled: int) -> int:
    rights = struct.pack("=QQQ", handled, _TCP, _SCOPES)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    return int(libc.syscall(_CREATE, rights, size, 0))


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_ADD, rules, 1, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)

"""Closes the system calls that no model needs: whoever makes one is killed (signal 31, SIGSYS).

A filter of the kernel (seccomp) for every thread of the process, written out here because a model's
library may make its calls from machine code, where nothing of Python sees them. Standard library
only. That nothing was tried is then known from the process having lived.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys

# Sockets; other programs and other processes' memory; mounts, modules, keys and namespaces;
# interfaces that have let programs out of sandboxes before.
_CALLS = {
    "x86_64": (
        0xC000003E,
        (41, 42, 43, 49, 50, 59, 288, 322, 101, 310, 311, 155, 161, 165, 166, 169, 175, 176, 246,
         313, 320, 248, 249, 250, 272, 308, 298, 304, 321, 323, 425, 428, 429, 430, 442),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 200, 201, 202, 203, 221, 242, 281, 117, 270, 271, 41, 51, 40, 39, 142, 105, 106, 104,
         273, 294, 217, 218, 219, 97, 268, 241, 265, 280, 282, 425, 428, 429, 430, 442),
    ),
}  # fmt: skip
_OTHER_ABI = 0x40000000  # x32 numbers its calls from here; filters that forget it are no filters
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_NO_NEW_PRIVILEGES, _FILTER, _EVERY_THREAD = 38, 1, 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def close() -> bool:
    """Whether the calls are closed now; they cannot be opened again."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _CALLS:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    code = _filter(*_CALLS[machine])
    program = _Program(len(code) // 8, code)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = libc.syscall(_SECCOMP[machine], _FILTER, _EVERY_THREAD, ctypes.byref(program))
    return bool(done == 0)


def _filter(architecture: int, calls: tuple[int, ...]) -> bytes:
    """A program of the kernel's packet filter over (number of the call, architecture)."""
    last = len(calls) + 1  # how far the jump to "kill" is from the first comparison of a number
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, last, 0, _OTHER_ABI),
        *((_EQUAL, last - 1 - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)

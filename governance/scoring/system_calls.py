"""Closes the system calls that no model needs: whoever makes one is killed (signal 31, SIGSYS).

A filter of the kernel (seccomp) for every thread of the process, written out here because a model's
library may make its calls from machine code, where nothing of Python sees them. Standard library
only. That nothing was tried is then known from the process having lived.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass

_NO_NEW_PRIVILEGES, _FILTER, _EVERY_THREAD = 38, 1, 1
_LOAD, _EQUAL, _AT_LEAST, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _FAIL, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_OTHER_ABI = 0x40000000  # x32 numbers its calls from here; filters that forget it are no filters
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # where they lie in what the filter is shown
_THREAD = 0x10000  # CLONE_THREAD: what is made shares our memory and our limits
_CLONE3 = 435  # its flags lie where no filter sees; libraries fall back on clone


@dataclass(frozen=True)
class _Machine:
    """Numbers of calls. ``kill``: sockets; other programs, processes and their memory; mounts,
    modules, keys, namespaces; interfaces that have let programs out of sandboxes before.
    ``fail``: modes, owners, times and sizes of files by name, which Landlock does not cover, and
    memory or messages shared beside the file system. ``signals`` may go to the process itself,
    ``limits`` be its own.
    """

    architecture: int
    seccomp: int
    clone: int
    signals: tuple[int, int]
    limits: int
    kill: tuple[int, ...]
    fail: tuple[int, ...]


# From 424 on, numbers are the same everywhere.
_NEWER_KILL = (424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442)
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E, 317, 56, (62, 234), 302,
        (41, 42, 43, 49, 50, 288, 57, 58, 59, 322, 101, 310, 311, 312, 155, 161, 165, 166, 169, 163,
         164, 167, 168, 170, 171, 172, 173, 153, 103, 175, 176, 246, 313, 320, 248, 249, 250, 272,
         308, 298, 300, 304, 321, 323, 227, 305, 133, 259, 256, 279, *_NEWER_KILL),
        (76, 90, 91, 268, 452, 92, 93, 94, 260, 188, 189, 190, 197, 198, 199, 132, 235, 261, 280,
         29, 64, 68, 240, 319, 200, 129, 297),
    ),
    "aarch64": _Machine(
        0xC00000B7, 277, 220, (129, 131), 261,
        (198, 200, 201, 202, 203, 242, 221, 281, 117, 270, 271, 272, 41, 51, 40, 39, 142, 89, 170,
         224, 225, 161, 162, 58, 116, 105, 106, 104, 273, 294, 217, 218, 219, 97, 268, 241, 262,
         265, 280, 282, 112, 266, 33, 238, 239, *_NEWER_KILL),
        (45, 52, 53, 452, 54, 55, 5, 6, 7, 14, 15, 16, 88, 194, 190, 186, 180, 279, 130, 138, 240),
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def close() -> bool:
    """Whether the calls are closed now; they cannot be opened again."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    code = _filter(machine, os.getpid())
    program = _Program(len(code) // 8, code)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = libc.syscall(machine.seccomp, _FILTER, _EVERY_THREAD, ctypes.byref(program))
    return bool(done == 0)


Step = tuple[int, int, int, int]  # what to do, jump if so, jump if not, with what


def _filter(machine: _Machine, own: int) -> bytes:
    """A program of the kernel's packet filter over a call's number, architecture and arguments."""
    steps: list[Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _OTHER_ABI),
        (_RETURN, 0, 0, _KILL),
    ]
    for call in machine.kill:
        steps += _if_call(call, (_RETURN, 0, 0, _KILL))
    for call in machine.fail:
        steps += _if_call(call, (_RETURN, 0, 0, _FAIL | errno.EPERM))
    steps += _if_call(_CLONE3, (_RETURN, 0, 0, _FAIL | errno.ENOSYS))
    steps += _if_call(machine.clone, *_first_argument((_HAS, 0, 1, _THREAD)))
    for call in machine.signals:
        steps += _if_call(call, *_first_argument((_EQUAL, 0, 1, own)))
    ours = _first_argument((_EQUAL, 1, 0, 0), (_EQUAL, 0, 1, own))
    steps += _if_call(machine.limits, *ours)
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _if_call(call: int, *then: Step) -> list[Step]:
    """``then``, which returns, if it is this call; else on."""
    return [(_EQUAL, 0, len(then), call), *then]


def _first_argument(*tests: Step) -> list[Step]:
    """Allows the call if a test of its first argument says so, else kills."""
    return [(_LOAD, 0, 0, _ARGUMENT), *tests, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _KILL)]

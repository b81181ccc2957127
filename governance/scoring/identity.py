"""Who the child is: of root another user, for one run, and no privileges for anybody.

Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import resource
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

# Ids that nobody should have; a child takes one by its process id, so that two seldom meet.
FIRST_ID, IDS = 52_000, 8_000
MOST_PROCESSES = 256  # threads count; only where the id is the child's alone
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITIES_3 = 0x20080522
_BOUNDING_DROP, _NO_NEW_PRIVILEGES, _LAST_CAPABILITY = 24, 38, 63


def hand_over(folder: Path, number: int) -> int:
    """Gives the folder to the user that root will become; returns the id, chosen by ``number``."""
    chosen = FIRST_ID + number % IDS
    for path in (folder, *folder.iterdir()):
        os.chown(path, chosen, chosen, follow_symlinks=False)
    return chosen


def become(chosen: int) -> None:
    """Another user, for good: root's privileges go with its id."""
    resource.setrlimit(resource.RLIMIT_NPROC, (MOST_PROCESSES, MOST_PROCESSES))
    os.setgroups([])
    os.setresgid(chosen, chosen, chosen)
    os.setresuid(chosen, chosen, chosen)


def without_privileges(libc: ctypes.CDLL) -> bool:
    """No capabilities and no way to get any by running a program."""
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for capability in range(_LAST_CAPABILITY + 1):
        if libc.prctl(_BOUNDING_DROP, capability, 0, 0, 0) != 0:
            break  # none of that number, or no right to drop any
    call = _CAPSET.get(os.uname().machine)
    if call is None:
        return False
    head = struct.pack("=Ii", _CAPABILITIES_3, 0)
    return bool(libc.syscall(call, head, struct.pack("=6I", *(0,) * 6)) == 0)


def unreadable(places: Iterable[Path]) -> Path | None:
    """The first folder on the way to a place that another user than root could not enter."""
    for place in places:
        whole = place.resolve()
        for folder in (*reversed(whole.parents), whole):
            wanted = stat.S_IXOTH if folder.is_dir() else stat.S_IROTH
            if not folder.stat().st_mode & wanted:
                return folder
    return None

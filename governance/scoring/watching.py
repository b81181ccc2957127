"""How much memory a child holds together with all it started, as the kernel counts it. Linux.

The limits of a process count addresses, not memory, and none of them pages that are shared: these
are counted here, from outside, where the child cannot reach. Files mapped from a disk are not: the
kernel can drop them whenever it wants.
"""

from __future__ import annotations

from pathlib import Path

_COUNTED = ("RssAnon:", "RssShmem:", "VmSwap:")
_MOST_PROCESSES = 1_000


def held(process: int) -> int:
    """Bytes; 0 where the kernel does not tell. What vanishes while we look holds nothing."""
    total, seen, left = 0, 0, [process]
    while left and seen < _MOST_PROCESSES:
        one, seen = left.pop(), seen + 1
        total += _of(one)
        left += _children(one)
    return total * 1024


def _of(process: int) -> int:
    """KiB of one process."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(errors="replace").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(_COUNTED))
    except (OSError, ValueError, IndexError):
        return 0


def _children(process: int) -> list[int]:
    """Those that any of its threads started."""
    found: list[int] = []
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    except (OSError, ValueError):
        pass
    return found

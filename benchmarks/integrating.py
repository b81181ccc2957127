"""A backlog given its place in the tree: ``python benchmarks/integrating.py [ENTRIES]``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.scratch import scratch


def main() -> int:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with scratch():
        from benchmarks.filling import fill

        began = time.perf_counter()
        fill(entries)
        filled = time.perf_counter() - began
        rate = integrate_all(entries)
    print("| step | entries | seconds | entries a second |\n| --- | ---: | ---: | ---: |")
    print(f"| filled by SQL | {entries:,} | {filled:.1f} | {entries / filled:,.0f} |")
    print(f"| integrated from the backlog | {entries:,} | {entries / rate:.1f} | {rate:,.0f} |")
    return 0


def integrate_all(entries: int) -> float:
    """Entries a second, checkpoints signed on the way."""
    from audit.models import LogState

    began = time.perf_counter()
    integrate_all_there_is()
    took = time.perf_counter() - began
    size = LogState.objects.get().size
    assert size == entries + 1, size  # and the entry that starts the log
    return entries / took


def integrate_all_there_is() -> None:
    from audit.services import integrate

    while integrate(batch=10_000):
        pass


if __name__ == "__main__":
    sys.exit(main())

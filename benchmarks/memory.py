"""What the running system holds in memory: proportional set size, process by process.

    python benchmarks/memory.py

PSS counts a page that n processes share as 1/n in each, so the sum is what the machine gives.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MIB = 700


def supervisor(data: Path) -> psutil.Process:
    try:
        pid = int((data / "run" / "lock").read_text().split()[0])
        process = psutil.Process(pid)
    except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
        raise SystemExit(f"Nothing runs on {data}: start it with make up.") from None
    if "config.supervisor" not in process.cmdline():
        raise SystemExit(f"Nothing runs on {data}: start it with make up.")
    return process


def pss_mib(process: psutil.Process) -> float:
    """Proportional set size; resident minus shared where the system does not tell (macOS)."""
    info = process.memory_full_info()
    return float(getattr(info, "pss", info.uss)) / 1024**2


def part(command: list[str]) -> str:
    line = " ".join(command)
    for word, name in (
        ("config.supervisor", "supervisor"),
        ("config.web", "web"),
        (" beat ", "clock"),
        ("celery", "worker"),
        ("postgres", "PostgreSQL"),
    ):
        if word in f"{line} ":
            return name
    return "other"


def main() -> int:
    root = supervisor(Path(os.environ.get("DATA") or ROOT / "var").resolve())
    rows: dict[str, list[float]] = {}
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.Error):  # ended meanwhile
            rows.setdefault(part(process.cmdline()), []).append(pss_mib(process))
    print(f"| {'part':<12} | processes | PSS, MiB |\n| {'-' * 12} | --------: | -------: |")
    for name, sizes in rows.items():
        print(f"| {name:<12} | {len(sizes):>9} | {sum(sizes):>8.0f} |")
    count, total = sum(map(len, rows.values())), sum(map(sum, rows.values()))
    print(f"| {'all of it':<12} | {count:>9} | {total:>8.0f} |")
    return 0 if total <= LIMIT_MIB else 1


if __name__ == "__main__":
    sys.exit(main())

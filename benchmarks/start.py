"""Measures a newcomer's wait: clone to first page, stop, second start.

    python3 benchmarks/start.py [REPOSITORY]

Clones into a temporary folder, runs ``make up EXAMPLE=0`` twice there, and prints a table.
Needs nothing but Python, git and make.
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 900.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def up(clone: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Starts the system; the process and the seconds until its first page."""
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "up", "EXAMPLE=0", f"PORT={port}"], cwd=clone, start_new_session=True
    )
    while time.monotonic() - began < PATIENCE_SECONDS:
        if process.poll() is not None:
            raise SystemExit("make up ended before its first page.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return process, time.monotonic() - began
        except OSError:
            time.sleep(0.05)
    raise SystemExit("No page came.")


def stop(process: subprocess.Popen[bytes]) -> float:
    """Ctrl-C, as the terminal sends it: to the whole foreground group."""
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.wait()
    return time.monotonic() - began


def main() -> int:
    source = sys.argv[1] if len(sys.argv) > 1 else str(ROOT)
    folder = Path(tempfile.mkdtemp(prefix="imprimatur-start-"))
    folder.chmod(0o755)
    try:
        clone, port = folder / "imprimatur", free_port()
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", source, str(clone)], check=True)
        cloned = time.monotonic() - began
        process, first = up(clone, port)
        time.sleep(2)
        first_stop = stop(process)
        process, second = up(clone, port)
        time.sleep(2)
        second_stop = stop(process)
    finally:
        shutil.rmtree(folder)
    print(f"\n{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| step | seconds |\n| --- | ---: |")
    print(f"| clone to first page, packages installed on the way | {cloned + first:.1f} |")
    print(f"| Ctrl-C to all stopped | {first_stop:.1f} |")
    print(f"| second `make up` to first page | {second:.1f} |")
    print(f"| Ctrl-C to all stopped, again | {second_stop:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""All benches in one run: boots a system of its own with the example, measures, stops it.

make bench
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.start import free_port  # noqa: E402

BOOT_SECONDS = 300.0


def boot(data: Path, port: int) -> subprocess.Popen[bytes]:
    """The whole system with its example; its last word is that it runs."""
    output = data / "output"
    process = subprocess.Popen(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env={**os.environ, "DATA": str(data), "PORT": str(port), "EXAMPLE": "1"},
        stdout=output.open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    deadline = time.monotonic() + BOOT_SECONDS
    while "Imprimatur runs" not in output.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(output.read_text())
        time.sleep(0.2)
    return process


def run(title: str, *command: str, data: Path) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    if title:
        print(f"\n### {title}\n\n{done.stdout.strip() or done.stderr.strip()}", flush=True)
    return done.stdout.strip()


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="imprimatur-bench-"))
    home.chmod(0o755)
    data, port = home / "data", free_port()
    data.mkdir()
    url = f"http://127.0.0.1:{port}"
    process = boot(data, port)
    try:
        print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
        run("A release and its checks", "benchmarks/release.py", data=data)
        token = run("", "manage.py", "issue_token", "ci", data=data)
        run("The mortgage suite", "benchmarks/suite_mortgage.py", url, token, data=data)
        run("A suite on a million rows", "benchmarks/suite_large.py", data=data)
        urllib.request.urlopen(f"{url}/healthz", timeout=10).close()
        time.sleep(600)  # idle: workers give back what the checks took
        run("Memory, idle", "benchmarks/memory.py", data=data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)
    # Each on a scratch database of its own, when nothing else runs.
    run("The verdict", "benchmarks/verdict.py", data=home)
    run("What an entry costs", "benchmarks/write_path.py", data=home)
    run("A backlog of a million entries", "benchmarks/integrating.py", data=home)
    run("The log at a million entries", "benchmarks/log_export.py", data=home)
    run("A dry run over a thousand releases", "benchmarks/dry_run.py", data=home)
    run("The inbox with 500 open releases", "benchmarks/inbox.py", data=home)
    run("Every list page with 10,000 models", "benchmarks/list_pages.py", data=home)
    run("The portfolio with a million figures", "benchmarks/portfolio.py", data=home)
    # The checks, each in processes of its own.
    run("Group metrics beside fairlearn's", "benchmarks/checks_counts.py", data=home)
    run("Counting shards by one worker and by two", "benchmarks/counting_shards.py", data=home)
    run("Counting on every engine", "benchmarks/counting_engines.py", data=home)
    run("The engine on large data", "benchmarks/checks_engine.py", data=home)
    run("Drift beside evidently's", "benchmarks/checks_drift.py", "--evidently", data=home)
    run("Explanations", "benchmarks/checks_explain.py", data=home)
    run("What the sandbox costs", "benchmarks/scoring_sandbox.py", data=home)
    run("How often the gate is wrong", "benchmarks/gate_simulation.py", data=home)
    run("... and the checks of performance", "benchmarks/checks_performance.py", data=home)
    return 0


if __name__ == "__main__":
    sys.exit(main())

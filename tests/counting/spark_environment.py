"""An environment of its own for PySpark, made once beside the project's: almost 1 GB."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements-spark.lock"
PLACE = Path(os.environ.get("SPARK_VENV") or ROOT / ".venv-spark")
_MADE = "made-from.lock"


def spark_python() -> Path:
    """Its interpreter. Skips, saying why, where Java or the package cannot be had; in CI it must
    be there, so that it is never left out unseen."""
    if shutil.which("java") is None:
        _give_up("there is no Java here")
    with PLACE.with_name(f"{PLACE.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        made = PLACE / _MADE
        if not made.exists() or made.read_text() != LOCK.read_text():
            _make()
            made.write_text(LOCK.read_text())
    return PLACE / "bin" / "python"


def _make() -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    python = str(PLACE / "bin" / "python")
    for command in (
        [sys.executable, "-m", "venv", str(PLACE)],
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=280)
        if done.returncode:
            _give_up(f"PySpark cannot be installed: {done.stderr.strip()[-300:]}")


def _give_up(why: str) -> None:
    if os.environ.get("REQUIRE_SPARK"):
        pytest.fail(f"REQUIRE_SPARK is set, and {why}.")
    pytest.skip(f"{why}: Spark's integers are not held against the others here")

"""MLflow in an environment of its own, made once and kept in a cache folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "3.17.2"
PACKAGES = (f"mlflow=={VERSION}", "psycopg2-binary")


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "imprimatur"


def mlflow(given: Path | None) -> Path:
    """The ``mlflow`` program: of the environment that was given, else of our own."""
    if given is not None:
        program = given / "bin" / "mlflow"
        if not program.exists():
            raise SystemExit(f"There is no {program}: give a virtual environment with MLflow.")
        return program
    home = cache() / f"mlflow-{VERSION}"
    if not (home / "complete").exists():  # one that was broken off does not count
        shutil.rmtree(home, ignore_errors=True)
        print(f"Installing MLflow {VERSION} in {home}; this takes minutes.", file=sys.stderr)
        _make(home)
        (home / "complete").touch()
    return home / "bin" / "mlflow"


def _make(home: Path) -> None:
    python = home / "bin" / "python"
    if uv := shutil.which("uv"):
        steps = (
            [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
            [uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES],
        )
    else:
        steps = (
            [sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", *PACKAGES],
        )
    home.parent.mkdir(parents=True, exist_ok=True)
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"MLflow cannot be installed here: {done.stderr.strip()[-500:]}")

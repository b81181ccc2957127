"""Virtual environments for clients of other versions than ours, made once and kept in a cache.

MLFLOW_CLIENTS names the folder (default: ``~/.cache/imprimatur/mlflow-clients``). Nothing of the
project's own environment is touched or seen.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CLIENTS = {  # what the tests call it -> what is installed
    "2.22": ["mlflow-skinny==2.22.*"],
    "3.6": ["mlflow-skinny==3.6.*"],
    "3.17.2": ["mlflow-skinny==3.17.2"],
}
LOADING = ["numpy", "pandas"]  # without them the skinny client has no mlflow.pyfunc
SERVER = ["mlflow==3.17.2"]
LIMIT = 600.0  # seconds for one installation


def cache() -> Path:
    default = Path.home() / ".cache" / "imprimatur" / "mlflow-clients"
    return Path(os.environ.get("MLFLOW_CLIENTS", default))


def client(version: str) -> Path:
    """The Python that has mlflow-skinny of this version, or a skip that says why not."""
    return _made(f"skinny-{version}", [*CLIENTS[version], *LOADING])


def script() -> Path:
    """The Python that examples/mlflow_script.py asks for."""
    return _made("script", [*CLIENTS["3.17.2"], *LOADING, "scikit-learn", "skops"])


def server() -> Path:
    """The Python that has all of MLflow, or a skip that says why not."""
    return _made("server", SERVER)


def _made(name: str, wanted: list[str]) -> Path:
    folder = cache() / name
    python = folder / "bin" / "python"
    done = folder / "installed"
    with _alone(name):
        if done.exists() and done.read_text().split() == wanted:
            return python
        shutil.rmtree(folder, ignore_errors=True)
        uv = _uv()
        try:
            if uv:
                _run(uv, "venv", "-q", "--python", sys.executable, str(folder))
                _run(uv, "pip", "install", "-q", "--python", str(python), *wanted)
            else:
                _run(sys.executable, "-m", "venv", str(folder))
                _run(str(python), "-m", "pip", "install", "-q", *wanted)
        except (OSError, subprocess.SubprocessError) as error:
            why = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"{wanted[0]} cannot be installed here: {why}")
        done.write_text("\n".join(wanted))
    return python


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _run(*words: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run(
        words, check=True, capture_output=True, text=True, timeout=LIMIT, env=environment
    )


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process installs, the others wait for it."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

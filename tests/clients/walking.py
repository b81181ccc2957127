"""Starts the walk in a client's environment, and says which steps there are."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.clients.walk import NOUNS

HERE = Path(__file__).resolve().parent
LIMIT = 240.0
Seen = dict[str, dict[str, Any]]

# A client that tries for minutes hides what it was answered; one that phones home is not asked.
SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def steps() -> list[str]:
    """The names of all steps, read from the text: the modules need a client to be imported."""
    return [
        f"{noun}.{node.name}"
        for noun in NOUNS
        for node in ast.parse((HERE / "walk" / f"{noun}.py").read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def environment(token: str = "", **extra: str) -> dict[str, str]:
    """What the client's process is given: nothing of ours but the token."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    access = {"MLFLOW_TRACKING_TOKEN": token} if token else {}
    return kept | SETTINGS | access | extra


def walk(
    python: Path, url: str, folder: Path, *, token: str = "", given: dict[str, Any] | None = None
) -> Seen:
    """What each step saw. ``given``: what the server holds already, for the steps on it."""
    output = folder / "seen.json"
    (folder / "given.json").write_text(json.dumps(given or {}))
    done = subprocess.run(
        [str(python), "-m", "walk", url, str(folder), str(output)],
        cwd=HERE,
        env=environment(token, WALK_PREFIX=f"w{uuid4().hex[:8]}"),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    seen: Seen = json.loads(output.read_text())
    return seen

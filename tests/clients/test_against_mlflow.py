"""The same walk against MLflow's own server and against ours: what the client sees is the same."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import environments, walking
from tests.clients.conftest import Door
from tests.clients.walking import Seen
from tests.town import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.clones,
    pytest.mark.xdist_group("mlflow-clients"),
    pytest.mark.timeout(900),
]
CLIENT = "3.17.2"
# MLflow's server looks for a logged model in its own store, and answers 500 when the tracking store
# is another one; it takes no source with a local path or on another host.
TAKEN_BY_US_ALONE = {step for step in walking.steps() if step.startswith("files.")}


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of MLflow's server: one worker, SQLite, loopback."""
    python = environments.server()
    folder: Path = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(str(python), "-m", "mlflow", "server", "--workers", "1"),
                *("--host", "127.0.0.1", "--port", str(port)),
                *("--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"),
                *("--artifacts-destination", str(folder / "artifacts")),
            ],
            cwd=folder,
            env=walking.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _answers(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-2_000:]
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-2_000:])


@pytest.fixture(scope="module")
def both(door: Door, mlflow: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    python = environments.client(CLIENT)
    theirs = walking.walk(python, mlflow, tmp_path_factory.mktemp("theirs"))
    ours = walking.walk(python, door.url, tmp_path_factory.mktemp("ours"), token=door.token)
    return theirs, ours


@pytest.mark.parametrize("step", [s for s in walking.steps() if s not in TAKEN_BY_US_ALONE])
def test_the_client_sees_the_same(both: tuple[Seen, Seen], step: str) -> None:
    theirs, ours = both[0][step], both[1][step]
    if "cannot" in theirs:
        pytest.skip(theirs["cannot"])
    assert "wrong" not in theirs, theirs["wrong"]
    assert ours == theirs


@pytest.mark.parametrize("step", sorted(TAKEN_BY_US_ALONE))
def test_a_tracking_store_of_its_own_is_no_hindrance(both: tuple[Seen, Seen], step: str) -> None:
    assert "wrong" in both[0][step], "MLflow does it by now: compare it with ours above"
    assert "wrong" not in both[1][step], both[1][step]["wrong"]

"""The same walk against MLflow's own server and against ours: what the client sees is the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients import environments, walking
from tests.clients.conftest import Door
from tests.clients.mlflow_server import running
from tests.clients.walking import Seen

pytestmark = [
    pytest.mark.slow,
    pytest.mark.clones,
    pytest.mark.xdist_group("mlflow-clients"),
    pytest.mark.timeout(900),
]
CLIENT = "3.17.2"
# MLflow's server looks for a logged model in its own store, and answers 500 when the tracking store
# is another one; it takes no source with a local path, and has no folders of versions.
TAKEN_BY_US_ALONE = {step for step in walking.steps() if step.startswith("files.")}
STEPS = [step for step in walking.steps() if step.split(".")[0] not in ("files", "governed")]


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(scope="module")
def both(door: Door, mlflow: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    python = environments.client(CLIENT)
    theirs = walking.walk(python, mlflow, tmp_path_factory.mktemp("theirs"))
    ours = walking.walk(python, door.url, tmp_path_factory.mktemp("ours"), token=door.token)
    return theirs, ours


@pytest.mark.parametrize("step", STEPS)
def test_the_client_sees_the_same(both: tuple[Seen, Seen], step: str) -> None:
    theirs, ours = both[0][step], both[1][step]
    assert "wrong" not in theirs, theirs["wrong"]
    assert ours == theirs


@pytest.mark.parametrize("step", sorted(TAKEN_BY_US_ALONE))
def test_a_tracking_store_of_its_own_is_no_hindrance(both: tuple[Seen, Seen], step: str) -> None:
    assert "wrong" in both[0][step], "MLflow does it by now: compare it with ours above"
    assert "wrong" not in both[1][step], both[1][step]["wrong"]

"""The client as it comes, of three generations: only the address of the registry is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import environments, walking
from tests.clients.conftest import Door
from tests.clients.walking import Seen

pytestmark = [
    pytest.mark.clones,
    pytest.mark.xdist_group("mlflow-clients"),
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module", params=list(environments.CLIENTS))
def seen(
    request: pytest.FixtureRequest, door: Door, tmp_path_factory: pytest.TempPathFactory
) -> Seen:
    """The whole walk of one client."""
    python = environments.client(request.param)
    folder: Path = tmp_path_factory.mktemp("walk")
    return walking.walk(python, door.url, folder, token=door.token, given=door.given)


@pytest.mark.parametrize("step", walking.steps())
def test_the_client_cannot_tell_the_difference(seen: Seen, step: str) -> None:
    outcome = seen[step]
    if "cannot" in outcome:
        pytest.skip(outcome["cannot"])
    assert "wrong" not in outcome, outcome["wrong"]

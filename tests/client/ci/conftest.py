from __future__ import annotations

from pathlib import Path

import pytest

from tests.client.ci.runner import Runner
from tests.client.serving import Server


@pytest.fixture
def runner(server: Server, tmp_path: Path) -> Runner:
    access = server.environment()
    names = ("IMPRIMATUR_URL", "IMPRIMATUR_TOKEN")
    work = tmp_path / "checkout"
    work.mkdir()
    return Runner(work, {name: access[name] for name in names})

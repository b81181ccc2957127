"""One live server, in a database of its own, for all the clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from jobs import services
from tests import cast
from tests.client.serving import Server
from tests.conftest import cloned


@dataclass
class Door:
    """Where the MLflow client finds us, and the token it carries."""

    url: str
    token: str


@pytest.fixture(scope="module")
def door(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Door]:
    """New models are not governed here, as in plain MLflow; those that are, a test makes."""
    folder: Path = tmp_path_factory.mktemp("door")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), cloned():
        patch.setattr(settings, "ARTIFACT_STORE", (folder / "artifacts").as_uri())
        patch.setattr(settings, "WORK_DIR", folder / "work")
        patch.setattr(settings, "LOG_KNOWN", folder / "known-checkpoint")
        patch.setattr(settings, "GOVERN_NEW_MODELS", False, raising=False)
        patch.setattr(services, "publish", lambda *_: None)
        running = Server()
        yield Door(running.url, cast.token("developer")[1])
        running.stop()

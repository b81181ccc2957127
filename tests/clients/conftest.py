"""One live server, in a database of its own, for all the clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from governance.models import Authorization
from governance.services import authorizations
from jobs import services
from registry.models import ModelVersion
from tests import cast
from tests.client.serving import Server
from tests.conftest import cloned
from tests.governance.make import (
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_released,
    make_sealed_version,
    sign,
)
from tests.registry.make import make_model


@dataclass
class Door:
    """Where the MLflow client finds us, and the token it carries."""

    url: str
    token: str
    given: dict[str, Any]


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
        patch.setattr(services, "publish", lambda *_: None)
        running = Server()
        patch.setattr(settings, "PUBLIC_URL", running.url)
        given = governed(make_bank(cast.people()))
        patch.setattr(settings, "GOVERN_NEW_MODELS", False)
        yield Door(running.url, cast.token("developer")[1], given)
        running.stop()


def governed(bank: Bank) -> dict[str, Any]:
    """A version in force, one that is sealed and no more, and one that was called back."""
    champion = make_released(bank).version
    sealed = make_sealed_version(bank)
    make_model("withdrawn", use_case="mortgage", owner=bank.people.ada)
    called_back = make_sealed_version(bank, model="withdrawn")
    release = finish_suite(make_release(bank, version=called_back))
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    reason = "It approves whoever asks twice"
    authorizations.revoke(
        Authorization.objects.get(release=release), reason=reason, actor=bank.people.rita.actor
    )
    return {
        "authorized": named(champion),
        "sealed": named(sealed),
        "revoked": named(called_back) | {"reason": reason},
    }


def named(version: ModelVersion) -> dict[str, Any]:
    digests = {file["path"]: file["digest"] for file in version.manifest}
    return {"model": version.model.name, "version": str(version.number), "digests": digests}

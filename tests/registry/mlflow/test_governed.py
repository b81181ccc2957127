"""A governed model at the door: what governance refuses is 403 with the reason. Here the ports give
their careful answers; what governance itself says is tried in ``tests/governance``."""

from __future__ import annotations

from typing import Any

import pytest

from lib.actor import SYSTEM
from lib.errors import Refused
from registry import guards
from registry.models import RegisteredModel
from tests.registry.make import make_version
from tests.registry.mlflow.caller import Caller

DENIED = (403, "PERMISSION_DENIED")


@pytest.fixture
def governed(door: Caller, settings: Any) -> Caller:
    settings.GOVERN_NEW_MODELS = True
    assert door.model()["governed"] is True
    door.version()
    make_version(RegisteredModel.objects.get(), actor=SYSTEM)
    return door


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("POST", "registered-models/alias", {"alias": "champion", "version": "2"}),
        ("POST", "model-versions/transition-stage", {"version": "2", "stage": "Production"}),
        ("DELETE", "model-versions/delete", {"version": "2"}),
        ("DELETE", "registered-models/delete", {}),
        ("POST", "registered-models/rename", {"new_name": "n"}),
        ("GET", "model-versions/get-download-uri", {"version": "2"}),
    ],
)
def test_what_takes_an_authorization_is_refused_with_the_reason(
    governed: Caller, method: str, path: str, fields: dict[str, Any]
) -> None:
    status, code, message = governed.refused(method, path, name="m", **fields)
    assert (status, code) == DENIED
    assert len(message.split()) > 4
    assert (
        governed.get("model-versions/get", name="m", version="2")["model_version"]["aliases"] == []
    )


def test_what_takes_none_goes_on(governed: Caller) -> None:
    governed.post("registered-models/alias", name="m", alias="candidate", version="2")
    governed.post("model-versions/transition-stage", name="m", version="2", stage="Staging")
    governed.post("model-versions/set-tag", name="m", version="2", key="k", value="v")


def test_a_revoked_version_is_not_handed_out(governed: Caller) -> None:
    def revoked(version: object, actor: object) -> None:
        raise Refused("Its authorization was revoked: the data were wrong.")

    guards.plug(may_download=revoked)
    assert governed.refused("GET", "model-versions/get-download-uri", name="m", version="1") == (
        *DENIED,
        "Its authorization was revoked: the data were wrong.",
    )


def test_without_governance_it_is_as_over_there(door: Caller) -> None:
    assert door.model()["governed"] is False
    door.version()
    door.post("registered-models/alias", name="m", alias="champion", version="1")
    door.post("model-versions/transition-stage", name="m", version="1", stage="Production")
    door.get("model-versions/get-download-uri", name="m", version="1")
    door.delete("model-versions/delete", name="m", version="1")
    door.delete("registered-models/delete", name="m")

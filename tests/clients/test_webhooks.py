"""MLflow's client makes a webhook here, and MLflow's own code finds what it is told genuine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import WebhookDelivery
from lib.actor import SYSTEM
from registry.services import models, unsealed, versions
from tests import cast
from tests.accounts.make_webhooks import work
from tests.accounts.receiver import Heard, receiving
from tests.clients import environments, walking
from tests.clients.conftest import Door

pytestmark = [
    pytest.mark.clones,
    pytest.mark.xdist_group("mlflow-clients"),
    pytest.mark.timeout(900),
]
HERE = Path(__file__).resolve().parent
SECRET = "test-secret-key"


@pytest.fixture(params=["3.6", "3.17.2"])
def python(request: pytest.FixtureRequest) -> Path:
    """Those that know webhooks."""
    return environments.client(request.param)


def hooked(python: Path, *arguments: str, token: str = "", heard: str = "") -> Any:
    done = subprocess.run(
        [str(python), str(HERE / "hooked.py"), *arguments],
        env=walking.environment(token),
        input=heard,
        capture_output=True,
        text=True,
        timeout=walking.LIMIT,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    return json.loads(done.stdout)


def test_mlflow_finds_what_it_is_told_genuine(
    door: Door, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE_HOSTS", ["127.0.0.1"])
    with receiving() as receiver:
        token = cast.token("operator")[1]
        seen = hooked(python, "make", door.url, receiver.address, token=token)
        assert seen == {
            "events": ["registered_model.created", "model_version_tag.set"],
            "read": True,
            "listed": [True],
            "tried": [True, 200, None],
            "changed": ["cd", "DISABLED", "ACTIVE", "starts"],
            "refused": "INVALID_PARAMETER_VALUE",
        }
        model = models.register_model(name=f"m{python.parts[-3]}", actor=SYSTEM)
        version = unsealed.register_unsealed(model, source="s3://b/m", actor=SYSTEM)
        versions.tag_version(version, put={"k": "ü" * 50_000}, actor=SYSTEM)
        work()
        heard = receiver.heard
    events = ["registered_model.created", "registered_model.created", "model_version_tag.set"]
    assert verified(python, SECRET, heard) == [
        {"event": event, "signed": True, "fields": True} for event in events
    ]
    assert not any(each["signed"] for each in verified(python, "another", heard))
    assert WebhookDelivery.objects.filter(state="delivered").count() >= len(heard)


def verified(python: Path, secret: str, heard: list[Heard]) -> Any:
    told = json.dumps([{"headers": one.headers, "body": one.body.decode()} for one in heard])
    return hooked(python, "verify", secret, heard=told)


@pytest.fixture(autouse=True)
def _none_left(door: Door) -> Any:
    """The clients share a database: each finds no webhook of another."""
    yield
    from accounts.services import webhooks

    for row in webhooks.endpoints(actor=SYSTEM):
        webhooks.delete(row, actor=SYSTEM)

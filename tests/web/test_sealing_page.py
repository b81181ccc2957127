"""The part of the version page that has it sealed: who may, what it says, what comes of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job
from lib.actor import SYSTEM
from registry.models import ModelVersion, Sealing
from registry.services import sealing, unsealed, version_files
from tests import cast
from tests.registry.make import make_model

pytestmark = pytest.mark.django_db
PAGE = "/models/free/versions/1/"
NOWHERE = "from where this server fetches nothing"


@pytest.fixture
def version(people: cast.People) -> ModelVersion:
    model = make_model("free", use_case="")
    return unsealed.register_unsealed(model, source="s3://bucket/m", actor=SYSTEM)


@pytest.fixture
def uploaded(version: ModelVersion) -> ModelVersion:
    version_files.add_file(version, path="a", stream=BytesIO(b"a"), size=1, actor=SYSTEM)
    version.refresh_from_db()
    return version


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(person: Any) -> str:
    answer = browser(person).get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_button_is_shut_with_the_reason_beside_it(
    version: ModelVersion, people: cast.People
) -> None:
    shown = page(people.dev)
    assert "Fetch and seal v1" in shown
    assert "disabled" in shown
    assert NOWHERE in shown
    assert "versions/free/1" in shown


def test_whoever_may_write_asks_once_and_follows_it(
    uploaded: ModelVersion, people: cast.People
) -> None:
    client = browser(people.dev)
    assert "Seal v1" in page(people.dev)
    for _ in range(2):
        assert client.post(f"{PAGE}seal/").url == PAGE
    assert Job.objects.filter(kind="model_version.seal").count() == 1
    assert "Waiting for a worker" in page(people.dev)
    live = client.get(f"{PAGE}sealing/")
    assert live.status_code == 200
    assert "HX-Redirect" not in live


def test_a_failure_is_told_and_tried_again(uploaded: ModelVersion, people: cast.People) -> None:
    sealing.request_seal(uploaded, actor=SYSTEM)
    sealing.fail(str(Sealing.objects.get().id), "There is no <MLmodel> file.")
    shown = page(people.dev)
    assert "There is no &lt;MLmodel&gt; file." in shown
    assert "Try again to seal v1" in shown
    assert browser(people.dev).get(f"{PAGE}sealing/")["HX-Redirect"] == PAGE


def test_who_only_reads_asks_for_nothing(uploaded: ModelVersion, people: cast.People) -> None:
    assert "changes nothing" in page(people.otto)
    assert browser(people.otto).post(f"{PAGE}seal/").status_code == 403
    assert browser(people.mallory).get(f"{PAGE}sealing/").status_code == 403
    for path in ("seal/", "sealing/"):
        assert "/accounts/login/" in Client().get(PAGE + path).url
    assert not Job.objects.filter(kind="model_version.seal").exists()


def test_a_source_that_is_refused_meanwhile_is_told(
    version: ModelVersion, people: cast.People
) -> None:
    answer = browser(people.dev).post(f"{PAGE}seal/", follow=True)
    assert NOWHERE in answer.content.decode()

"""Sealing over REST and from the command line."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Job
from lib.actor import SYSTEM
from registry.models import ModelVersion
from registry.services import sealing, unsealed, version_files
from tests import cast
from tests.registry import make
from tests.registry.test_sealing import attempt

pytestmark = pytest.mark.django_db
SEAL = "/api/v1/models/credit/versions/1/seal"


@pytest.fixture
def version() -> ModelVersion:
    return unsealed.register_unsealed(make.make_model(), source="s3://bucket/m", actor=SYSTEM)


@pytest.fixture
def uploaded(version: ModelVersion) -> ModelVersion:
    version_files.add_file(
        version, path="model.onnx", stream=BytesIO(b"onnx"), size=4, actor=SYSTEM
    )
    version.refresh_from_db()
    return version


def post(body: Any = None, who: Any = "ci") -> Any:
    return cast.api(who).post(SEAL, body or {}, format="json")


def carry_out() -> None:
    asked = ModelVersion.objects.get().sealings.latest("id")
    attempt(asked)


def test_a_source_from_which_nothing_is_fetched_says_what_to_do(version: ModelVersion) -> None:
    answer = post()
    assert answer.status_code == 422
    assert "imprimatur register" in answer.json()["detail"]
    assert cast.api("ci").get(SEAL).json()["state"] == "unsealed"
    assert not Job.objects.exists()


def test_it_is_asked_for_followed_and_over(uploaded: ModelVersion) -> None:
    body = {"format": "onnx", "signature": make.SIGNATURE}
    first = post(body)
    assert (first.status_code, first.json()["state"]) == (202, "waiting")
    assert post(body).status_code == 202
    assert Job.objects.count() == 1
    carry_out()
    over = post()
    assert (over.status_code, over.json()["state"]) == (200, "sealed")
    assert over.json()["digest"] == cast.api("ci").get(SEAL[:-5]).json()["digest"]


def test_a_failure_is_shown_with_its_reason_and_asked_again(uploaded: ModelVersion) -> None:
    post()
    carry_out()
    told = cast.api("ci").get(SEAL).json()
    assert told["state"] == "failed"
    assert "no MLmodel" in told["error"]
    assert post({"format": "onnx", "signature": make.SIGNATURE}).status_code == 202
    carry_out()
    assert cast.api("ci").get(SEAL).json()["state"] == "sealed"


@pytest.mark.parametrize(
    "body",
    [{"format": "pickle"}, {"signature": {"inputs": []}}, {"signature": 3}, {"other": 1}],
)
def test_what_cannot_be_is_refused_by_name(uploaded: ModelVersion, body: Any) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_who_may_do_what(uploaded: ModelVersion) -> None:
    assert [post(who=who).status_code for who in (None, "auditor", "ci")] == [401, 403, 202]
    assert cast.api("auditor").get(SEAL).status_code == 200


def test_the_command_asks_and_says_what_came_of_it(uploaded: ModelVersion) -> None:
    said = StringIO()
    call_command("seal_version", "credit", "1", stdout=said)
    assert "waits for a worker" in said.getvalue()
    sealing.fail(str(uploaded.sealings.get().id), "There is no MLmodel file.")
    with pytest.raises(CommandError, match="no version 7"):
        call_command("seal_version", "credit", "7")
    unsealed.seal_version(
        uploaded, manifest=uploaded.manifest, format="onnx", signature=make.SIGNATURE, actor=SYSTEM
    )
    call_command("seal_version", "credit", "1", stdout=said)
    assert str(ModelVersion.objects.get().digest) in said.getvalue()

"""Sealing a version that has only a source: a server on loopback stands for the tracking one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import jobs.services
from audit.models import Entry
from jobs.models import Job, JobState
from lib.actor import SYSTEM
from lib.errors import NotFound, Refused, Unprocessable
from registry.artifacts import store
from registry.models import ModelVersion, Sealing, SealingState, VersionState
from registry.services import sealing, unsealed, versions
from registry.tasks import seal
from tests.registry import make
from tests.registry.tracking import Tracking, tracking

pytestmark = pytest.mark.django_db
MLMODEL = b"""flavors:
  onnx: {data: model.onnx}
signature:
  inputs: '[{"name": "income", "type": "double"}]'
  outputs: '[{"name": "score", "type": "double"}]'
"""
FILES = {"7/art/MLmodel": MLMODEL, "7/art/model.onnx": b"weights", "7/art/more/notes.md": b""}


@pytest.fixture
def server(settings: Any) -> Iterator[Tracking]:
    with tracking() as running:
        running.files = dict(FILES)
        settings.MLFLOW_TRACKING_SOURCES = [running.address]
        yield running


def unsealed_one(source: str, name: str = "credit") -> ModelVersion:
    model = make.make_model(name)
    return unsealed.register_unsealed(model, source=source, actor=SYSTEM)


def carried_out(version: ModelVersion, **given: Any) -> Sealing:
    """Asked for, and carried out by a worker as often as it asks to be."""
    asked = sealing.request_seal(version, actor=SYSTEM, **given)
    assert asked is not None
    attempt(asked)
    return asked


def attempt(asked: Sealing) -> None:
    row = Job.objects.get(kind="model_version.seal", key=str(asked.id))
    Job.objects.filter(pk=row.pk).update(run_after=None)
    job = jobs.services.lease(row.id)
    assert job is not None
    try:
        seal(job)
    except Exception as error:
        jobs.services.fail(job, str(error))
        raise
    finally:
        asked.refresh_from_db()
    jobs.services.finish(job)


def test_it_fetches_hashes_and_freezes(server: Tracking) -> None:
    version = unsealed_one(server.source("7/art"))
    asked = carried_out(version)
    version.refresh_from_db()
    assert (asked.state, version.state) == (SealingState.SEALED, VersionState.SEALED)
    assert [file["path"] for file in version.manifest] == ["MLmodel", "model.onnx", "more/notes.md"]
    assert version.format == "onnx"
    assert version.signature["inputs"] == [{"name": "income", "type": "double"}]
    with store().open(version.manifest[1]["digest"]) as file:
        assert file.read() == b"weights"
    told = list(Entry.objects.filter(subject_key=version.key).values_list("action", flat=True))
    assert {"model_version.ask_seal", "model_version.seal"} <= set(told)


def test_asked_for_twice_it_is_done_once(server: Tracking) -> None:
    version = unsealed_one(server.source("7/art"))
    first = sealing.request_seal(version, actor=SYSTEM)
    assert sealing.request_seal(version, actor=SYSTEM) == first
    assert first is not None
    attempt(first)
    assert sealing.request_seal(version, actor=SYSTEM) is None
    assert version.sealings.count() == 1


@pytest.mark.parametrize("kind", ["runs", "logged", "relative"])
def test_a_run_or_logged_model_leads_to_its_files(server: Tracking, kind: str) -> None:
    server.answers = {
        "/mlflow/runs/get": {"run": {"info": {"artifact_uri": "mlflow-artifacts:/7"}}},
        "/mlflow/logged-models/m-1a": {
            "model": {"info": {"artifact_uri": "mlflow-artifacts:/7/art"}}
        },
    }
    sources = {"runs": "runs:/ab12/art", "logged": "models:/m-1a"}
    carried_out(unsealed_one(sources.get(kind, "mlflow-artifacts:/7/art")))
    assert ModelVersion.objects.get().state == VersionState.SEALED


def test_a_run_whose_files_are_in_a_bucket_says_what_to_do(server: Tracking) -> None:
    uri = {"run": {"info": {"artifact_uri": "s3://bucket/7"}}}
    server.answers = {"/mlflow/runs/get": uri}
    asked = carried_out(unsealed_one("runs:/ab12/art"))
    assert asked.state == SealingState.FAILED
    assert "an S3 bucket" in asked.error


def test_a_file_that_ends_early_is_tried_again_and_the_others_are_kept(server: Tracking) -> None:
    server.broken = {"7/art/model.onnx"}
    version = unsealed_one(server.source("7/art"))
    asked = sealing.request_seal(version, actor=SYSTEM)
    assert asked is not None
    with pytest.raises(Exception, match="ended after"):
        attempt(asked)
    assert [file["path"] for file in asked.files] == ["MLmodel"]
    server.broken = set()
    attempt(asked)
    assert asked.state == SealingState.SEALED
    assert server.fetched.count("7/art/MLmodel") == 1


def test_a_server_that_stays_away_is_told_of_and_nothing_is_lost(server: Tracking) -> None:
    server.status = 500
    version = unsealed_one(server.source("7/art"))
    asked = sealing.request_seal(version, actor=SYSTEM)
    assert asked is not None
    for _ in range(3):
        with pytest.raises(Exception, match="answers 500"):
            attempt(asked)
    attempt(asked)
    assert asked.state == SealingState.FAILED
    assert "answers 500" in asked.error
    version.refresh_from_db()
    assert version.state == VersionState.UNSEALED
    server.status = 200
    assert carried_out(version).state == SealingState.SEALED
    assert Job.objects.exclude(state=JobState.DONE).count() == 0


@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_an_answer_that_is_no_file_is_a_reason(server: Tracking, status: int) -> None:
    server.status = status
    asked = carried_out(unsealed_one(server.source("7/art")))
    assert asked.state == SealingState.FAILED
    assert str(status) in asked.error


def test_a_server_that_nobody_named_is_not_asked(server: Tracking, settings: Any) -> None:
    source = server.source("7/art")
    settings.MLFLOW_TRACKING_SOURCES = ["https://mlflow.bank.example"]
    with pytest.raises(Unprocessable, match="MLFLOW_TRACKING_SOURCES"):
        sealing.request_seal(unsealed_one(source), actor=SYSTEM)
    assert not server.fetched


def test_the_token_that_the_operator_gave_is_sent(server: Tracking, settings: Any) -> None:
    server.token = "s3cret"
    settings.MLFLOW_TRACKING_SOURCES = [f"http://s3cret@127.0.0.1:{server.port}"]
    assert carried_out(unsealed_one(server.source("7/art"))).state == SealingState.SEALED


def test_too_much_is_refused(server: Tracking, settings: Any) -> None:
    settings.SEAL_MAX_BYTES = 100
    asked = carried_out(unsealed_one(server.source("7/art")))
    assert "more than 100 bytes" in asked.error


def test_a_name_that_steps_out_is_refused(server: Tracking) -> None:
    server.files = {"7/art/..": b"out"}
    asked = carried_out(unsealed_one(server.source("7/art")))
    assert asked.state == SealingState.FAILED


def test_a_pickle_is_sealed_and_never_loaded(server: Tracking) -> None:
    flavours = MLMODEL.replace(b"onnx: {data: model.onnx}", b"sklearn: {pickled_model: model.pkl}")
    server.files = {"7/art/MLmodel": flavours, "7/art/model.pkl": b"\x80"}
    asked = carried_out(unsealed_one(server.source("7/art")))
    assert ModelVersion.objects.get().format == "predictions"
    assert "never loaded" in asked.note


def test_one_without_a_signature_can_be_given_one(server: Tracking) -> None:
    server.files["7/art/MLmodel"] = b"flavors:\n  onnx: {data: model.onnx}\n"
    version = unsealed_one(server.source("7/art"))
    asked = carried_out(version)
    assert "infer_signature" in asked.error
    assert carried_out(version, signature=make.SIGNATURE).state == SealingState.SEALED


def test_one_without_an_mlmodel_file_can_be_given_a_format(server: Tracking) -> None:
    del server.files["7/art/MLmodel"]
    version = unsealed_one(server.source("7/art"))
    assert "no MLmodel" in carried_out(version).error
    assert carried_out(version, format="onnx", signature=make.SIGNATURE).state == "sealed"


def test_another_version_of_ours_lends_its_files() -> None:
    origin = make.make_version(make.make_model("origin"))
    version = unsealed_one("models:/origin/1")
    assert carried_out(version).state == SealingState.SEALED
    version.refresh_from_db()
    assert (version.digest, version.signature) == (origin.digest, origin.signature)


def test_whoever_may_not_see_it_cannot_have_it_lent() -> None:
    make.make_version(make.make_model("origin", use_case=""))
    version = unsealed_one("models:/origin/1")
    actor = make.scoped_actor("registry.read", "registry.write")
    with pytest.raises(NotFound):
        sealing.request_seal(version, actor=actor)
    with pytest.raises(Refused):
        sealing.request_seal(version, actor=make.scoped_actor("registry.read"))


def test_one_that_was_deleted_meanwhile_stays_deleted(server: Tracking) -> None:
    version = unsealed_one(server.source("7/art"))
    asked = sealing.request_seal(version, actor=SYSTEM)
    assert asked is not None
    versions.delete_version(version, actor=SYSTEM)
    attempt(asked)
    assert asked.state == SealingState.FAILED
    assert "deleted" in asked.error

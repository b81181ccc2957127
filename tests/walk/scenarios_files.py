"""One way through each service that brings files to a version which has only a source."""

from __future__ import annotations

from io import BytesIO

from django.test import override_settings

from jobs.models import Job
from jobs.registry import LeasedJob
from jobs.services import lease
from lib.actor import SYSTEM
from registry.models import ModelVersion, Sealing
from registry.models.sealing import SEAL
from registry.services import artifacts, downloads, sealing, unsealed, version_files
from tests.governance.make import Bank, make_sealed_version
from tests.registry.make import SIGNATURE, make_manifest, make_model
from tests.walk.leaving import Act, leaves


def version_without_files() -> ModelVersion:
    model = make_model("free", use_case="", governed=False)
    return unsealed.register_unsealed(model, source="s3://bucket/model", actor=SYSTEM)


def version_with_file() -> ModelVersion:
    version = version_without_files()
    version_files.add_file(version, path="a", stream=BytesIO(b"a"), size=1, actor=SYSTEM)
    version.refresh_from_db()
    return version


def asked() -> Sealing:
    found = sealing.request_seal(version_with_file(), actor=SYSTEM)
    assert found is not None
    return found


def leased(found: Sealing) -> LeasedJob:
    job = lease(Job.objects.get(kind=SEAL, key=str(found.id)).id)
    assert job is not None
    return job


@leaves("registry.artifacts.store_stream", "artifact.store")
def store_stream(bank: Bank) -> Act:
    return lambda: artifacts.store_stream(BytesIO(b"new"), size=None, limit=9, actor=SYSTEM)


@leaves("registry.version_files.add_file", "artifact.store", "model_version.add_file")
def add_file(bank: Bank) -> Act:
    version = version_without_files()
    return lambda: version_files.add_file(
        version, path="a/b", stream=BytesIO(b"file"), size=4, actor=SYSTEM
    )


@leaves("registry.version_files.remove_files", "model_version.remove_file")
def remove_files(bank: Bank) -> Act:
    version = version_with_file()
    return lambda: version_files.remove_files(version, path="a", actor=SYSTEM)


@leaves("registry.sealing.request_seal", "model_version.ask_seal")
def request_seal(bank: Bank) -> Act:
    version = version_with_file()
    return lambda: sealing.request_seal(version, actor=SYSTEM)


@leaves("registry.sealing.finish", "artifact.store", "model_version.seal")
def finish(bank: Bank) -> Act:
    found, files = asked(), make_manifest(b"weights that came later")
    job = leased(found)
    return lambda: sealing.finish(
        found,
        manifest=files,
        format="onnx",
        signature=SIGNATURE,
        note="",
        job=job,
    )


@leaves("registry.sealing.fail", "model_version.fail_seal")
def fail(bank: Bank) -> Act:
    found = asked()
    return lambda: sealing.fail(str(found.id), "There are no files.")


@leaves("registry.sealing.give_up", "model_version.fail_seal")
def give_up(bank: Bank) -> Act:
    job = leased(asked())
    return lambda: sealing.give_up(job, "It took too long.")


@leaves("registry.downloads.download_uri", "model_version.pull")
def download_uri(bank: Bank) -> Act:
    version = make_sealed_version(bank)

    def act() -> object:
        with override_settings(RECORD_PULLS=True):
            return downloads.download_uri(version, actor=SYSTEM)

    return act


@leaves("registry.downloads.open_file", "model_version.pull")
def open_file(bank: Bank) -> Act:
    version = version_with_file()

    def act() -> object:
        with override_settings(RECORD_PULLS=True):
            file, _ = downloads.open_file(version, "a", actor=SYSTEM)
            return file.close()

    return act


@leaves("registry.downloads.note_pull", "model_version.pull")
def note_pull(bank: Bank) -> Act:
    version = make_sealed_version(bank)

    def act() -> object:
        with override_settings(RECORD_PULLS=True):
            return downloads.note_pull(version, actor=SYSTEM)

    return act

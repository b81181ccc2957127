"""G1 held by the database: neither the ORM nor raw SQL changes what is sealed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lib.actor import SYSTEM
from registry.models import (
    Artifact,
    DatasetVersion,
    ModelVersion,
    RegisteredModel,
    Run,
    RunInput,
    VersionDataset,
    VersionDocument,
)
from registry.services import versions
from tests.by_hand import by_hand
from tests.registry.make import (
    RUN,
    make_artifact,
    make_dataset_version,
    make_model,
    make_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed() -> ModelVersion:
    data = make_dataset_version()
    use = {"name": "applications", "number": data.number, "role": "training"}
    return make_version(make_model(), datasets=[use], run=RUN)


def refused(call: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        call()


CHANGES: dict[str, Any] = {
    "manifest": [],
    "digest": "b" * 64,
    "format": "skops",
    "signature": {},
    "number": 9,
    "run": None,
    "created_by": "somebody",
    "sealed_at": timezone.now,
    "state": "unsealed",
}


@pytest.mark.parametrize("field", CHANGES)
def test_the_orm_cannot_change_a_sealed_version(sealed: ModelVersion, field: str) -> None:
    value = CHANGES[field]() if callable(CHANGES[field]) else CHANGES[field]
    refused(lambda: ModelVersion.objects.filter(pk=sealed.pk).update(**{field: value}))


def test_a_sealed_version_does_not_move_to_another_model(sealed: ModelVersion) -> None:
    other = make_model("other")
    refused(lambda: ModelVersion.objects.filter(pk=sealed.pk).update(model=other))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_modelversion SET manifest = '[]'",
        "UPDATE registry_modelversion SET digest = NULL, sealed_at = NULL, state = 'unsealed'",
        "DELETE FROM registry_modelversion",
        "UPDATE registry_artifact SET size = size + 1",
        "DELETE FROM registry_artifact",
        "UPDATE registry_datasetversion SET roles = '{}'",
        "DELETE FROM registry_datasetversion",
        "UPDATE registry_registeredmodel SET last_number = 0",
        "SET session_replication_role = replica; UPDATE registry_run SET metrics = '{}'",
    ],
)
def test_raw_sql_cannot_either(sealed: ModelVersion, statement: str) -> None:
    with pytest.raises(Exception, match=r"never|permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_description_tags_and_the_tombstone_may_change(sealed: ModelVersion) -> None:
    rows = ModelVersion.objects.filter(pk=sealed.pk)
    with by_hand():
        rows.update(description="better words", tags={"a": "b"})
        rows.update(state="deleted")
    refused(lambda: rows.update(state="sealed"))
    refused(lambda: rows.update(description="from the grave"))


def test_rows_around_a_version_are_only_added(sealed: ModelVersion) -> None:
    versions.file_document(
        sealed, kind="card", title="Card", artifact=make_artifact(b"card").digest, actor=SYSTEM
    )
    tables = (Artifact, DatasetVersion, Run, RunInput, VersionDataset, VersionDocument)
    for model in tables:
        assert model.objects.exists()  # type: ignore[attr-defined]
        refused(lambda model=model: model.objects.all()._raw_delete("default"))


def test_a_sealed_version_gains_no_dataset(sealed: ModelVersion) -> None:
    other = make_dataset_version("other")
    refused(
        lambda: VersionDataset.objects.create(
            version=sealed, dataset_version=other, role="training"
        )
    )


def test_an_unsealed_version_has_no_digest_and_a_sealed_one_has() -> None:
    model = make_model()
    with by_hand():
        open_version = ModelVersion.objects.create(model=model, number=1, created_by="x")
    rows = ModelVersion.objects.filter(pk=open_version.pk)
    refused(lambda: rows.update(digest="a" * 64, sealed_at=timezone.now()))
    refused(lambda: rows.update(state="sealed"))
    refused(lambda: rows.update(state="archived"))
    refused(lambda: rows.update(number=7))
    with by_hand():
        rows.update(format="onnx")
    refused(lambda: RegisteredModel.objects.filter(pk=model.pk).update(last_number=-1))


def test_digests_have_their_shape() -> None:
    refused(lambda: Artifact.objects.create(digest="A" * 64, size=1))
    refused(lambda: Artifact.objects.create(digest="ab", size=1))

"""Versions that have a source before they have files, their copies, and stages."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from registry.models import ModelVersion
from registry.services.stages import move_stage
from registry.services.unsealed import copy_version, register_unsealed, seal_version
from registry.services.versions import delete_version, tag_version
from tests.by_hand import by_hand
from tests.registry.make import SIGNATURE, make_manifest, make_model, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    model = make_model("free", use_case="", governed=False)
    return register_unsealed(model, source="s3://bucket/m", tracking_run="r1", actor=SYSTEM)


def seal(version: ModelVersion) -> ModelVersion:
    files = make_manifest()
    return seal_version(version, manifest=files, format="onnx", signature=SIGNATURE, actor=SYSTEM)


def test_sealing_gives_the_digest_that_registering_would(version: ModelVersion) -> None:
    assert version.digest is None
    sealed, other = seal(version), make_version(make_model())
    assert sealed.digest == other.digest
    assert sealed.source == "s3://bucket/m"
    with pytest.raises(Conflict):
        seal(version)


def test_what_is_sealed_keeps_its_source_and_may_change_its_stage(version: ModelVersion) -> None:
    rows = ModelVersion.objects.filter(pk=seal(version).pk)
    with by_hand():
        rows.update(stage="Staging")
    for change in ({"source": "s3://else"}, {"tracking_run": "r2"}, {"manifest": []}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_a_copy_of_what_is_sealed_is_sealed(version: ModelVersion) -> None:
    other = make_model("other", use_case="", governed=False)
    early = copy_version(version, other, source=f"models:/{version.key}", actor=SYSTEM)
    assert (early.state, early.digest) == ("unsealed", None)
    copy = copy_version(seal(version), other, source=f"models:/{version.key}", actor=SYSTEM)
    version.refresh_from_db()
    assert (copy.number, copy.digest, copy.manifest) == (2, version.digest, version.manifest)
    delete_version(version, actor=SYSTEM)
    version.refresh_from_db()
    with pytest.raises(Conflict):
        copy_version(version, other, source=f"models:/{version.key}", actor=SYSTEM)


def test_tags_are_set_and_removed_one_by_one(version: ModelVersion, recorded: list[str]) -> None:
    before = version.updated_at
    tag_version(version, put={"a": "1", "b": ""}, actor=SYSTEM)
    tag_version(version, put={"a": "2"}, drop=["b", "never there"], actor=SYSTEM)
    tag_version(version, put={"a": "2"}, actor=SYSTEM)
    version.refresh_from_db()
    assert version.tags == {"a": "2"}
    assert version.updated_at > before
    assert recorded.count("model_version.tag") == 2
    for bad in ({"": "x"}, {"k" * 251: "x"}, {"k": "v" * 100_001}):
        with pytest.raises(Invalid):
            tag_version(version, put=bad, actor=SYSTEM)


def test_a_stage_archives_its_others_when_asked(version: ModelVersion) -> None:
    second = register_unsealed(version.model, source="s3://b", actor=SYSTEM)
    move_stage(version, stage="Production", actor=SYSTEM)
    move_stage(second, stage="Production", archive_existing=True, actor=SYSTEM)
    assert list(ModelVersion.objects.order_by("number").values_list("stage", flat=True)) == [
        "Archived",
        "Production",
    ]
    with pytest.raises(Invalid):
        move_stage(second, stage="production", actor=SYSTEM)
    with pytest.raises(Invalid):
        move_stage(second, stage="None", archive_existing=True, actor=SYSTEM)


def test_production_is_a_claim_that_an_authorization_makes_true() -> None:
    version = make_version(make_model())
    move_stage(version, stage="Staging", actor=SYSTEM)
    with pytest.raises(Refused):
        move_stage(version, stage="Production", actor=SYSTEM)

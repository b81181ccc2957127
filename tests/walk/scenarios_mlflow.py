"""One way through each service that the MLflow door brought: names, tags, stages, and versions that
have a source before they have files."""

from __future__ import annotations

from lib.actor import SYSTEM
from registry.models import ModelVersion, RegisteredModel
from registry.services import governing, importing, models, stages, unsealed, versions
from tests.governance.make import Bank, make_sealed_version
from tests.registry.make import SIGNATURE, make_manifest, make_model
from tests.walk.leaving import Act, leaves


def free_model() -> RegisteredModel:
    return make_model("free", use_case="", governed=False)


def unsealed_version() -> ModelVersion:
    return unsealed.register_unsealed(free_model(), source="s3://bucket/model", actor=SYSTEM)


@leaves("registry.models.tag_model", "model.tag")
def tag_model(bank: Bank) -> Act:
    model = RegisteredModel.objects.get(name="credit")
    return lambda: models.tag_model(model, put={"team": "risk"}, actor=SYSTEM)


@leaves("registry.models.rename_model", "model.rename")
def rename_model(bank: Bank) -> Act:
    model = free_model()
    return lambda: models.rename_model(model, name="freer", actor=SYSTEM)


@leaves("registry.models.delete_model", "model.delete")
def delete_model(bank: Bank) -> Act:
    model = unsealed_version().model
    return lambda: models.delete_model(model, actor=SYSTEM)


@leaves("registry.governing.govern_model", "model.govern")
def govern_model(bank: Bank) -> Act:
    model = free_model()
    return lambda: governing.govern_model(model, governed=True, reason="it decides", actor=SYSTEM)


@leaves("registry.versions.tag_version", "model_version.tag")
def tag_version(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: versions.tag_version(version, put={"team": "risk"}, actor=SYSTEM)


@leaves("registry.stages.move_stage", "model_version.move_stage")
def move_stage(bank: Bank) -> Act:
    version = make_sealed_version(bank)
    return lambda: stages.move_stage(version, stage="Staging", actor=SYSTEM)


@leaves("registry.unsealed.register_unsealed", "model_version.register")
def register_unsealed(bank: Bank) -> Act:
    model = free_model()
    return lambda: unsealed.register_unsealed(model, source="s3://bucket/model", actor=SYSTEM)


@leaves("registry.unsealed.copy_version", "model_version.register")
def copy_version(bank: Bank) -> Act:
    origin, model = make_sealed_version(bank), free_model()
    return lambda: unsealed.copy_version(
        origin, model, source=f"models:/{origin.key}", actor=SYSTEM
    )


# A manifest is stored as an artefact of its own.
@leaves("registry.unsealed.seal_version", "artifact.store", "model_version.seal")
def seal_version(bank: Bank) -> Act:
    version, files = unsealed_version(), make_manifest(b"weights that came later")
    return lambda: unsealed.seal_version(
        version, manifest=files, format="onnx", signature=SIGNATURE, actor=SYSTEM
    )


@leaves("registry.importing.import_versions", "model.import")
def import_versions(bank: Bank) -> Act:
    model, known = free_model(), [importing.Imported(2, "s3://bucket/model")]
    return lambda: importing.import_versions(
        model, versions=known, reached=3, origin="mlflow.example", actor=SYSTEM
    )

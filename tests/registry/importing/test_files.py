"""``import_mlflow --artifacts``: the files come over too, and the versions are sealed with them."""

from __future__ import annotations

import hashlib

import pytest

from registry.models import ModelVersion
from tests.registry.importing.conftest import Import
from tests.registry.importing.serving import Registry

pytestmark = pytest.mark.django_db
MLMODEL = b"""
flavors:
  onnx: {data: model.onnx}
signature:
  inputs: '[{"type": "double", "name": "income"}]'
  outputs: '[{"type": "double", "name": "score"}]'
"""
PLACE = "1/abc/artifacts/model"


@pytest.fixture
def full(registry: Registry) -> Registry:
    registry.token = "Bearer secret"
    registry.model("credit")
    registry.version("credit", 1, source=f"mlflow-artifacts:/{PLACE}")
    registry.files[f"{PLACE}/MLmodel"] = MLMODEL
    registry.files[f"{PLACE}/model.onnx"] = b"weights"
    registry.files[f"{PLACE}/code/train.py"] = b"pass"
    return registry


def credit(number: int) -> ModelVersion:
    return ModelVersion.objects.get(model__name="credit", number=number)


def test_a_version_is_sealed_with_its_files(full: Registry, bring: Import) -> None:
    report = bring("--artifacts", "--token", "secret")
    assert report["skipped"] == []
    version = credit(1)
    assert (version.state, version.format) == ("sealed", "onnx")
    assert [file["path"] for file in version.manifest] == ["MLmodel", "code/train.py", "model.onnx"]
    assert version.manifest[2]["digest"] == hashlib.sha256(b"weights").hexdigest()
    assert (report["totals"]["sealed"], report["totals"]["files"]) == (1, 3)


def test_files_are_fetched_later_for_what_is_here_without(full: Registry, bring: Import) -> None:
    bring("--token", "secret")
    assert credit(1).digest is None
    assert bring("--artifacts", "--token", "secret")["totals"]["sealed"] == 1
    digest = credit(1).digest
    assert bring("--artifacts", "--token", "secret")["totals"]["sealed"] == 0
    assert digest
    assert credit(1).digest == digest


def test_what_cannot_be_fetched_is_said_and_stays_unsealed(full: Registry, bring: Import) -> None:
    full.version("credit", 2, source="s3://bucket/model")
    elsewhere = "https://elsewhere.example/api/2.0/mlflow-artifacts/artifacts"
    full.version("credit", 3, source=f"{elsewhere}/{PLACE}")
    full.version("credit", 4, source="mlflow-artifacts:/gone")
    full.version("credit", 5, source="mlflow-artifacts:/bare")
    full.files["bare/weights.bin"] = b"?"
    full.version("credit", 6, source=f"mlflow-artifacts:/{PLACE}")
    report = bring("--artifacts", "--token", "secret")
    why = {each["what"]: each["why"] for each in report["skipped"]}
    assert set(why) == {f"credit v{number}" for number in (2, 3, 4, 5)}
    assert "S3 bucket" in why["credit v2"]
    assert "not under the artifact proxy" in why["credit v3"]
    assert "no MLmodel" in why["credit v5"]
    assert [credit(number).is_sealed for number in (1, 2, 3, 4, 5, 6)] == [True, *[False] * 4, True]

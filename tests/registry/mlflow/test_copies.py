"""Versions made of versions: ``copy_model_version`` of MLflow's client."""

from __future__ import annotations

import pytest

from lib.actor import SYSTEM
from registry import guards
from registry.models import ModelVersion, RegisteredModel
from tests.registry.make import make_version
from tests.registry.mlflow.caller import Caller

VERSIONS = "model-versions"


@pytest.fixture(autouse=True)
def _downloads() -> None:
    guards.plug(may_download=lambda version, actor: None)


@pytest.fixture
def origin(door: Caller) -> Caller:
    door.model("a")
    door.version("a", source="s3://bucket/a", run_id="r", model_id="m-1")
    door.post("registered-models/alias", name="a", alias="best", version="1")
    door.model("b")
    return door


@pytest.mark.parametrize("source", ["models:/a/1", "models:/a@best", "models:/a/latest"])
def test_a_copy_says_of_what(origin: Caller, source: str) -> None:
    copy = origin.version("b", source=source)
    assert copy["source"] == "models:/a/1"
    assert (copy["run_id"], copy["model_id"]) == ("r", "m-1")
    assert copy["state"] == "unsealed"
    uri = origin.get(f"{VERSIONS}/get-download-uri", name="b", version="1")
    assert uri == {"artifact_uri": "s3://bucket/a"}


def test_a_stage_names_its_newest(origin: Caller) -> None:
    origin.post(f"{VERSIONS}/transition-stage", name="a", version="1", stage="production")
    assert origin.version("b", source="models:/a/Production")["source"] == "models:/a/1"
    refusal = origin.refused("POST", f"{VERSIONS}/create", name="b", source="models:/a/Staging")
    assert refusal[0] == 404


def test_a_copy_of_a_copy_is_where_the_first_is(origin: Caller) -> None:
    origin.version("b", source="models:/a/1")
    origin.version("a", source="models:/b/1")
    uri = origin.get(f"{VERSIONS}/get-download-uri", name="a", version="2")
    assert uri == {"artifact_uri": "s3://bucket/a"}


def test_it_stays_found_when_its_origin_gets_another_name(origin: Caller) -> None:
    origin.version("b", source="models:/a/1")
    origin.post("registered-models/rename", name="a", new_name="c")
    origin.model("a")
    origin.version("a", source="s3://another")  # number 2: the name goes on
    uri = origin.get(f"{VERSIONS}/get-download-uri", name="b", version="1")
    assert uri == {"artifact_uri": "s3://bucket/a"}


@pytest.mark.parametrize("name", ["a%20b", "a#b"])
def test_it_is_of_the_model_whose_name_is_written(origin: Caller, name: str) -> None:
    origin.model("a b")
    origin.version("a b", source="s3://somebody-elses")
    origin.model(name)
    origin.version(name, source="s3://its/own")
    origin.version("b", source=f"models:/{name}/1")
    uri = origin.get(f"{VERSIONS}/get-download-uri", name="b", version="1")
    assert uri == {"artifact_uri": "s3://its/own"}


def test_it_outlives_its_origin(origin: Caller) -> None:
    origin.version("b", source="models:/a/1")
    origin.delete("registered-models/delete", name="a")
    uri = origin.get(f"{VERSIONS}/get-download-uri", name="b", version="1")
    assert uri == {"artifact_uri": "s3://bucket/a"}


def test_a_copy_of_what_is_sealed_is_sealed(origin: Caller) -> None:
    sealed = make_version(RegisteredModel.objects.get(name="a"), actor=SYSTEM)
    copy = origin.version("b", source="models:/a/2")
    assert (copy["state"], copy["digest"]) == ("sealed", sealed.digest)
    assert ModelVersion.objects.get(model__name="b").manifest == sealed.manifest


@pytest.mark.parametrize("source", ["models:/a/9", "models:/nothing/1", "models:/nothing@best"])
def test_nothing_is_made_of_what_is_not_there(origin: Caller, source: str) -> None:
    assert origin.refused("POST", f"{VERSIONS}/create", name="b", source=source)[0] == 404


def test_nothing_is_made_of_what_one_may_not_see(origin: Caller) -> None:
    """To copy is to read."""
    RegisteredModel.objects.filter(name="b").update(use_case="cards")
    scoped = Caller.of("developer", scope=("use_case", "cards"))
    refusal = scoped.refused("POST", f"{VERSIONS}/create", name="b", source="models:/a/1")
    assert refusal[:2] == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_logged_model_is_a_source_like_another(origin: Caller) -> None:
    made = origin.version("b", source="models:/m-0123456789abcdef", model_id="m-0123456789abcdef")
    assert made["source"] == "models:/m-0123456789abcdef"

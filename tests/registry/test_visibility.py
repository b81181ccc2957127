"""Permission is a queryset: without the right in the scope, nothing comes back."""

from __future__ import annotations

import pytest

from lib.actor import SYSTEM, Actor
from lib.errors import NotFound
from registry.models import (
    Artifact,
    Dataset,
    DatasetVersion,
    Deployment,
    ModelVersion,
    RegisteredModel,
    Run,
)
from registry.services import models, versions
from tests.registry.make import (
    RUN,
    make_dataset_version,
    make_deployment,
    make_model,
    make_version,
    scoped_actor,
)

ALL = (RegisteredModel, ModelVersion, Run, Dataset, DatasetVersion, Deployment)


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_scopes(db: None) -> None:
    for use_case in ("mortgage", "cards"):
        data = make_dataset_version(f"{use_case}-data")
        use = {"name": data.dataset.name, "number": 1, "role": "training"}
        version = make_version(make_model(use_case, use_case=use_case), datasets=[use], run=RUN)
        make_deployment(version)


def seen(actor: Actor) -> list[int]:
    return [model.objects.visible_to(actor).count() for model in ALL]  # type: ignore[attr-defined]


def test_a_role_everywhere_sees_all() -> None:
    assert seen(SYSTEM) == [2] * 6
    assert seen(scoped_actor("registry.read", scope=("all", "*"))) == [2] * 6


def test_a_scoped_role_sees_its_scope() -> None:
    assert seen(scoped_actor("registry.read")) == [1] * 6
    assert seen(scoped_actor("registry.read", scope=("business_unit", "consumer"))) == [1] * 6
    assert not Artifact.objects.visible_to(scoped_actor("registry.read")).exists()


def test_another_permission_or_none_sees_nothing() -> None:
    assert seen(scoped_actor("registry.write")) == [0] * 6
    assert seen(scoped_actor()) == [0] * 6
    assert seen(scoped_actor("registry.read", scope=("use_case", ""))) == [0] * 6


def test_what_is_not_seen_is_not_found_by_its_name() -> None:
    actor = scoped_actor("registry.read")
    assert models.find("mortgage", actor=actor).name == "mortgage"
    assert versions.find("mortgage", 1, actor=actor).key == "mortgage/1"
    for find in (
        lambda: models.find("cards", actor=actor),
        lambda: models.find("nothing", actor=actor),
        lambda: versions.find("cards", 1, actor=actor),
        lambda: versions.find("mortgage", 2**40, actor=actor),
        lambda: versions.find("mortgage", -(2**40), actor=actor),
    ):
        with pytest.raises(NotFound, match="or you may not see it"):
            find()

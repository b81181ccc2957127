"""The few rows that all others are copied from, made by the services like any real ones."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.services.people import create_person
from governance.models import UseCase
from governance.services.use_cases import create_use_case
from lib.actor import SYSTEM
from registry.models import (
    Alias,
    DatasetVersion,
    Deployment,
    Environment,
    ModelVersion,
    RegisteredModel,
)
from registry.services import aliases, artifacts, datasets, deployments, models, versions

_FILE = b"made up for measuring: no model at all\n"
_SIGNATURE = {
    "inputs": [{"name": "income", "type": "double"}],
    "outputs": [{"name": "score", "type": "double"}],
}


@dataclass(frozen=True, slots=True)
class First:
    """The first of each kind; both aliases lie on the one version."""

    person: User
    use_case: UseCase
    model: RegisteredModel
    version: ModelVersion
    first: Alias
    second: Alias
    dataset: DatasetVersion
    deployment: Deployment


@transaction.atomic
def make_first() -> First:
    """One of each, told of in the trail."""
    person = create_person(
        username="made-up-0",
        password=secrets.token_urlsafe(24),
        first_name="Made-up",
        last_name="Person 0",
        actor=SYSTEM,
    )
    use_case = create_use_case(
        slug="made-up-0",
        name="Made-up use case 0",
        objective="Measure how the pages and the API do with many rows",
        business_unit="unit-0",
        owner=person.username,
        tier=1,
        purposes=[{"key": "decide", "name": "Deciding"}],
        actor=SYSTEM,
    )
    model = models.register_model(
        name="credit-scoring_v0", use_case=use_case.slug, owner=person, actor=SYSTEM
    )
    blob = artifacts.keep(_FILE, actor=SYSTEM)
    file = {"digest": blob.digest, "size": blob.size}
    version = versions.register_version(
        model,
        manifest=[{"path": "scores.csv", **file}],
        format="predictions",
        signature=_SIGNATURE,
        actor=SYSTEM,
    )
    dataset = datasets.register_dataset_version(
        "made-up-0",
        manifest=[{"path": "rows.csv", **file}],
        schema=[{"name": "income", "type": "double"}],
        roles={"features": ["income"]},
        actor=SYSTEM,
    )
    deployment = deployments.start_deployment(
        version,
        environment=Environment.objects.order_by("rank")[0],
        purpose="decide",
        actor=SYSTEM,
    )
    first, second = (
        aliases.move_alias(version, name=name, actor=SYSTEM) for name in ("first", "second")
    )
    return First(person, use_case, model, version, first, second, dataset, deployment)

"""Stages: what MLflow had before aliases. On a governed model “Production” is a claim that only an
authorization makes true, as a protected alias is."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone

from audit.services import record
from lib.actor import Actor
from lib.errors import Invalid
from registry import guards
from registry.models import ModelVersion, RegisteredModel, Stage
from registry.services import versions
from registry.subjects import model_subject, version_subject

LIVE: Final = (Stage.STAGING, Stage.PRODUCTION)


@transaction.atomic
def move_stage(
    version: ModelVersion, *, stage: str, actor: Actor, archive_existing: bool = False
) -> ModelVersion:
    """Moves the version to a stage; ``archive_existing`` archives the others that are in it, for
    the two stages where that makes sense. Raises Invalid, Refused, Conflict (a tombstone)."""
    if stage not in Stage.values:
        fault = f"one of {', '.join(Stage.values)}"
        raise Invalid(f"A stage is {fault}.", errors={"stage": fault})
    if archive_existing and stage not in LIVE:
        raise Invalid(
            f"Others are archived only for {' and '.join(LIVE)}.",
            errors={"archive_existing_versions": "only for Staging and Production"},
        )
    # The model first, as whoever moves an alias locks.
    RegisteredModel.objects.filter(pk=version.model_id).update(updated_at=timezone.now())
    version = versions.locked(version, actor)
    if version.model.governed and stage == Stage.PRODUCTION:
        guards.may_move_alias(version.model, stage, version, actor)
    before = version.stage
    version.stage = stage
    version.save(update_fields=["stage", "updated_at"])
    others = ModelVersion.objects.living().filter(model=version.model_id, stage=stage)
    archived = others.exclude(pk=version.pk) if archive_existing else others.none()
    gone = list(archived.order_by("number"))
    archived.update(stage=Stage.ARCHIVED, updated_at=timezone.now())
    record(
        actor=actor,
        action="model_version.move_stage",
        subject=version_subject(version),
        details={
            "before": before,
            "after": stage,
            "archived": [other.number for other in gone],
        },
        related=[model_subject(version.model), *(version_subject(other) for other in gone[:50])],
    )
    return version

"""Versions that come from another registry, under the numbers that they have there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Conflict, Invalid
from registry import guards, rules
from registry.models import ModelVersion, RegisteredModel, Stage, VersionState
from registry.services import models
from registry.subjects import model_subject, told, version_subject


@dataclass(frozen=True, slots=True)
class Imported:
    """One version as it was elsewhere. The moments are of there; what is later than now is now."""

    number: int
    source: str
    tracking_run: str = ""
    run_link: str = ""
    logged_model: str = ""
    description: str = ""
    stage: str = Stage.NONE
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@transaction.atomic
def import_versions(
    model: RegisteredModel,
    *,
    versions: Sequence[Imported],
    reached: int,
    origin: str,
    actor: Actor,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
) -> list[ModelVersion]:
    """Registers versions, unsealed, under the numbers they had in the registry ``origin``.

    The numbers up to ``reached`` that no version has become tombstones, so none is ever reused and
    none is left out (G2); the model's row is locked meanwhile. ``created_at`` and ``updated_at``
    are the model's own, where it has any from there. The entry says when all this happened here.
    Raises Refused, NotFound (a deleted model), Conflict when a number is taken, Invalid when they
    do not ascend, are more than 100 rows, or a text is too long.
    """
    model = models.locked(model, actor)
    first = model.last_number + 1
    _check_numbers(model, versions, reached)
    given = {each.number: each for each in versions}
    rows = [
        _version(model, given[number], actor)
        if number in given
        else _tombstone(model, number, actor)
        for number in range(first, reached + 1)
    ]
    for row in rows:
        # Raw, because the moments that stand in the row are the ones to keep.
        row.save_base(raw=True, force_insert=True)
    now = timezone.now()
    RegisteredModel.objects.filter(pk=model.pk).update(
        last_number=reached,
        created_at=_past(created_at, now) or model.created_at,
        updated_at=_past(updated_at, now) or now,
    )
    record(
        actor=actor,
        action="model.import",
        subject=model_subject(model),
        details={
            "origin": origin,
            "model": _moments(created_at, updated_at),
            "versions": [_told(each) for each in versions],
            "tombstones": [row.number for row in rows if row.is_deleted],
        },
        related=[_subject(row, model) for row in rows],
    )
    return [row for row in rows if not row.is_deleted]


def _check_numbers(model: RegisteredModel, versions: Sequence[Imported], reached: int) -> None:
    numbers = [each.number for each in versions]
    if numbers != sorted(set(numbers)) or (numbers and numbers[-1] > reached):
        raise Invalid("Versions come in the order of their numbers, each once.")
    if (numbers and numbers[0] <= model.last_number) or reached < model.last_number:
        raise Conflict(
            f"{model.name} has handed out the numbers up to {model.last_number} already.",
            code="number_taken",
        )
    if reached - model.last_number > rules.AT_ONCE:
        raise Invalid(f"At most {rules.AT_ONCE} numbers at once.")


def _version(model: RegisteredModel, given: Imported, actor: Actor) -> ModelVersion:
    if given.stage not in Stage.values:
        fault = f"one of {', '.join(Stage.values)}"
        raise Invalid(f"A stage is {fault}.", errors={"stage": fault})
    now = timezone.now()
    created = _past(given.created_at, now) or now
    version = ModelVersion(
        model=model,
        number=given.number,
        source=given.source,
        tracking_run=given.tracking_run,
        run_link=given.run_link,
        logged_model=given.logged_model,
        description=given.description,
        stage=given.stage,
        tags=rules.tags_after({}, given.tags, ()),
        created_by=actor.id,
        created_at=created,
        updated_at=max(created, _past(given.updated_at, now) or created),
    )
    if model.governed and given.stage == Stage.PRODUCTION:
        guards.may_move_alias(model, given.stage, version, actor)
    return version


def _tombstone(model: RegisteredModel, number: int, actor: Actor) -> ModelVersion:
    now = timezone.now()
    return ModelVersion(
        model=model,
        number=number,
        state=VersionState.DELETED,
        created_by=actor.id,
        created_at=now,
        updated_at=now,
    )


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    return min(moment, now) if moment else None


def _told(given: Imported) -> dict[str, Any]:
    return {
        "number": given.number,
        "source": told(given.source),
        "run": given.tracking_run or None,
        "run_link": told(given.run_link),
        "logged_model": given.logged_model or None,
        "stage": given.stage,
        "description": told(given.description),
        "tags": told(dict(given.tags)),
        **_moments(given.created_at, given.updated_at),
    }


def _moments(created: datetime | None, updated: datetime | None) -> dict[str, str | None]:
    return {
        "created_there": created.isoformat() if created else None,
        "updated_there": updated.isoformat() if updated else None,
    }


def _subject(row: ModelVersion, model: RegisteredModel) -> Subject:
    row.model = model  # its key is made of the name
    return version_subject(row)

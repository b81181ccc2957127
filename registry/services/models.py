"""Registered models."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Invalid, NotFound, Refused
from registry import guards, rules
from registry.models import Alias, ModelVersion, RegisteredModel, VersionState
from registry.services import names
from registry.subjects import model_subject, told, told_tags, version_subject

_CHANGEABLE = [
    *("description", "owner", "validator", "tags", "use_case", "business_unit", "updated_at")
]


def find(name: str, *, actor: Actor) -> RegisteredModel:
    """Raises NotFound, also when the actor may not see it."""
    rows = RegisteredModel.objects.visible_to(actor).select_related("owner", "validator")
    model = rows.filter(name=name).first()
    if model is None:
        raise NotFound(f"There is no model “{name}”, or you may not see it.")
    return model


@transaction.atomic
def register_model(
    *,
    name: str,
    actor: Actor,
    use_case: str = "",
    description: str = "",
    owner: User | None = None,
    validator: User | None = None,
    task: str = "binary",
    tags: dict[str, str] | None = None,
    governed: bool | None = None,
) -> RegisteredModel:
    """``governed`` is as the house has it for new models unless it is said. Under a name that an
    earlier model had, the numbers of its versions go on. Raises Conflict when the name is taken,
    Invalid for an unknown use case, task or name."""
    rules.check_task(task)
    rules.check_model_name(name)
    model = RegisteredModel(
        name=name,
        use_case=use_case,
        business_unit=_business_unit(use_case),
        description=description,
        owner=owner,
        validator=validator,
        task=task,
        tags=tags or {},
        governed=settings.GOVERN_NEW_MODELS if governed is None else governed,
        created_by=actor.id,
    )
    actor.require("registry.write", *model.scopes)
    with names.is_free(name):
        model.save()
    first = names.take_over(model)
    record(
        actor=actor,
        action="model.register",
        subject=model_subject(model),
        details={
            "use_case": use_case,
            "business_unit": model.business_unit,
            "task": task,
            "governed": model.governed,
            "first_number": first,
            "owner": owner.pseudonym if owner else None,
            "validator": validator.pseudonym if validator else None,
            "description": told(description),
            "tags": told(model.tags),
        },
    )
    return model


@transaction.atomic
def change_model(
    model: RegisteredModel,
    *,
    actor: Actor,
    description: str | None = None,
    owner: User | None = None,
    validator: User | None = None,
    use_case: str | None = None,
    tags: dict[str, str] | None = None,
) -> RegisteredModel:
    """Changes what is given. Moving a model to another use case needs the right in both; another
    owner is named by somebody who is neither the former nor the new one."""
    actor.require("registry.write", *model.scopes)
    if owner is not None and owner != model.owner:
        guards.owner_changes(model, owner)
    model = locked(model, actor)
    before = _told_fields(model)
    if description is not None:
        model.description = description
    if owner is not None and owner != model.owner:
        _refuse_giver(model, owner, actor)
        model.owner = owner
    if validator is not None:
        model.validator = validator
    if tags is not None:
        model.tags = tags
    if use_case is not None and use_case != model.use_case:
        guards.may_change_use_case(model, actor)
        model.use_case, model.business_unit = use_case, _business_unit(use_case)
        actor.require("registry.write", *model.scopes)
    after = _told_fields(model)
    changed = [key for key in after if after[key] != before[key]]
    if changed:
        model.save(update_fields=_CHANGEABLE)
        record(
            actor=actor,
            action="model.change",
            subject=model_subject(model),
            details={
                "before": {key: before[key] for key in changed},
                "after": {key: after[key] for key in changed},
            },
        )
    return model


@transaction.atomic
def tag_model(
    model: RegisteredModel,
    *,
    actor: Actor,
    put: Mapping[str, str] | None = None,
    drop: Collection[str] = (),
) -> RegisteredModel:
    """Sets and removes single tags; a tag that is not there may be removed. Raises Invalid."""
    model = locked(model, actor)
    tags = rules.tags_after(model.tags, put or {}, drop)
    if tags != model.tags:
        model.tags = tags
        model.save(update_fields=["tags", "updated_at"])
        record(
            actor=actor,
            action="model.tag",
            subject=model_subject(model),
            details={"put": told_tags(put or {}), "drop": sorted(drop)},
        )
    return model


@transaction.atomic
def rename_model(model: RegisteredModel, *, name: str, actor: Actor) -> RegisteredModel:
    """Raises Refused when decisions name it, Conflict when the name is taken, or when it has
    versions and the name had some before, Invalid."""
    rules.check_model_name(name)
    model = locked(model, actor)
    guards.may_let_go(model, actor)
    before = model_subject(model)
    model.name = name
    with names.is_free(name):
        model.save(update_fields=["name", "updated_at"])
    had = model.last_number
    names.take_over(model)
    record(
        actor=actor,
        action="model.rename",
        subject=before,
        details={"after": name, "row": model.pk, "last_number": had},
        related=[model_subject(model)],
    )
    return model


@transaction.atomic
def delete_model(model: RegisteredModel, *, actor: Actor, reason: str = "") -> None:
    """Its versions become tombstones, its aliases go, its name is free again. The history of each
    version says so: of many, a hundred share an entry. Raises Refused when decisions name it."""
    model = locked(model, actor)
    guards.may_let_go(model, actor)
    Alias.objects.filter(model=model).delete()
    *earlier, last = _parts(model)
    for part in earlier:
        _delete_versions(model, part)
        record(
            actor=actor,
            action="model.delete_versions",
            subject=model_subject(model),
            reason=reason,
            details={"versions": part},
            related=_subjects(model, part),
        )
    _delete_versions(model, last)
    model.deleted_at = timezone.now()
    model.save(update_fields=["deleted_at"])
    record(
        actor=actor,
        action="model.delete",
        subject=model_subject(model),
        reason=reason,
        details={"versions": last, "last_number": model.last_number},
        related=_subjects(model, last),
    )


def _parts(model: RegisteredModel) -> list[list[int]]:
    """The numbers of its living versions, as many together as an entry can name; at least one
    part, which may be empty."""
    living = ModelVersion.objects.filter(model=model).living().order_by("number")
    numbers = list(living.values_list("number", flat=True))
    each = rules.versions_at_once(model.name)
    return [numbers[first : first + each] for first in range(0, max(1, len(numbers)), each)]


def _delete_versions(model: RegisteredModel, numbers: Sequence[int]) -> None:
    rows = ModelVersion.objects.filter(model=model, number__in=numbers)
    rows.update(state=VersionState.DELETED)


def _subjects(model: RegisteredModel, numbers: Sequence[int]) -> list[Subject]:
    return [version_subject(ModelVersion(model=model, number=number)) for number in numbers]


def locked(
    model: RegisteredModel, actor: Actor, permission: str = "registry.write"
) -> RegisteredModel:
    """The row, locked, as it is now. Raises Refused, and NotFound when it is deleted."""
    actor.require(permission, *model.scopes)
    living = RegisteredModel.objects.living().select_for_update(no_key=True)
    row = living.filter(pk=model.pk).first()
    if row is None:
        raise NotFound(f"{model.name} is deleted.")
    actor.require(permission, *row.scopes)
    return row


def _refuse_giver(model: RegisteredModel, owner: User, actor: Actor) -> None:
    """Who gives a model away, or takes it, would lay down a stake in it by themselves."""
    if model.owner is None or actor.kind == "system":
        return
    if actor.user_id is None or actor.user_id in (model.owner_id, owner.pk):
        raise Refused(
            f"{model.name} is handed over by a person who is neither its former nor its new owner.",
            code="own_model",
        )


def _business_unit(use_case: str) -> str:
    if not use_case:
        return ""
    try:
        return guards.use_case(use_case)
    except NotFound as error:
        raise Invalid(
            f"There is no use case “{use_case}”. Register it first.",
            errors={"use_case": "unknown use case"},
        ) from error


def _told_fields(model: RegisteredModel) -> dict[str, Any]:
    return {
        "description": told(model.description),
        "owner": model.owner.pseudonym if model.owner else None,
        "validator": model.validator.pseudonym if model.validator else None,
        "use_case": model.use_case,
        "business_unit": model.business_unit,
        "tags": told(model.tags),
    }

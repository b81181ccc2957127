"""Registered models."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry import guards, rules
from registry.models import RegisteredModel
from registry.subjects import model_subject, told

_CHANGEABLE = [
    *("description", "owner", "validator", "tags", "use_case", "business_unit", "updated_at")
]


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
) -> RegisteredModel:
    """Raises Conflict when the name is taken, Invalid for an unknown use case or task."""
    rules.check_task(task)
    model = RegisteredModel(
        name=name,
        use_case=use_case,
        business_unit=_business_unit(use_case),
        description=description,
        owner=owner,
        validator=validator,
        task=task,
        tags=tags or {},
    )
    actor.require("registry.write", *model.scopes)
    try:
        with transaction.atomic():
            model.save()
    except IntegrityError as error:
        raise Conflict(
            f"The name {name} is taken.", errors={"name": "taken"}, code="name_taken"
        ) from error
    record(
        actor=actor,
        action="model.register",
        subject=model_subject(model),
        details={
            "use_case": use_case,
            "business_unit": model.business_unit,
            "task": task,
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
    model = RegisteredModel.objects.select_for_update(no_key=True).get(pk=model.pk)
    actor.require("registry.write", *model.scopes)
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

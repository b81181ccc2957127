"""Aliases: movable names of versions."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import transaction

from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound
from registry import guards
from registry.models import Alias, ModelVersion, RegisteredModel
from registry.subjects import model_subject, version_subject

_NAME = re.compile(r"^[\w\-]{1,255}\Z")
_RESERVED = re.compile(r"^(latest|v\d+)\Z", re.IGNORECASE)


@transaction.atomic
def move_alias(
    version: ModelVersion, *, name: str, actor: Actor, protected: bool | None = None
) -> Alias:
    """Points ``name`` of the version's model at ``version``, making the alias when it is new.

    For a protected alias (or to make it one) the authorization is the right to move it, so
    ``guards.may_move_alias`` is asked; for any other, the permission to write. The names that the
    house keeps for what is authorized (``PROTECTED_ALIASES``) are protected from the beginning on
    every governed model. Raises Invalid, Refused, Conflict (a deleted version).
    """
    model = _locked_model(version.model)
    if not _NAME.match(name) or _RESERVED.match(name):
        fault = "letters, digits, _ and -; “latest” and “v1” are reserved"
        raise Invalid(f"An alias has {fault}.", errors={"alias": fault})
    # Under the model's lock a version can be deleted only before or after this, not during it.
    if not model.versions.select_for_update(no_key=True).living().filter(pk=version.pk).exists():
        raise Conflict(f"{version.label} is deleted.", code="deleted")
    alias = Alias.objects.filter(model=model, name=name).select_related("version").first()
    was = alias.version.number if alias else None
    kept = is_kept(model, name) or (alias is not None and alias.protected)
    if kept or protected:
        guards.may_move_alias(model, name, version, actor)
    else:
        actor.require("registry.write", *model.scopes)
    alias, _ = Alias.objects.update_or_create(
        model=model,
        name=name,
        defaults={"version": version, "protected": kept if protected is None else protected},
    )
    record(
        actor=actor,
        action="alias.move",
        subject=model_subject(model),
        details={
            "alias": name,
            "before": was,
            "after": version.number,
            "protected": alias.protected,
        },
        related=[version_subject(version)],
    )
    return alias


def is_kept(model: RegisteredModel, name: str) -> bool:
    """True for a name that stands for what is authorized, whether or not it points anywhere yet."""
    return model.governed and name in settings.PROTECTED_ALIASES


@transaction.atomic
def remove_alias(model: RegisteredModel, *, name: str, actor: Actor) -> None:
    """Raises NotFound, and Refused for a protected alias that may not go."""
    model = _locked_model(model)
    alias = Alias.objects.filter(model=model, name=name).select_related("version__model").first()
    if alias is None:
        raise NotFound(f"{model.name} has no alias “{name}”.")
    if alias.protected or is_kept(model, name):
        guards.may_move_alias(model, name, None, actor)
    else:
        actor.require("registry.write", *model.scopes)
    version = alias.version
    alias.delete()
    record(
        actor=actor,
        action="alias.remove",
        subject=model_subject(model),
        details={"alias": name, "before": version.number, "after": None},
        related=[version_subject(version)],
    )


def _locked_model(model: RegisteredModel) -> RegisteredModel:
    return RegisteredModel.objects.select_for_update(no_key=True).get(pk=model.pk)

"""Aliases: movable names of versions."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.conf import settings
from django.db import transaction

from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound
from lib.postgres import prepared
from registry import guards
from registry.models import Alias, ModelVersion, RegisteredModel
from registry.subjects import model_subject, version_subject

_NAME = re.compile(r"^[\w\-]{1,255}\Z")
_LIVING: Final = """
SELECT 1 FROM registry_modelversion
WHERE id = %s AND model_id = %s AND state <> 'deleted' FOR NO KEY UPDATE
"""
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
    if not prepared.rows(_LIVING, [version.pk, model.pk]):
        raise Conflict(f"{version.label} is deleted.", code="deleted")
    alias, was = _standing(model, name)
    kept = is_kept(model, name) or (alias is not None and alias.protected)
    if kept or protected:
        guards.may_move_alias(model, name, version, actor)
    else:
        actor.require("registry.write", *model.scopes)
    # Rivals wait for the model's lock, so whether there is one already is known for certain.
    alias = alias or Alias(model=model, name=name)
    alias.version, alias.protected = version, kept if protected is None else protected
    alias.save()
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


def _standing(model: RegisteredModel, name: str) -> tuple[Alias | None, int | None]:
    """The alias as it is now, and the number of the version that it points at."""
    found = prepared.rows(_reading(), [model.pk, name])
    if not found:
        return None, None
    *own, number = found[0]
    return prepared.instance(Alias, own), number


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
    found = prepared.rows(_locking(), [model.pk])
    if not found:
        raise RegisteredModel.DoesNotExist
    return prepared.instance(RegisteredModel, found[0])


@cache
def _locking() -> str:
    """Made once, since every move of an alias begins with it (docs/decisions/0010)."""
    own = prepared.columns(RegisteredModel, "m")
    return f"SELECT {own} FROM registry_registeredmodel m WHERE m.id = %s FOR NO KEY UPDATE"  # noqa: S608


@cache
def _reading() -> str:
    own = prepared.columns(Alias, "a")
    return f"""
SELECT {own}, v.number FROM registry_alias a JOIN registry_modelversion v ON v.id = a.version_id
WHERE a.model_id = %s AND a.name = %s
"""  # noqa: S608  (constants alone)

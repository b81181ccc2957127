"""Finding what a request names, as far as whoever asks may see it."""

from __future__ import annotations

from lib.actor import Actor
from lib.errors import Invalid, NotFound
from registry.mlflow import errors, rows
from registry.models import ModelVersion, RegisteredModel, Stage
from registry.services import versions

_STAGES = {str(stage).lower(): str(stage) for stage in Stage}


def find_model(name: str, actor: Actor) -> RegisteredModel:
    """As much of the row as a write begins with. Raises NotFound in the protocol's words."""
    model = rows.model_keys(name, actor)
    if model is None:
        raise errors.no_model(name)
    return model


def named_version(name: str, number: int, actor: Actor) -> ModelVersion:
    """As much of a living version and its model as a write begins with. Raises NotFound in the
    protocol's words."""
    version = rows.version_keys(name, number, actor)
    if version is None:
        raise errors.no_version(name, number)
    return version


def find_version(name: str, number: int, actor: Actor) -> ModelVersion:
    """A living version with its model. Raises NotFound in the protocol's words."""
    try:
        version = versions.find(name, number, actor=actor)
    except NotFound as error:
        raise errors.no_version(name, number) from error
    if version.is_deleted:
        raise errors.no_version(name, number)
    return version


def under_alias(name: str, alias: str, actor: Actor) -> rows.Found:
    """The version that an alias points at; ``latest`` is the one of the highest number. Raises
    NotFound for the model, Invalid for the alias."""
    is_latest = alias.lower() == "latest"
    found = rows.newest(name, actor) if is_latest else rows.by_alias(name, alias, actor)
    if found is not None:
        return found
    if not rows.is_there(name, actor):
        raise errors.no_model(name)
    raise errors.no_latest(name) if is_latest else errors.no_alias(alias)


def stage_called(text: str) -> str:
    """The stage as it is written, whatever the case of ``text``. Raises Invalid."""
    stage = _STAGES.get(text.lower())
    if stage is None:
        known = ", ".join(_STAGES.values())
        raise Invalid(
            f"Invalid Model Version stage: {text[:80]}. Value must be one of {known}.",
            errors={"stage": f"one of {known}"},
        )
    return stage

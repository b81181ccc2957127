"""Versions as a tracking server tells of them: with a source and no files yet. What is missing is
brought later, by seal_version; until then there is no digest, and so no release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict, Unpack

from django.db import transaction

from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict
from lib.postgres import prepared
from registry import guards, rules
from registry.models import ModelVersion, RegisteredModel, VersionState
from registry.services import artifacts, contents, versions
from registry.subjects import model_subject, told, version_subject


class Told(TypedDict, total=False):
    """What a tracking server tells of a version, and where its files are."""

    source: Required[str]
    tracking_run: str
    run_link: str
    logged_model: str
    description: str
    tags: Mapping[str, str] | None


@transaction.atomic
def register_unsealed(
    model: RegisteredModel,
    *,
    actor: Actor,
    **facts: Unpack[Told],
) -> ModelVersion:
    """The next version of the model, whose files are at its ``source``. Raises Invalid, Refused."""
    actor.require("registry.write", *model.scopes)
    version = _numbered(model, facts, actor)
    prepared.insert(version)
    _tell(version, actor)
    return version


@transaction.atomic
def copy_version(
    origin: ModelVersion,
    model: RegisteredModel,
    *,
    actor: Actor,
    **facts: Unpack[Told],
) -> ModelVersion:
    """The next version of ``model``, made of the files of ``origin``. They are the same bytes, so
    one of a sealed origin is sealed at once. Raises Conflict when the origin is deleted, Refused
    when its files were called back."""
    actor.require("registry.write", *model.scopes)
    actor.require("registry.read", *origin.model.scopes)
    if origin.is_deleted:
        raise Conflict(f"{origin.label} is deleted.", code="deleted")
    guards.may_download(origin, actor)
    version = _numbered(model, facts, actor)
    version.manifest, version.format = origin.manifest, origin.format
    version.signature, version.developer = origin.signature, origin.developer
    version.save()
    if origin.digest:
        contents.seal(version, origin.digest)
    _tell(version, actor, origin)
    return version


@transaction.atomic
def seal_version(
    version: ModelVersion,
    *,
    manifest: Sequence[Mapping[str, Any]],
    format: str,
    signature: Mapping[str, Any],
    actor: Actor,
) -> ModelVersion:
    """From now on this is what the version is made of, for good (G1). ``manifest`` is of artefacts
    that are here. Raises Invalid as registering does, Conflict when it is sealed or deleted."""
    version = versions.locked(version, actor)
    if version.state != VersionState.UNSEALED:
        raise Conflict(f"{version.label} is {version.state} already.", code="wrong_state")
    files = contents.checked(manifest, format=format, signature=signature, actor=actor)
    document = artifacts.keep(rules.manifest_document(files), actor=actor)
    version.manifest, version.format, version.signature = files, format, dict(signature)
    version.save(update_fields=["manifest", "format", "signature", "updated_at"])
    contents.seal(version, document.digest)
    record(
        actor=actor,
        action="model_version.seal",
        subject=version_subject(version),
        details={
            "digest": version.digest,
            "format": format,
            "files": len(files),
            "bytes": sum(file["size"] for file in files),
            "signature": told(version.signature),
            "source": told(version.source),
        },
        evidence=[document.digest],
        related=[model_subject(version.model)],
    )
    return version


def _numbered(model: RegisteredModel, facts: Told, actor: Actor) -> ModelVersion:
    """The next version with what is told of it, unsaved."""
    version = versions.numbered(model, actor=actor)
    for name in ("source", "tracking_run", "run_link", "logged_model", "description"):
        setattr(version, name, facts.get(name, ""))
    version.tags = rules.tags_after({}, facts.get("tags") or {}, ())
    return version


def _tell(version: ModelVersion, actor: Actor, origin: ModelVersion | None = None) -> None:
    related = [model_subject(version.model)] + ([version_subject(origin)] if origin else [])
    record(
        actor=actor,
        action="model_version.register",
        subject=version_subject(version),
        details={
            "digest": version.digest,
            "source": told(version.source),
            "run": version.tracking_run or None,
            "copy_of": origin.key if origin else None,
            "description": told(version.description),
            "tags": told(version.tags),
        },
        evidence=[version.digest] if version.digest else [],
        related=related,
    )

"""Model versions: register (and seal), change what may change, file documents, delete."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict, NotFound
from lib.postgres import prepared
from registry import guards, rules
from registry.models import (
    Alias,
    DatasetVersion,
    ModelVersion,
    RegisteredModel,
    Run,
    VersionDataset,
    VersionDocument,
    VersionState,
)
from registry.services import artifacts, contents, runs
from registry.services.aliases import is_kept
from registry.subjects import (
    artifact_subject,
    dataset_version_subject,
    model_subject,
    run_subject,
    told,
    told_tags,
    version_subject,
)

Uses = list[tuple[DatasetVersion, str]]
_HIGHEST: Final = 2**31 - 1
_NUMBERED: Final = """
UPDATE registry_registeredmodel SET last_number = last_number + 1, updated_at = %s
WHERE id = %s AND deleted_at IS NULL RETURNING last_number
"""


def find(name: str, number: int, *, actor: Actor) -> ModelVersion:
    """A version of a living model, also a tombstone. Raises NotFound, also when the actor may not
    see it."""
    rows = ModelVersion.objects.visible_to(actor).select_related("model", "developer")
    version = rows.filter(model__name=name, number=max(-1, min(number, _HIGHEST))).first()
    if version is None:
        raise NotFound(
            f"There is no version {str(number)[:12]} of “{name}”, or you may not see it."
        )
    return version


@transaction.atomic
def register_version(
    model: RegisteredModel,
    *,
    manifest: Sequence[Mapping[str, Any]],
    format: str,
    signature: Mapping[str, Any],
    actor: Actor,
    datasets: Sequence[Mapping[str, Any]] = (),
    run: runs.RunFacts | None = None,
    developer: User | None = None,
    description: str = "",
    tags: dict[str, str] | None = None,
) -> ModelVersion:
    """The next version of the model, sealed: what it is made of never changes again (G1).

    ``manifest``: {path, digest, size} of uploaded artefacts. ``datasets``: {name, number, role}.
    Raises Invalid naming the JSON path of each thing that is wrong.
    """
    actor.require("registry.write", *model.scopes)
    files = contents.checked(manifest, format=format, signature=signature, actor=actor)
    uses = _resolved(datasets, actor)
    document = artifacts.keep(rules.manifest_document(files), actor=actor)
    executed = runs.record_run(run, inputs=uses, actor=actor) if run else None
    version = numbered(model, run=executed, actor=actor)
    version.developer, version.description, version.tags = developer, description, tags or {}
    version.manifest, version.format, version.signature = files, format, dict(signature)
    version.save()
    VersionDataset.objects.bulk_create(
        VersionDataset(version=version, dataset_version=data, role=role) for data, role in uses
    )
    contents.seal(version, document.digest)
    _record_registration(version, executed, uses, actor)
    return version


def numbered(model: RegisteredModel, *, actor: Actor, run: Run | None = None) -> ModelVersion:
    """An unsaved version with the next number (G2).

    The update locks the model's row until the transaction ends, so rivals queue up, each sees
    the number before its own, and a rollback gives the number back. Raises NotFound when the model
    is deleted.
    """
    found = prepared.rows(_NUMBERED, [timezone.now(), model.pk])
    if not found:
        raise NotFound(f"{model.name} is deleted.")
    return ModelVersion(model=model, number=found[0][0], run=run, created_by=actor.id)


def _resolved(datasets: Sequence[Mapping[str, Any]], actor: Actor) -> Uses:
    """The dataset versions that exist and that the actor may see, with their roles."""
    rows = DatasetVersion.objects.visible_to(actor).select_related("dataset")
    named = rows.filter(dataset__name__in={use["name"] for use in datasets})
    found = {(row.dataset.name, row.number): row for row in named} if datasets else {}
    errors: rules.Errors = {}
    uses: Uses = []
    for position, use in enumerate(datasets):
        row = found.get((use["name"], use["number"]))
        if use["role"] not in rules.USE_ROLES:
            errors[f"datasets[{position}].role"] = f"one of {', '.join(rules.USE_ROLES)}"
        if row is None:
            errors[f"datasets[{position}]"] = "unknown dataset version; register it first"
        elif (row, use["role"]) in uses:
            errors[f"datasets[{position}]"] = "stands there twice"
        else:
            uses.append((row, use["role"]))
    rules.raise_if(errors)
    return uses


def _record_registration(version: ModelVersion, run: Run | None, uses: Uses, actor: Actor) -> None:
    related = [model_subject(version.model)]
    related += [run_subject(run)] if run else []
    related += [dataset_version_subject(data) for data in dict.fromkeys(d for d, _ in uses)]
    record(
        actor=actor,
        action="model_version.register",
        subject=version_subject(version),
        details={
            "digest": version.digest,
            "format": version.format,
            "files": len(version.manifest),
            "bytes": sum(file["size"] for file in version.manifest),
            "signature": told(version.signature),
            "run": run.id if run else None,
            "datasets": [[data.key, role] for data, role in uses],
            "developer": version.developer.pseudonym if version.developer else None,
            "description": told(version.description),
            "tags": told(version.tags),
        },
        evidence=[str(version.digest)],
        related=related,
    )


@transaction.atomic
def change_version(
    version: ModelVersion,
    *,
    actor: Actor,
    description: str | None = None,
    tags: dict[str, str] | None = None,
) -> ModelVersion:
    """Description and tags are all that may change. Raises Conflict for a tombstone."""
    version = locked(version, actor)
    before = {"description": told(version.description), "tags": told(version.tags)}
    version.description = version.description if description is None else description
    version.tags = version.tags if tags is None else tags
    after = {"description": told(version.description), "tags": told(version.tags)}
    if before != after:
        version.save(update_fields=["description", "tags", "updated_at"])
        record(
            actor=actor,
            action="model_version.change",
            subject=version_subject(version),
            details={"before": before, "after": after},
        )
    return version


@transaction.atomic
def tag_version(
    version: ModelVersion,
    *,
    actor: Actor,
    put: Mapping[str, str] | None = None,
    drop: Collection[str] = (),
) -> ModelVersion:
    """Sets and removes single tags; a tag that is not there may be removed. Raises Invalid, and
    Conflict for a tombstone."""
    version = locked(version, actor)
    tags = rules.tags_after(version.tags, put or {}, drop)
    if tags != version.tags:
        version.tags = tags
        version.save(update_fields=["tags", "updated_at"])
        record(
            actor=actor,
            action="model_version.tag",
            subject=version_subject(version),
            details={"put": told_tags(put or {}), "drop": sorted(drop)},
        )
    return version


@transaction.atomic
def file_document(
    version: ModelVersion,
    *,
    kind: str,
    title: str,
    artifact: str,
    actor: Actor,
    responsible: str = "",
) -> VersionDocument:
    """Files an uploaded artefact as a document of the version. Raises Invalid, Conflict.

    ``responsible`` names who carries out a plan: a team or a post rather than a person.
    """
    version = locked(version, actor)
    blob = artifacts.uploaded(artifact, actor=actor)
    document = VersionDocument.objects.create(
        version=version,
        kind=kind,
        title=title,
        artifact=blob,
        responsible=responsible,
        created_by=actor.id,
    )
    record(
        actor=actor,
        action="model_version.file_document",
        subject=version_subject(version),
        details={
            "kind": kind,
            "title": title,
            "artifact": blob.digest,
            "responsible": responsible,
        },
        evidence=[blob.digest],
        related=[artifact_subject(blob)],
    )
    return document


@transaction.atomic
def delete_version(version: ModelVersion, *, actor: Actor, reason: str = "") -> ModelVersion:
    """Leaves a tombstone: the number is never used again, the aliases on it go.

    Raises Refused for a governed version, Conflict when it is deleted already.
    """
    # The model first, as whoever moves an alias locks: the other order could deadlock with it.
    RegisteredModel.objects.filter(pk=version.model_id).update(updated_at=timezone.now())
    version = locked(version, actor)
    guards.may_delete(version, actor)
    gone = Alias.objects.filter(version=version)
    names = sorted(gone.values_list("name", flat=True))
    for alias in gone:
        if alias.protected or is_kept(version.model, alias.name):
            guards.may_move_alias(version.model, alias.name, None, actor)
    gone.delete()
    version.state = VersionState.DELETED
    version.save(update_fields=["state", "updated_at"])
    record(
        actor=actor,
        action="model_version.delete",
        subject=version_subject(version),
        details={"digest": version.digest, "aliases": names},
        reason=reason,
        related=[model_subject(version.model)],
    )
    return version


def locked(version: ModelVersion, actor: Actor) -> ModelVersion:
    """The row, locked, and its model. Raises Refused, and Conflict for a tombstone."""
    found = prepared.rows(_locking(), [version.pk])
    if not found:
        raise ModelVersion.DoesNotExist
    width = len(ModelVersion._meta.concrete_fields)
    version = prepared.instance(ModelVersion, found[0][:width])
    version.model = prepared.instance(RegisteredModel, found[0][width:])
    actor.require("registry.write", *version.model.scopes)
    if version.is_deleted:
        raise Conflict(f"{version.label} is deleted.", code="deleted")
    return version


@cache
def _locking() -> str:
    """Made once: every change of a version begins with it (docs/decisions/0010)."""
    version = prepared.columns(ModelVersion, "v")
    model = prepared.columns(RegisteredModel, "m")
    return f"""
SELECT {version}, {model}
FROM registry_modelversion v JOIN registry_registeredmodel m ON m.id = v.model_id
WHERE v.id = %s FOR NO KEY UPDATE OF v
"""  # noqa: S608  (constants alone)

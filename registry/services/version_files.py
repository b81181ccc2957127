"""The files of versions as folders: listed, added and taken away while a version is unsealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from audit.services import record
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry import rules
from registry.artifacts.receiving import Readable
from registry.models import Artifact, ModelVersion, VersionState
from registry.models.sealing import OPEN
from registry.services import artifacts, versions
from registry.subjects import artifact_subject, version_subject

SEALED: Final = "sealed_version"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a folder; ``size`` in bytes, None for a folder."""

    name: str
    is_folder: bool
    size: int | None = None


def listed(version: ModelVersion, path: str) -> list[Row]:
    """What lies in the folder ``path`` of the version, by name; nothing for a file, or for a
    folder that is not there."""
    below = f"{path}/" if path else ""
    rows: dict[str, Row] = {}
    for file in version.manifest:
        if file["path"].startswith(below):
            name, slash, _ = file["path"][len(below) :].partition("/")
            rows[name] = Row(name, True) if slash else Row(name, False, file["size"])
    return [rows[name] for name in sorted(rows)]


def digest_at(version: ModelVersion, path: str) -> str:
    """The digest of the file at ``path``. Raises NotFound."""
    for file in version.manifest:
        if file["path"] == path:
            return str(file["digest"])
    raise NotFound(f"{version.label} has no file {path}.")


def refuse_other_person(version: ModelVersion, actor: Actor) -> None:
    """Raises Refused for a person who did not register the version: who shapes it is its developer
    and signs nothing about it (R3), and as its developer stands whoever registered it. Pipelines
    sign nothing, so any of them may."""
    if actor.is_person and actor.id != version.created_by:
        raise Refused(
            f"Somebody else registered {version.label}: its files and what they are come from them "
            "or from a pipeline. Register a version of your own.",
            code="not_yours",
        )


def add_file(
    version: ModelVersion, *, path: str, stream: Readable, size: int, actor: Actor
) -> Artifact:
    """Stores ``size`` bytes and puts the file into the manifest of the unsealed version, in place
    of what was there.

    Raises Refused when it is sealed or another person registered it, Conflict when it is deleted or
    being sealed, Invalid (path, truncated), TooLarge, StorageFull.
    """
    _refuse(version, path, actor)
    limit = settings.ARTIFACT_MAX_BYTES
    artifact = artifacts.store_stream(stream, size=size, limit=limit, actor=actor)
    _put(version, path, artifact, actor)
    return artifact


@transaction.atomic
def remove_files(version: ModelVersion, *, path: str, actor: Actor) -> int:
    """Takes the file at ``path``, or all below it, out of the manifest of the unsealed version.
    How many went. The bytes stay in the store. Raises NotFound, and as ``add_file``."""
    version = _open(version, actor)
    refuse_other_person(version, actor)
    kept = [file for file in version.manifest if not _is_at(file["path"], path)]
    gone = len(version.manifest) - len(kept)
    if not gone:
        raise NotFound(f"{version.label} has no file {path}.")
    version.manifest = kept
    version.save(update_fields=["manifest", "updated_at"])
    record(
        actor=actor,
        action="model_version.remove_file",
        subject=version_subject(version),
        details={"path": path, "files": gone},
    )
    return gone


@transaction.atomic
def _put(version: ModelVersion, path: str, artifact: Artifact, actor: Actor) -> None:
    version = _open(version, actor)
    _refuse_place(version, path)
    row = {"path": path, "digest": artifact.digest, "size": artifact.size}
    others = [file for file in version.manifest if file["path"] != path]
    version.manifest = sorted([*others, row], key=lambda file: str(file["path"]))
    version.save(update_fields=["manifest", "updated_at"])
    record(
        actor=actor,
        action="model_version.add_file",
        subject=version_subject(version),
        details=row,
        related=[artifact_subject(artifact)],
    )


def _open(version: ModelVersion, actor: Actor) -> ModelVersion:
    """The row, locked: unsealed, and nobody is about to seal it."""
    version = versions.locked(version, actor)
    _refuse_sealed(version)
    if version.sealings.filter(state__in=OPEN).exists():
        raise Conflict(f"{version.label} is being sealed: its files stay as they are.")
    return version


def _refuse(version: ModelVersion, path: str, actor: Actor) -> None:
    """Before anything is read: what will be asked again when it is here."""
    actor.require("registry.write", *version.model.scopes)
    _refuse_sealed(version)
    refuse_other_person(version, actor)
    _refuse_place(version, path)


def _refuse_sealed(version: ModelVersion) -> None:
    if version.state == VersionState.SEALED:
        raise Refused(f"{version.label} is sealed: its files never change.", code=SEALED)
    if version.is_deleted:
        raise Conflict(f"{version.label} is deleted.", code="deleted")


def _refuse_place(version: ModelVersion, path: str) -> None:
    fault = rules.path_fault(path)
    others: list[dict[str, Any]] = [file for file in version.manifest if file["path"] != path]
    if not fault and any(_is_at(file["path"], path) for file in others):
        fault = "a folder stands there"
    elif not fault and any(_is_at(path, file["path"]) for file in others):
        fault = "a file stands where a folder would have to be"
    if not fault and len(others) >= rules.MAX_FILES:
        fault = f"a version has at most {rules.MAX_FILES} files"
    if fault:
        raise Invalid(f"The file is not taken: {fault}.", errors={"path": fault})


def _is_at(path: str, place: str) -> bool:
    """Whether ``path`` is ``place`` or lies below it; everything lies below the top."""
    return not place or path == place or path.startswith(f"{place}/")

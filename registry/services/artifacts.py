"""Artefacts: receive, keep, find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from audit.services import record
from audit.services.reading import done_by
from lib.actor import Actor
from lib.canonical import sha256
from lib.errors import Invalid, NotFound
from registry import guards, rules
from registry.artifacts import store
from registry.artifacts.receiving import Readable
from registry.models import Artifact, DatasetVersion, ModelVersion, VersionDocument
from registry.models.visibility import model_in_scope, sees_everything
from registry.subjects import artifact_subject

UNKNOWN: Final = "unknown artefact; upload it first"


def receive(digest: str, *, size: int, stream: Readable, actor: Actor) -> tuple[Artifact, bool]:
    """The artefact, and whether it is new. Whoever may use a known one names it without its body;
    a body that is sent is read, checked and stored again, which mends a blob that was damaged.

    Raises Invalid (truncated), Unprocessable (another digest), StorageFull.
    """
    actor.require("registry.write")
    known = Artifact.objects.filter(pk=digest).first()
    if known and size == 0 and usable([digest], actor) and store().exists(digest):
        return known, False
    store().put_stream(digest, size, stream)
    return _noted(digest, size, actor)


def store_stream(stream: Readable, *, size: int | None, limit: int, actor: Actor) -> Artifact:
    """The artefact that comes in, under whatever digest it turns out to have: ``size`` bytes, or
    all there is.

    Asks for no permission: it is for services, which have asked for theirs. Raises Invalid
    (truncated), TooLarge (past ``limit`` bytes), StorageFull.
    """
    digest, got = store().put_unnamed(stream, size=size, limit=limit)
    return _noted(digest, got, actor)[0]


@transaction.atomic
def keep(data: bytes, *, actor: Actor) -> Artifact:
    """Stores ``data`` (evidence, a manifest) in the caller's transaction, once.

    Asks for no permission: it is for services, which have asked for theirs. Raises StorageFull.
    """
    digest = sha256(data)
    known = Artifact.objects.filter(pk=digest).first()
    store().put_bytes(data)
    return known or _noted(digest, len(data), actor)[0]


@transaction.atomic
def _noted(digest: str, size: int, actor: Actor) -> tuple[Artifact, bool]:
    """The blob comes first, the row after: a crash between leaves bytes that nobody refers to.

    Bytes that somebody else had stored are told of again: sending them proves that one has them.
    """
    artifact, created = Artifact.objects.get_or_create(digest=digest, defaults={"size": size})
    if created or not usable([digest], actor):
        record(
            actor=actor,
            action="artifact.store",
            subject=artifact_subject(artifact),
            details={"size": size},
        )
    return artifact, created


def find(digest: str, *, actor: Actor) -> Artifact:
    """The artefact if the actor may read it. Raises NotFound, also for those who may not."""
    artifact = Artifact.objects.filter(pk=digest).first()
    if artifact is None or not _may_read(digest, actor):
        raise NotFound(f"There is no artefact {digest}, or you may not see it.")
    return artifact


def _may_read(digest: str, actor: Actor) -> bool:
    """Scoped roles read what a version, dataset or document they see refers to."""
    if sees_everything(actor):
        return True
    if not actor.may("registry.read"):
        return False
    named = [{"digest": digest}]
    versions = ModelVersion.objects.visible_to(actor)
    datasets = DatasetVersion.objects.visible_to(actor)
    documents = VersionDocument.objects.filter(model_in_scope(actor, "version__model__"))
    return (
        versions.filter(manifest__contains=named).exists()
        or versions.filter(digest=digest).exists()
        or datasets.filter(manifest__contains=named).exists()
        or datasets.filter(digest=digest).exists()
        or documents.filter(artifact=digest).exists()
        or guards.may_read_artifact(digest, actor)
    )


def usable(digests: Iterable[str], actor: Actor) -> dict[str, int]:
    """The sizes of those artefacts that the actor may read or sent here. To know the digest of
    another's file is not to have it: naming it would otherwise open it."""
    known = dict(Artifact.objects.filter(pk__in=set(digests)).values_list("digest", "size"))
    if sees_everything(actor) or actor.may_everywhere("registry.write"):
        return known
    sent = done_by(actor, "artifact.store", type="artifact", keys=known)
    return {name: size for name, size in known.items() if name in sent or _may_read(name, actor)}


def require_uploaded(files: Sequence[Mapping[str, Any]], *, actor: Actor) -> None:
    """Raises Invalid naming each file of a manifest that the actor did not upload and may not read,
    or that has another size."""
    sizes = usable((file["digest"] for file in files), actor)
    errors: rules.Errors = {}
    for position, file in enumerate(files):
        size = sizes.get(file["digest"])
        if size is None:
            errors[f"manifest[{position}].digest"] = UNKNOWN
        elif size != file["size"]:
            errors[f"manifest[{position}].size"] = f"the artefact has {size} bytes"
    rules.raise_if(errors)


def uploaded(digest: str, *, actor: Actor) -> Artifact:
    """The artefact that a field ``artifact`` names. Raises Invalid as for a manifest."""
    if digest not in usable([digest], actor):
        raise Invalid(f"artifact: {UNKNOWN}.", errors={"artifact": UNKNOWN})
    return Artifact.objects.get(pk=digest)

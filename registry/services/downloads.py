"""Where the files of a version are fetched from, who may, and that they were.

A version whose files are here is fetched from here: then what is loaded is what was hashed.
"""

from __future__ import annotations

from typing import IO, Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from audit.services import record
from lib.actor import Actor
from lib.errors import NotFound
from registry import guards
from registry.artifacts import store
from registry.models import ModelVersion
from registry.models.visibility import model_in_scope
from registry.services import names, version_files
from registry.sources import opening, virtual
from registry.sources.addresses import PROXY
from registry.subjects import version_subject

ONE_PULL: Final = 600  # seconds in which all that somebody fetches of a version is one pull
_HOPS: Final = 10


def proxy_uri(version: ModelVersion) -> str:
    """The version's folder under our artifact proxy, as MLflow's client takes it."""
    folder = virtual.folder_of(version.model.name, version.number)
    return f"{settings.PUBLIC_URL.rstrip('/')}/api/2.0{PROXY}/{folder}"


def download_uri(version: ModelVersion, *, actor: Actor) -> str:
    """Where a client finds the files: here, if they are; else where their source says, which for a
    copy is where the origin's are.

    Raises Refused where ``guards.may_download`` does, NotFound for a copy whose origin the actor
    may not see.
    """
    for _ in range(_HOPS):
        guards.may_download(version, actor)
        if version.manifest:
            note_pull(version, actor=actor)
            return proxy_uri(version)
        origin = _origin(version, actor)
        if origin is None:
            note_pull(version, actor=actor)
            return version.source
        version = origin
    raise NotFound(f"The source of {version.label} leads in circles.")


def open_file(version: ModelVersion, path: str, *, actor: Actor) -> tuple[IO[bytes], int]:
    """The bytes at ``path``, verified before the first one is handed out (G1), and how many.

    Raises NotFound, Refused as ``download_uri``, Unprocessable with the code ``digest_mismatch``.
    """
    guards.may_download(version, actor)
    digest = version_files.digest_at(version, path)
    size = next(int(file["size"]) for file in version.manifest if file["path"] == path)
    file = store().open(digest)
    note_pull(version, actor=actor)
    return file, size


def note_pull(version: ModelVersion, *, actor: Actor) -> None:
    """Tells of it where ``RECORD_PULLS`` says so: once for all that one actor fetches of a version
    within ten minutes."""
    if not settings.RECORD_PULLS:
        return
    with transaction.atomic():
        if cache.add(f"pull:{version.pk}:{actor.id}", True, ONE_PULL):
            record(
                actor=actor,
                action="model_version.pull",
                subject=version_subject(version),
                details={"digest": version.digest},
                evidence=[version.digest] if version.digest else [],
            )


def _origin(version: ModelVersion, actor: Actor) -> ModelVersion | None:
    named = opening.own_version(version.source)
    if named is None:
        return None
    # One that was deleted meanwhile says as well as ever where the files are.
    rows = ModelVersion.objects.filter(model_in_scope(actor, "model__")).select_related("model")
    origin = names.known_as(rows, named.name, named.number)
    if origin is None:
        raise NotFound(
            f"The files of {version.label} are those of {named.name} v{named.number}, which is not "
            "here, or you may not see it."
        )
    return origin

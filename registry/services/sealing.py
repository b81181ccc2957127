"""Sealing a version that has only a source: asked for, carried out by a worker, told of.

``fetching`` carries it out. Nothing is lost when it fails: the version stays as it was, what came
in stays in the store, and asking again begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

import jobs.services
from audit.services import record
from jobs.registry import LeasedJob
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, ImprimaturError, NotFound, Unprocessable
from registry import rules
from registry.models import ModelVersion, Sealing, SealingState, VersionState
from registry.models.sealing import OPEN, SEAL
from registry.services import names, unsealed, version_files, versions
from registry.sources import opening
from registry.subjects import told, version_subject

_LONGEST: Final = 2_000


@transaction.atomic
def request_seal(
    version: ModelVersion,
    *,
    actor: Actor,
    format: str = "",
    signature: Mapping[str, Any] | None = None,
) -> Sealing | None:
    """Queues the sealing of the version; the one under way where there is one, None when it is
    sealed already. ``format`` and ``signature`` take the place of what its MLmodel file says; of
    people, only who registered the version gives them.

    Raises Refused, Invalid (format, signature), Unprocessable for a source from which nothing is
    fetched, Conflict for a tombstone.
    """
    version = versions.locked(version, actor)
    if version.is_sealed:
        return None
    under_way = version.sealings.filter(state__in=OPEN).first()
    if under_way is not None:
        return under_way
    _check_source(version, actor)
    given = _given(format, signature)
    if given:
        version_files.refuse_other_person(version, actor)
    sealing = Sealing.objects.create(
        version=version, given=given, requested_by=actor.id, requested_name=actor.name[:200]
    )
    jobs.services.enqueue(SEAL, key=str(sealing.id))
    record(
        actor=actor,
        action="model_version.ask_seal",
        subject=version_subject(version),
        details={
            "source": told(version.source),
            "uploaded": len(version.manifest),
            "given": told(given),
        },
    )
    return sealing


def why_not(version: ModelVersion, actor: Actor) -> str:
    """Why the actor cannot have the version sealed, as a sentence; empty when they can."""
    try:
        actor.require("registry.write", *version.model.scopes)
        if version.state != VersionState.UNSEALED:
            raise Conflict(f"{version.label} is {version.state}.")
        _check_source(version, actor)
    except ImprimaturError as error:
        return error.detail
    return ""


def latest(version: ModelVersion) -> Sealing | None:
    """The last request, if there was one."""
    return version.sealings.order_by("-id").first()


def origin_of(version: ModelVersion) -> ModelVersion | None:
    """The version of this registry that its source names. Raises NotFound when it is gone."""
    named = opening.own_version(version.source)
    if named is None:
        return None
    living = ModelVersion.objects.living().select_related("model")
    origin = names.known_as(living, named.name, named.number)
    if origin is None:
        raise NotFound(f"Its source, {named.name} v{named.number}, is not here any more.")
    return origin


@transaction.atomic
def begin(sealing_id: str) -> Sealing | None:
    """The sealing, now under way; None when there is nothing left to do."""
    sealing = _locked(sealing_id)
    if sealing is None or not sealing.is_open:
        return None
    sealing.state = SealingState.FETCHING
    sealing.save(update_fields=["state"])
    return sealing


@transaction.atomic
def keep_file(sealing: Sealing, file: Mapping[str, Any], job: LeasedJob) -> None:
    """A file is here. A worker that lost its lease writes nothing."""
    jobs.services.hold(job)
    sealing.files = [*sealing.files, dict(file)]
    sealing.save(update_fields=["files"])


@transaction.atomic
def finish(
    sealing: Sealing,
    *,
    manifest: Sequence[Mapping[str, Any]],
    format: str,
    signature: Mapping[str, Any],
    note: str,
    job: LeasedJob,
) -> None:
    """Seals the version, once. Raises what ``unsealed.seal_version`` raises."""
    jobs.services.hold(job)
    found = _locked(str(sealing.id))
    if found is not None and found.is_open:
        unsealed.seal_version(
            found.version, manifest=manifest, format=format, signature=signature, actor=SYSTEM
        )
        _end(found, SealingState.SEALED, note=note[:_LONGEST])
    jobs.services.finish(job)


@transaction.atomic
def fail(sealing_id: str, sentence: str) -> None:
    """The version stays unsealed, and ``sentence`` says why."""
    sealing = _locked(sealing_id)
    if sealing is None or not sealing.is_open:
        return
    _end(sealing, SealingState.FAILED, error=sentence[:_LONGEST])
    record(
        actor=SYSTEM,
        action="model_version.fail_seal",
        subject=version_subject(sealing.version),
        details={"why": told(sealing.error), "files": len(sealing.files)},
    )


@transaction.atomic
def give_up(job: LeasedJob, sentence: str) -> None:
    """As ``fail``, for a job that took more than it may. Raises LeaseLost: what came first
    stands."""
    jobs.services.hold(job)
    fail(job.key, sentence)
    jobs.services.finish(job)


def _end(sealing: Sealing, state: SealingState, **values: str) -> None:
    Sealing.objects.filter(pk=sealing.pk).update(state=state, finished_at=timezone.now(), **values)
    sealing.refresh_from_db(fields=["state", "finished_at", *values])


def _locked(sealing_id: str) -> Sealing | None:
    rows = Sealing.objects.select_for_update(of=("self",)).select_related("version__model")
    return rows.filter(pk=sealing_id).first()


def _check_source(version: ModelVersion, actor: Actor) -> None:
    """Raises where nothing could be fetched. Nobody outside is asked yet."""
    if version.manifest:
        return
    origin = origin_of(version)
    if origin is None:
        opening.check(version.source)
        return
    if not ModelVersion.objects.visible_to(actor).filter(pk=origin.pk).exists():
        raise NotFound(f"Its source, {origin.label}, is not here, or you may not see it.")
    if not origin.is_sealed:
        raise Unprocessable(f"Its source is {origin.label}, which is not sealed: seal that first.")


def _given(format: str, signature: Mapping[str, Any] | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if format:
        rules.check_format(format)
        given["format"] = format
    if signature is not None:
        rules.check_signature(signature, format)
        given["signature"] = dict(signature)
    return given

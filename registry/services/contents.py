"""What a version is made of: checked before it is written, closed for good after (G1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from lib.actor import Actor
from lib.errors import Conflict
from registry import rules
from registry.models import ModelVersion, VersionState
from registry.services import artifacts


def checked(
    manifest: Sequence[Mapping[str, Any]],
    *,
    format: str,
    signature: Mapping[str, Any],
    actor: Actor,
) -> list[rules.File]:
    """The manifest of a model as it is kept, sorted by path. Raises Invalid naming the JSON path of
    what is wrong with it, with the format or the signature, and of files that are not here."""
    files = rules.checked_manifest(manifest)
    rules.check_format(format)
    rules.check_model_file(manifest, format)
    rules.check_signature(signature, format)
    artifacts.require_uploaded(manifest, actor=actor)
    return files


def seal(version: ModelVersion, digest: str) -> None:
    """Closes a version whose manifest is stored. Raises Conflict when it is not open any more."""
    now = timezone.now()
    open_rows = ModelVersion.objects.filter(pk=version.pk, state=VersionState.UNSEALED)
    closed = {"state": VersionState.SEALED, "digest": digest, "sealed_at": now, "updated_at": now}
    if open_rows.update(**closed) != 1:
        raise Conflict(f"{version.label} is not open any more.")
    version.refresh_from_db(fields=list(closed))

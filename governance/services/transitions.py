"""The one place where a release's state is written."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from governance.models import Release, UseCase
from governance.states import RELEASE, is_final, require
from registry.models import RegisteredModel


def lock(release: Release) -> Release:
    """The release's row, locked until the transaction ends: every state change starts here."""
    return (
        Release.objects.select_for_update(of=("self",))
        .select_related(
            "version__model", "environment", "purpose", "use_case__owner", "requirement_set"
        )
        .get(pk=release.pk)
    )


def lock_open(model: RegisteredModel, *, also: UseCase | None = None) -> list[Release]:
    """The rows of the model's open releases, and of those of the use case ``also``: before anything
    else of the model is locked, where what follows may bear on their gates."""
    wanted = Q(version__model=model)
    if also is not None:
        wanted |= Q(use_case=also)
    rows = Release.objects.filter(wanted, closed_at=None)
    return [lock(release) for release in rows.order_by("pk")]


def move(release: Release, state: str, *fields: str) -> None:
    """The one place where a release's state is written. The caller holds the lock."""
    require(RELEASE, release.state, state, what=release.label)
    release.state = state
    if is_final(RELEASE, state):
        release.closed_at = timezone.now()
    release.save(update_fields=["state", "closed_at", "changed_at", *fields])

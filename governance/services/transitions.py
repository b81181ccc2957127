"""The one place where a release's state is written."""

from __future__ import annotations

from django.utils import timezone

from governance.models import Release
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


def lock_open(model: RegisteredModel) -> list[Release]:
    """The rows of the model's open releases: before anything else of the model is locked, where
    what follows may bear on their gates."""
    rows = Release.objects.filter(version__model=model, closed_at=None)
    return [lock(release) for release in rows.order_by("pk")]


def move(release: Release, state: str, *fields: str) -> None:
    """The one place where a release's state is written. The caller holds the lock."""
    require(RELEASE, release.state, state, what=release.label)
    release.state = state
    if is_final(RELEASE, state):
        release.closed_at = timezone.now()
    release.save(update_fields=["state", "closed_at", "changed_at", *fields])

"""Who has a stake in a release, remembered from each request on: changing an owner afterwards
frees nobody to sign, nor does owning it for a while meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from governance.models import Release
from governance.services.transitions import lock_open
from lib.actor import Actor
from registry.models import RegisteredModel


def owners_of(release: Release) -> set[str]:
    """Pseudonyms of the owners of use case and model, as they are now."""
    owners = {release.use_case.owner.pseudonym}
    if release.version.model.owner is not None:
        owners.add(release.version.model.owner.pseudonym)
    return owners


def note(release: Release, asker: Actor) -> None:
    """Adds who asks now, and today's owners. Sets the field; the caller saves it."""
    known = release.stakes or {"requesters": [], "owners": []}
    release.stakes = {
        "requesters": sorted({*known["requesters"], asker.id}),
        "owners": sorted({*known["owners"], *owners_of(release)}),
    }


def note_owners(releases: Sequence[Release], *owners: User | None) -> None:
    """Adds ``owners`` to the stakes in ``releases``, whose rows the caller has locked and of whose
    change of hands it tells."""
    ids = {owner.pseudonym for owner in owners if owner is not None}
    for release in releases:
        if ids - set(release.stakes["owners"]):
            owning = sorted(ids.union(release.stakes["owners"]))
            release.stakes = release.stakes | {"owners": owning}
            release.save(update_fields=["stakes"])


def model_changes_hands(model: RegisteredModel, owner: User) -> None:
    """The registry's port: ``owner`` is about to own the model."""
    releases = lock_open(model)
    former = RegisteredModel.objects.select_related("owner").get(pk=model.pk).owner
    note_owners(releases, former, owner)

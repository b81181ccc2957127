"""Who has a stake in a release, remembered from each request on: changing an owner afterwards
frees nobody to sign."""

from __future__ import annotations

from governance.models import Release
from lib.actor import Actor


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

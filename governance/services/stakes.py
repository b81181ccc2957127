"""Who has a stake in a release, remembered from each request on: changing an owner afterwards
frees nobody to sign, nor does owning it for a while meanwhile, nor having owned it before."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from governance.models import Finding, Release
from governance.permissions import Case
from governance.services import former_owners
from governance.services.transitions import lock_open
from lib.actor import Actor
from registry.models import ModelVersion, RegisteredModel


def owners_of(release: Release) -> set[str]:
    """Pseudonyms of the owners of use case and model, as they are now."""
    owners = {release.use_case.owner.pseudonym}
    if release.version.model.owner is not None:
        owners.add(release.version.model.owner.pseudonym)
    return owners


def in_findings(findings: Sequence[Finding]) -> dict[int, Case]:
    """Who has a stake in whether each is closed, by its key: whoever owns or owned the model or
    its use case, and who developed the version, or any of them where it is about all. Four
    queries, where owners were fetched with the findings."""
    models = {finding.model_id for finding in findings}
    made = list(
        ModelVersion.objects.filter(model__in=models).values_list(
            "pk", "model", "created_by", "developer__pseudonym"
        )
    )
    formerly = former_owners.in_findings(findings)
    remembered: dict[int, set[str]] = {}
    releases = Release.objects.filter(version__model__in=models)
    for model, kept in releases.values_list("version__model", "stakes"):
        remembered.setdefault(model, set()).update(kept["owners"])
    return {
        finding.pk: Case(
            scopes=finding.use_case.scopes,
            requester_ids=(),
            owner_ids={
                finding.use_case.owner.pseudonym,
                *([finding.model.owner.pseudonym] if finding.model.owner else ()),
                *remembered.get(finding.model_id, ()),
                *formerly[finding.pk],
            },
            developer_ids={
                who
                for version, model, *people in made
                if finding.version_id in (None, version) and model == finding.model_id
                for who in people
                if who
            },
            evidence_author_ids=(),
            signer_ids=(),
        )
        for finding in findings
    }


def note(release: Release, asker: Actor) -> None:
    """Adds who asks now, today's owners and those since the version was registered. Sets the
    field; the caller saves it."""
    known = release.stakes or {"requesters": [], "owners": []}
    owning = owners_of(release) | former_owners.of_release(release)
    release.stakes = {
        "requesters": sorted({*known["requesters"], asker.id}),
        "owners": sorted(owning.union(known["owners"])),
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

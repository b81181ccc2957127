"""Who has a stake in a release, remembered from each request on: changing an owner afterwards
frees nobody to sign, nor does owning it for a while meanwhile, nor having owned it before."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Q

from accounts.models import User
from governance.models import Finding, Release, UseCase
from governance.models.releases import OPEN_STATES
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


def in_findings(findings: Sequence[Finding], actor: Actor) -> dict[int, Case]:
    """What ``actor`` has at stake in whether each is closed, by its key, and nobody else: whoever
    owns or owned the model or its use case, and who developed the version, or any of them where it
    is about all. Four queries, where owners were fetched with the findings."""
    models = {finding.model_id for finding in findings}
    developed = _developed(models, actor)
    formerly = former_owners.in_findings(findings)
    releases = Release.objects.filter(
        version__model__in=models, stakes__contains={"owners": [actor.id]}
    ).order_by()
    remembered = set(releases.values_list("version__model", flat=True))
    return {
        finding.pk: Case(
            scopes=finding.use_case.scopes,
            requester_ids=(),
            owner_ids={
                finding.use_case.owner.pseudonym,
                *([finding.model.owner.pseudonym] if finding.model.owner else ()),
                *([actor.id] if finding.model_id in remembered else ()),
                *formerly[finding.pk],
            },
            developer_ids={actor.id}
            if (finding.model_id, finding.version_id) in developed
            else set(),
            evidence_author_ids=(),
            signer_ids=(),
        )
        for finding in findings
    }


def _developed(models: Collection[int], actor: Actor) -> set[tuple[int, int | None]]:
    """What of ``models`` ``actor`` made or developed: each model and version, and each model with
    None for the whole of it."""
    mine = Q(created_by=actor.id)
    if actor.user_id is not None:
        mine |= Q(developer=actor.user_id)
    rows = ModelVersion.objects.filter(mine, model__in=models).order_by()
    found: set[tuple[int, int | None]] = set(rows.values_list("model", "pk"))
    return found | {(model, None) for model, _ in found}


def awaited_by(use_case: UseCase, actor: Actor) -> Release | None:
    """An open release of ``use_case`` that ``actor`` asked for, or of which they made or developed
    the version; None when there is none. One query."""
    mine = Q(stakes__contains={"requesters": [actor.id]}) | Q(version__created_by=actor.id)
    if actor.user_id is not None:
        mine |= Q(version__developer=actor.user_id)
    return Release.objects.filter(mine, use_case=use_case, state__in=OPEN_STATES).first()


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

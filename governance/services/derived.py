"""A release that follows from another one in a single act: a rollback, or an emergency.

It has no gates of its own. It pins what the other one pinned, says which that was, and is released
in the transaction that writes it.
"""

from __future__ import annotations

from django.utils import timezone

from audit.services import record
from governance.models import Authorization, Release
from governance.services.numbering import next_number
from governance.services.prohibition import why_prohibited
from governance.services.purpose_tiers import strictest_tier
from governance.services.releases import requester_of
from governance.subjects import of_release, of_version
from lib.actor import Actor


def why_not_now(release: Release) -> str:
    """Why the version of ``release`` may not run there in a single act; empty when it may.

    What a person said no to stays no: bytes that were ever revoked, or are suspended anywhere, take
    the long way. So does what was held to a lighter tier than the purpose is held to now.
    """
    said_no = Authorization.objects.filter(
        version_digest=release.version_digest, state__in=("revoked", "suspended")
    ).first()
    label = release.version.label
    if said_no is not None:
        return f"An authorization of the files of {label} is {said_no.state}: ask for a release."
    if release.tier > strictest_tier(release.purpose.key):
        return f"{release.purpose.name} is held to a stricter tier now: ask for a release."
    if why := why_prohibited(release.use_case):
        return why
    if release.version.state != "sealed":
        return f"{label} is {release.version.state}."
    return ""


def write(source: Release, *, reason: str, actor: Actor) -> Release:
    """The released case; the caller authorizes it in the same transaction."""
    now = timezone.now()
    release = Release.objects.create(
        number=next_number(Release),
        version=source.version,
        version_digest=source.version_digest,
        environment=source.environment,
        purpose=source.purpose,
        use_case=source.use_case,
        tier=source.tier,
        requirement_set=source.requirement_set,
        state="released",
        evidence=source.evidence,
        evidence_digest=source.evidence_digest,
        requester_kind=actor.kind,
        requester_pseudonym=actor.id,
        requester_name=actor.name,
        requester=requester_of(actor),
        stakes=source.stakes,
        reason=reason,
        closed_at=now,
    )
    record(
        actor=actor,
        action="release.derive",
        subject=of_release(release),
        reason=reason,
        details={
            "number": release.number,
            "from": source.label,
            "version": release.version.key,
            "version_digest": release.version_digest,
            "environment": release.environment.name,
            "purpose": release.purpose.key,
            "tier": release.tier,
            "requirements": release.requirement_set_id,
        },
        evidence=[release.version_digest],
        related=[of_version(release.version), of_release(source)],
    )
    return release

"""The words that waivers and emergencies are decided, ended and judged with, shown before they are
signed and kept with the signature (21 CFR 11.50); and whether somebody saw what they act on."""

from __future__ import annotations

from governance.models import EmergencyRequest, EmergencyReview, Waiver
from lib.canonical import digest_of
from lib.errors import PreconditionFailed


def of_waiver(waiver: Waiver, *, title: str = "") -> str:
    """What whoever decides about it, or revokes it, answers for. ``title`` is that of its gate,
    where it is at hand."""
    release = waiver.release
    if not title:
        gates = release.gates.filter(revision=release.revision, key=waiver.gate)
        title = gates.values_list("title", flat=True).first() or waiver.gate
    until = f"until {waiver.expires_at:%-d %B %Y}" if waiver.expires_at else ""
    return (
        f"{waiver.label}: {release.version.label} in {release.environment.name} for "
        f"{release.purpose.name} without “{title}” {until or f'for {waiver.days} days'}. "
        f"Revision {release.revision} of {release.label}, artefact {release.version_digest}."
    )


def of_emergency(request: EmergencyRequest) -> str:
    """What whoever lets it, or declines it, answers for."""
    release = request.release
    rule = release.requirement_set.document.get("emergency") or {}
    return (
        f"Incident {request.incident}: {release.version.label} in {release.environment.name} for "
        f"{release.purpose.name}, before every gate is open, for {rule.get('valid_hours', 0)} "
        f"hours. Revision {release.revision} of {release.label}, "
        f"artefact {release.version_digest}."
    )


def of_review(review: EmergencyReview) -> str:
    """What whoever says whether it was right answers for."""
    held = review.authorization
    return (
        f"Incident {review.incident}: {held.version.label} in {held.environment.name} for "
        f"{held.purpose.name}, before every gate is open, until "
        f"{held.expires_at:%-d %B %Y, %H:%M} UTC. Authorization {held.digest}, "
        f"artefact {held.version_digest}."
    )


def kept(statement: str, *, seen: str) -> str:
    """``statement``, to be kept with a signature. Raises PreconditionFailed when ``seen``, the
    digest of what the signer was shown, is that of other words; empty when none were."""
    refuse_unread(seen, digest_of(statement))
    return statement


def refuse_unread(seen: str, stands: str) -> None:
    """Raises PreconditionFailed unless ``seen`` is how it ``stands``: digests. Empty for whoever
    was shown nothing."""
    if seen not in ("", stands):
        raise PreconditionFailed(
            "It changed since you opened the page. Read it again as it is now; what you typed is "
            "kept."
        )

"""What follows when something that a release waits for has changed: the one way to go on.

A signature, an answer, a waiver, a closed finding: whoever changes such a thing calls this in the
same transaction, with the release's row locked.
"""

from __future__ import annotations

from django.utils import timezone

from audit.services import record
from governance import gating
from governance.models import Release
from governance.services import authorizations, dossiers, gates
from governance.services.deadlines import due_at
from governance.services.notifying import review_began
from governance.services.transitions import move
from governance.subjects import of_release
from lib.actor import Actor


def advance(release: Release, *, actor: Actor) -> list[gating.GateView]:
    """Evaluates the gates anew. A blocked release of which only people are missing goes to
    review; in the transaction that opens the last gate the authorization is issued (R1, R4)."""
    views = gates.refresh(release, actor=actor)
    if release.state == "blocked" and release.evidence and gating.ready_for_review(views):
        begin_review(release)
        _tell_review(release, actor)
    if release.state == "in_review" and gating.is_cleared(views):
        authorizations.issue(release, actor=actor)
    if not release.is_open:  # until then it is printed when somebody asks for it
        dossiers.request(release)
    return views


def begin_review(release: Release, *fields: str) -> None:
    """The business days that the policies give reviewers count from now."""
    release.review_started_at = timezone.now()
    days = release.requirement_set.document["review_days"]
    release.due_at = due_at(release.review_started_at, days)
    move(release, "in_review", "review_started_at", "due_at", *fields)
    review_began(release)


def _tell_review(release: Release, actor: Actor) -> None:
    """After the entries of its gates: a change that no entry follows is refused (A1)."""
    assert release.due_at is not None
    record(
        actor=actor,
        action="release.review",
        subject=of_release(release),
        details={"revision": release.revision, "due_at": release.due_at.isoformat()},
    )

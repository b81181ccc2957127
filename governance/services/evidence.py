"""Freezing what was measured, so that people sign something that cannot move."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from governance.gating import ready_for_review
from governance.models import Release, ValidationRun
from governance.services import gates
from governance.services.advancing import begin_review
from governance.services.transitions import lock, move
from governance.subjects import of_release
from lib.actor import SYSTEM
from lib.canonical import digest_of
from registry.models import VersionDocument


@transaction.atomic
def freeze(run: ValidationRun) -> Release:
    """All checks are done: the evidence gets its manifest and digest, and people may decide.

    The release goes to review when only people are missing, else it is blocked with reasons.
    """
    release = lock(run.release)
    if release.revision != run.revision or release.state != "validating":
        return release
    documents = [_named(document) for document in release.version.documents.order_by("pk")]
    release.evidence = {
        "release": str(release.id),
        "revision": release.revision,
        "version": release.version_digest,
        "requirements": release.requirement_set_id,
        "tier": release.tier,
        "checks": {check.key: check.evidence_digest for check in run.checks.all()},
        "verdicts": {check.key: check.verdict for check in run.checks.all()},
        "documents": documents,
    }
    release.evidence_digest = digest_of(release.evidence)
    views = gates.refresh(release, actor=SYSTEM)
    if ready_for_review(views):
        begin_review(release, "evidence", "evidence_digest")
    else:
        move(release, "blocked", "evidence", "evidence_digest")
    record(
        actor=SYSTEM,
        action="release.evidence_frozen",
        subject=of_release(release),
        details={
            "revision": release.revision,
            "state": release.state,
            "evidence": release.evidence,
            "digest": release.evidence_digest,
        },
        evidence=[digest for digest in release.evidence["checks"].values() if digest],
    )
    return release


def documents_of(release: Release) -> tuple[list[VersionDocument], list[VersionDocument]]:
    """The documents that count, and those that were filed after the evidence was frozen."""
    filed = list(release.version.documents.select_related("artifact").order_by("kind", "pk"))
    if not release.evidence:
        return filed, []
    frozen = release.evidence["documents"]
    counting = [document for document in filed if _named(document) in frozen]
    return counting, [document for document in filed if document not in counting]


def _named(document: VersionDocument) -> dict[str, str]:
    return {
        "kind": document.kind,
        "title": document.title,
        "artifact": str(document.artifact_id),
    }

"""What belongs to the bundle of a release: whose entries, and the evidence behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from uuid import UUID

from audit.providers import BundleParts, Contents
from audit.subjects import Subject
from governance.models import Authorization, PolicyVersion, Release
from governance.services import dossiers
from governance.services.evidence import documents_of
from governance.subjects import of_authorization, of_policy, of_release, of_use_case, of_version
from lib.actor import Actor
from lib.canonical import canonical_json
from lib.errors import NotFound
from registry.artifacts import store
from registry.models import Artifact
from registry.rules import manifest_document
from registry.subjects import dataset_version_subject, model_subject, run_subject

Piece = tuple[str, str, Contents]


def parts_of_release(key: str, actor: Actor) -> BundleParts:
    """The port's answer for ``release:KEY``. Raises NotFound when there is no such release."""
    release = _find(key, actor)
    policies = dossiers.policies_behind(release)
    authorization = Authorization.objects.filter(release=release).first()
    pieces = [
        *_documents(release, policies, authorization),
        *_artifacts(release),
    ]
    return BundleParts(
        subjects=_subjects(release, policies, authorization),
        evidence={digest: (name, contents) for digest, name, contents in pieces},
        dossier=dossiers.latest(release),
        title=f"{release.label} {release.version.label} to {release.environment.name}",
    )


def _find(key: str, actor: Actor) -> Release:
    try:
        seen = Release.objects.visible_to(actor).with_names()
        known = seen.select_related("requirement_set", "version__run")
        return known.get(pk=UUID(key))
    except (ValueError, Release.DoesNotExist) as error:
        raise NotFound("There is no such release.") from error


def _subjects(
    release: Release, policies: list[PolicyVersion], authorization: Authorization | None
) -> list[Subject]:
    version = release.version
    uses = version.datasets.select_related("dataset_version__dataset").order_by("pk")
    return [
        of_release(release),
        of_version(version),
        model_subject(version.model),
        *(dataset_version_subject(use.dataset_version) for use in uses),
        *([run_subject(version.run)] if version.run else []),
        *(of_policy(each.policy) for each in policies),
        of_use_case(release.use_case),
        *([of_authorization(authorization)] if authorization else []),
    ]


def _documents(
    release: Release, policies: list[PolicyVersion], authorization: Authorization | None
) -> Iterator[Piece]:
    """What lies in the database and is named by the digest of its canonical JSON (a policy: of
    its text)."""
    manifest = manifest_document(release.version.manifest)
    yield release.version_digest, f"manifest of {release.version.label}", manifest
    requirements = release.requirement_set
    yield requirements.digest, "requirements", canonical_json(requirements.document)
    if release.evidence_digest:
        yield release.evidence_digest, "frozen evidence", canonical_json(release.evidence)
    for each in policies:
        yield each.digest, f"policy {each.label}", each.source.encode()
    if authorization:
        yield authorization.digest, "authorization", canonical_json(authorization.document)


def _artifacts(release: Release) -> Iterator[Piece]:
    """What lies in the store: of every revision, since earlier decisions were about it."""
    names: dict[str, str] = {}
    for run in release.runs.prefetch_related("checks"):
        names[run.scores_digest] = f"scores, revision {run.revision}"
        names[run.explanations_digest] = f"explanations, revision {run.revision}"
        facts = str(run.facts.get("explanation_facts", ""))
        names[facts] = f"facts of the explanations, revision {run.revision}"
        for check in run.checks.all():
            names[check.evidence_digest] = f"check {check.key}, revision {run.revision}"
    for document in documents_of(release)[0]:
        names[document.artifact_id] = f"document {document.title}"
    for digest in Artifact.objects.filter(pk__in=names).values_list("digest", flat=True):
        yield digest, names[digest], _opener(digest)


def _opener(digest: str) -> Contents:
    def opened() -> IO[bytes]:
        return store().open(digest)

    return opened

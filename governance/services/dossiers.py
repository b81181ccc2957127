"""Release dossiers: asked for, filed, handed out. Workers print them, see ``report_tasks``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

import jobs.services
from audit.services import record
from audit.subjects import Subject
from governance.models import Authorization, Dossier, PolicyVersion, Release
from governance.subjects import of_release
from jobs.models import Job
from jobs.registry import LeasedJob
from lib.actor import SYSTEM, Actor
from lib.errors import Unavailable
from registry.artifacts import store
from registry.services.artifacts import keep

KIND = "release.dossier"
TRY_AGAIN_AFTER = timedelta(minutes=1)


def basis_of(release: Release) -> str:
    """What a dossier of the release as it is now would show; it changes when anything does."""
    signed = release.decisions.count()
    held = Authorization.objects.filter(release=release).values_list("state", flat=True).first()
    return f"{release.revision}:{release.state}:{signed}:{held or 'none'}"


def request(release: Release) -> Job:
    """Queues the printing, in the caller's transaction; asking twice queues it once."""
    return jobs.services.enqueue(KIND, key=f"{release.id}:{basis_of(release)}")


def is_current(release: Release) -> bool:
    return _made(release).filter(basis=basis_of(release)).exists()


def latest(release: Release) -> bytes | None:
    """The newest PDF, current or not; None when none was ever made."""
    newest = _made(release).first()
    return _read(newest) if newest else None


def problem_of(release: Release) -> str:
    """Why there can be no dossier at present, as a sentence; empty when nothing is known against
    one."""
    newest = release.dossiers.first()
    return newest.problem if newest else ""


def policies_behind(release: Release) -> list[PolicyVersion]:
    """The policy versions that make up its requirements, in the order of the requirement set."""
    labels = release.requirement_set.document["policies"]
    slugs = [label.rpartition(" v")[0] for label in labels]
    found = PolicyVersion.objects.select_related("policy").filter(policy__slug__in=slugs)
    known = {version.label: version for version in found}
    return [known[label] for label in labels if label in known]


def file_name(release: Release) -> str:
    """Safe in a header and on any disk, whatever the model is called."""
    version = release.version
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", version.model.name)
    return f"{release.label}-{name}-v{version.number}.pdf"


@transaction.atomic
def download(release: Release, *, actor: Actor) -> bytes | None:
    """The current PDF, its download noted in the audit trail; None while it is being prepared.

    Raises Refused without ``governance.read``. When there is none the printing is asked for, so
    that coming back later helps; ``require_engine`` then says whether it can.
    """
    actor.require("governance.read", *release.scopes)
    made = _made(release).filter(basis=basis_of(release)).first()
    if made is None:
        _ask_again(release)
        return None
    pdf = _read(made)
    record(
        actor=actor,
        action="audit.export",
        subject=Subject("export", str(uuid4()), f"dossier of {release.label}"),
        related=[of_release(release)],
        details={"what": "dossier", "sha256": made.artifact_id, "size": len(pdf)},
        evidence=[str(made.artifact_id)],
    )
    return pdf


def require_engine(release: Release) -> None:
    """Raises Unavailable when the last attempt found that PDFs are off here."""
    problem = problem_of(release)
    if problem:
        raise Unavailable(problem, code="no_pdf")


@transaction.atomic
def keep_printed(
    release: Release, pdf: bytes, *, basis: str, made_at: datetime, job: LeasedJob
) -> Dossier:
    """Stores the PDF as an artefact; a worker that lost its lease stores nothing."""
    jobs.services.hold(job)
    made = Dossier.objects.create(
        release=release,
        revision=release.revision,
        state=release.state,
        basis=basis,
        artifact=keep(pdf, actor=SYSTEM),
        made_at=made_at,
    )
    jobs.services.finish(job)
    return made


def note_problem(release: Release, problem: str, *, basis: str) -> Dossier:
    """Remembers why it could not be printed, for the page and the API to say."""
    return Dossier.objects.create(
        release=release,
        revision=release.revision,
        state=release.state,
        basis=basis,
        problem=problem,
        made_at=timezone.now(),
    )


def _ask_again(release: Release) -> None:
    """Not at once after a problem: a missing library does not come back within the minute."""
    newest = release.dossiers.first()
    if newest and newest.problem and newest.made_at > timezone.now() - TRY_AGAIN_AFTER:
        return
    request(release)


def _made(release: Release) -> QuerySet[Dossier]:
    return release.dossiers.filter(artifact__isnull=False)


def _read(made: Dossier) -> bytes:
    with store().open(str(made.artifact_id)) as file:
        return file.read()

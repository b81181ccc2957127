"""Asking for a release, revising and withdrawing it."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from audit.services import record
from governance.models import Purpose, Release
from governance.models.use_cases import Phase
from governance.services import conditions, gates, phases, plans, policies, stakes, validation
from governance.services.numbering import next_number
from governance.services.prohibition import refuse_prohibited
from governance.services.purpose_tiers import tier_for
from governance.services.transitions import lock, move
from governance.states import RELEASE, require
from governance.subjects import of_release, of_version
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Invalid, NotFound
from registry.models import Environment, ModelVersion


@transaction.atomic
def request_release(
    version: ModelVersion, *, environment: str, purpose: str, reason: str, actor: Actor
) -> Release:
    """Opens the case and queues its validation suite.

    Raises Invalid for an unknown environment or purpose, Conflict when the version is unsealed,
    no policy covers the case, or the same release is open already.
    """
    place, aim = _place(environment), _aim(version, purpose)
    use_case = aim.use_case
    actor.require("release.request", *use_case.scopes)
    refuse_prohibited(use_case)
    _refuse_unreleasable(version)
    number = next_number(Release)
    _refuse_second(version, place, aim)
    tier = tier_for(use_case, purpose)
    requirements = policies.requirement_set(
        tier=tier, environment=environment, purpose=purpose, extra=plans.asked_by(use_case)
    )
    release = Release(
        number=number,
        version=version,
        version_digest=version.digest or "",
        environment=place,
        purpose=aim,
        use_case=use_case,
        tier=tier,
        requirement_set=requirements,
        requester_kind=actor.kind,
        requester_pseudonym=actor.id,
        requester_name=actor.name,
        requester=requester_of(actor),
        reason=reason,
    )
    stakes.note(release, actor)
    release.save(force_insert=True)
    _record_request(release, actor)
    phases.advance(release.use_case, Phase.BUILD, actor=actor)
    validation.start(release, actor=actor)
    gates.refresh(release, actor=SYSTEM)
    return release


def _place(environment: str) -> Environment:
    place = Environment.objects.filter(name=environment).first()
    if place is None:
        raise Invalid(
            f"There is no environment “{environment}”.", errors={"environment": "unknown"}
        )
    return place


def _aim(version: ModelVersion, purpose: str) -> Purpose:
    """The approved purpose ``purpose`` of the use case that the version's model serves."""
    slug = version.model.use_case
    rows = Purpose.objects.select_related("use_case")
    aim = rows.filter(use_case__slug=slug, key=purpose).first()
    if aim is None:
        raise Invalid(
            f"“{purpose}” is no approved purpose of the use case “{slug}” of this model.",
            errors={"purpose": "not approved for the model's use case"},
        )
    return aim


def _record_request(release: Release, actor: Actor) -> None:
    record(
        actor=actor,
        action="release.request",
        subject=of_release(release),
        reason=release.reason,
        details={
            "number": release.number,
            "version": release.version.key,
            "version_digest": release.version_digest,
            "environment": release.environment.name,
            "purpose": release.purpose.key,
            "tier": release.tier,
            "requirements": release.requirement_set_id,
            "policies": release.requirement_set.document["policies"],
        },
        evidence=[release.version_digest],
        related=[of_version(release.version)],
    )


def requester_of(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id else None


def _refuse_unreleasable(version: ModelVersion) -> None:
    if not version.model.governed:
        raise Conflict(
            f"{version.model.name} is not governed: put it under the rules first, then ask.",
            code="not_governed",
        )
    if version.state != "sealed" or not version.digest:
        raise Conflict(
            f"{version.label} is {version.state}: only a sealed version can be released.",
            code="not_sealed",
        )


def _refuse_second(version: ModelVersion, place: Environment, aim: Purpose) -> None:
    open_one = Release.objects.filter(
        version=version, environment=place, purpose=aim, closed_at=None
    ).first()
    if open_one is not None:
        raise Conflict(
            f"{open_one.label} asks for the same and is open: revise or withdraw it.",
            code="open_already",
            release=str(open_one.id),
        )


@transaction.atomic
def revise(release: Release, *, reason: str, actor: Actor) -> Release:
    """A new revision: requirements are joined anew with the dials of today, everything is measured
    again, and earlier decisions no longer count (R2)."""
    release = lock(release)
    actor.require("release.request", *release.scopes)
    require(RELEASE, release.state, "validating", what=release.label)
    release.tier = tier_for(release.use_case, release.purpose.key)
    release.requirement_set = policies.requirement_set(
        tier=release.tier,
        environment=release.environment.name,
        purpose=release.purpose.key,
        extra=plans.asked_by(release.use_case),
    )
    release.revision += 1
    stakes.note(release, actor)
    release.evidence, release.evidence_digest = {}, ""
    release.review_started_at = release.due_at = None
    move(
        release,
        "validating",
        "requirement_set",
        "tier",
        "revision",
        "stakes",
        "evidence",
        "evidence_digest",
        "review_started_at",
        "due_at",
    )
    record(
        actor=actor,
        action="release.revise",
        subject=of_release(release),
        reason=reason,
        details={"revision": release.revision, "requirements": release.requirement_set_id},
    )
    why = f"Revision {release.revision} took the place of the one that it was promised for."
    conditions.void(release, why=why, actor=actor)
    validation.start(release, actor=actor)
    gates.refresh(release, actor=SYSTEM)
    return release


@transaction.atomic
def withdraw(release: Release, *, reason: str, actor: Actor) -> Release:
    """Closes the case for good; a suite that still runs ends with it."""
    release = lock(release)
    actor.require("release.request", *release.scopes)
    move(release, "withdrawn")
    record(actor=actor, action="release.withdraw", subject=of_release(release), reason=reason)
    conditions.void(release, why=f"{release.label} is withdrawn.", actor=actor)
    validation.abandon(release)
    return release


def find(release_id: str, *, actor: Actor) -> Release:
    """The release as far as ``actor`` may see it. Raises NotFound."""
    rows = Release.objects.visible_to(actor).with_names().select_related("requirement_set")
    release = rows.filter(pk=release_id).first()
    if release is None:
        raise NotFound("There is no such release, or you may not see it.")
    return release

"""Certifying again what runs: somebody without a stake looks at it and says what comes of it.

A review ends the stop that was written ahead for the day after it (R10) and writes the next one,
never later than the policies' interval after the review.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.services import record
from governance.models import Authorization, Recertification, Release, Stop
from governance.models.authorizations import RUNNING_STATES, StopCode
from governance.models.oversight import Certification
from governance.services import (
    authorizations,
    findings,
    following,
    phases,
    reviewing_value,
    stopping,
)
from governance.services.transitions import lock_open
from governance.subjects import of_authorization, of_release, of_version
from lib.actor import SYSTEM, Actor
from lib.canonical import plain
from lib.errors import Conflict, Invalid, Refused

Limit = dict[str, Any]
TO_MEND = (Certification.MODIFY, Certification.RETRAIN)
"""What they find wrong is opened as a finding, with a day by which it is mended."""


def due(actor: Actor, *, by: datetime | None = None) -> QuerySet[Authorization]:
    """What runs and is to be certified again by ``by`` (now when left out), the longest overdue
    first, as far as ``actor`` may see it."""
    now = timezone.now()
    return (
        Authorization.objects.filter(
            state__in=RUNNING_STATES,
            expires_at__gt=now,
            review_due_at__lte=by or now,
            release__in=Release.objects.visible_to(actor),
        )
        .select_related("version__model", "environment", "purpose", "release")
        .prefetch_related("stops")
        .order_by("review_due_at")
    )


def why_not(authorization: Authorization, actor: Actor) -> str:
    """Why ``actor`` may not review it, as a sentence; empty when they may."""
    release = authorization.release
    roles = _rule(release)["reviewers"]
    if not actor.is_person or not actor.may("decision.sign", *release.scopes):
        return "Only people who may sign review what runs."
    if not any(actor.holds(role, *release.scopes) for role in roles):
        return f"It is reviewed by somebody who holds {' or '.join(roles)}."
    return stopping.stake_in(authorization, actor)


@transaction.atomic
def recertify(
    authorization: Authorization,
    *,
    outcome: str,
    rationale: str,
    actor: Actor,
    next_due_at: datetime | None = None,
    limits: Sequence[Limit] = (),
    finding_due_on: date | None = None,
) -> Recertification:
    """Continue, modify, retrain (both open a finding), restrict (``limits`` are added, none is
    ever taken back) or retire. ``next_due_at`` may only pull the next review earlier.

    Raises Refused in words, Invalid naming every field, Conflict when it has ended or run out, or
    when its policies ask for no review.
    """
    use_case = authorization.release.use_case
    lock_open(authorization.model, also=use_case)
    held = stopping.lock(authorization)
    refuse(held, actor=actor)
    _refuse_unclear(held, outcome, rationale, next_due_at, limits, finding_due_on)
    now = timezone.now()
    was_due = held.review_due_at or now
    retires = outcome == Certification.RETIRE
    row = Recertification.objects.create(
        authorization=held,
        outcome=outcome,
        rationale=rationale.strip(),
        was_due_at=was_due,
        reviewer=User.objects.get(pseudonym=actor.id),
        reviewed_at=now,
        next_due_at=None if retires else next_due_at or _latest(held, now),
        restrictions=list(limits),
        value=reviewing_value.kept(held.release.use_case),
    )
    if not retires:
        _write_next(held, row, actor)
    _record(row, actor)
    if retires:
        authorizations.end(held, "retired", reason=row.rationale, actor=actor)
    if outcome in TO_MEND and finding_due_on is not None:
        _open_finding(row, finding_due_on, actor)
    phases.looked_after(use_case, actor=actor)
    following.go_on_with(use_case, actor=actor)
    return row


def refuse(held: Authorization, *, actor: Actor) -> None:
    """Raises what any review of it by ``actor`` would raise now. Changes nothing."""
    _refuse_ended(held)
    barred = why_not(held, actor)
    if barred:
        raise Refused(barred, code="may_not_review")


def _rule(release: Release) -> dict[str, Any]:
    """Raises Conflict where no policy asks for reviews."""
    rule: dict[str, Any] | None = release.requirement_set.document.get("recertification")
    if rule is None:
        raise Conflict("Its policies ask for no re-certification.", code="no_review_asked")
    return rule


def _refuse_ended(held: Authorization) -> None:
    if held.state not in RUNNING_STATES or held.expires_at <= timezone.now():
        raise Conflict(
            f"The authorization is {held.state_at().replace('_', ' ')}: ask for a new release.",
            code="ended",
        )


def _latest(held: Authorization, now: datetime) -> datetime:
    return now + timedelta(days=_rule(held.release)["every_days"])


def _refuse_unclear(
    held: Authorization,
    outcome: str,
    rationale: str,
    next_due_at: datetime | None,
    limits: Sequence[Limit],
    finding_due_on: date | None,
) -> None:
    errors = {}
    now = timezone.now()
    if outcome not in Certification.values:
        errors["outcome"] = f"one of {', '.join(Certification.values)}"
    if len(rationale.strip()) < 3:
        errors["rationale"] = "say what was found, in a few words"
    if next_due_at is not None and not now < next_due_at <= _latest(held, now):
        errors["next_due_at"] = f"after now and by {_latest(held, now):%Y-%m-%d}, as policies ask"
    if (outcome == Certification.RESTRICT) != bool(limits):
        errors["limits"] = "at least one to restrict its use, none with any other outcome"
    if any(set(limit) != {"key", "value", "text"} for limit in limits):
        errors["limits"] = "each has key, value and text"
    elif any(isinstance(limit["value"], dict | list | None) for limit in limits):
        errors["limits"] = "a value is a text, a number, or true or false"
    if (outcome in TO_MEND) != (finding_due_on is not None):
        errors["finding_due_on"] = "the day by which it is mended, to modify or retrain alone"
    elif finding_due_on is not None and finding_due_on < timezone.localdate():
        errors["finding_due_on"] = "lies in the past"
    if errors:
        raise Invalid("The review is not complete.", errors=errors)


def _write_next(held: Authorization, row: Recertification, actor: Actor) -> None:
    held.limits = [*held.limits, *(one for one in row.restrictions if one not in held.limits)]
    held.review_due_at = row.next_due_at
    held.save(update_fields=["limits", "review_due_at"])
    held.stops.filter(code=StopCode.REVIEW_OVERDUE, ends_at=None).update(
        ends_at=row.reviewed_at, ended_by=actor.id, end_reason="It was certified again."
    )
    assert row.next_due_at is not None
    Stop.objects.create(
        authorization=held,
        code=StopCode.REVIEW_OVERDUE,
        starts_at=row.next_due_at + timedelta(days=held.review_grace_days),
        reason="It was to be certified again by then.",
        begun_by=actor.id,
    )


def _record(row: Recertification, actor: Actor) -> None:
    held = row.authorization
    record(
        actor=actor,
        action="authorization.recertify",
        subject=of_authorization(held),
        reason=row.rationale,
        details=plain(
            {
                "outcome": row.outcome,
                "was_due_at": row.was_due_at,
                "next_due_at": row.next_due_at,
                "limits": row.restrictions,
                "value": row.value,
            }
        ),
        related=[of_release(held.release), of_version(held.version)],
    )


def _open_finding(row: Recertification, due_on: date, actor: Actor) -> None:
    held = row.authorization
    findings.raise_finding(
        held.model,
        title=f"Re-certification of {held.version.label}: {row.get_outcome_display().lower()}",
        text=row.rationale,
        severity="medium",
        owner=findings.mender_of(held.model),
        due_on=due_on,
        actor=actor if actor.may("finding.raise", *held.release.scopes) else SYSTEM,
        version=held.version,
        release=held.release,
        cause="recertification",
    )

"""Exceptions for a while: asked for by one person, granted by another, for one requirement (R9)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.services import record
from governance.models import Release, Waiver
from governance.policy.terms import waivable
from governance.services import statements
from governance.services.advancing import advance
from governance.services.numbering import next_number
from governance.services.prohibition import refuse_prohibited, why_prohibited
from governance.services.slots import case_of, stake_of
from governance.services.transitions import lock
from governance.states import WAIVER, require
from governance.subjects import of_release
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound, Refused, refusal


@transaction.atomic
def request(release: Release, *, gate: str, days: int, reason: str, actor: Actor) -> Waiver:
    """Asks that one requirement need not be met for ``days`` days.

    Raises Conflict when the release is over, its use is prohibited, the gate is not closed, the
    same was asked already or is granted now; Invalid for a gate that the policies do not let
    anybody waive, or too many days.
    """
    release = lock(release)
    person = _who_asks(release, actor)
    refuse_prohibited(release.use_case)
    terms = _allowed(release, gate)
    if not 1 <= days <= terms["max_days"]:
        raise Invalid(
            f"A waiver of “{gate}” holds for 1 to {terms['max_days']} days.",
            errors={"days": f"from 1 to {terms['max_days']}"},
        )
    why = reasons.given(reason, "Say why it cannot be met.")
    _refuse_needless(release, gate)
    number = next_number(Waiver)
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                number=number,
                release=release,
                version=release.version,
                gate=gate,
                reason=why,
                days=days,
                requested_by_id=person,
                requested_at=timezone.now(),
            )
    except IntegrityError as error:
        raise Conflict("The same is asked for already.", code="asked_already") from error
    _tell(waiver, "request", actor, reason=waiver.reason)
    return waiver


def why_not_request(release: Release, *, actor: Actor) -> str:
    """Why ``actor`` may not ask for a waiver here; empty when they may."""
    return refusal(lambda: _who_asks(release, actor)) or why_prohibited(release.use_case)


def _who_asks(release: Release, actor: Actor) -> int:
    actor.require("release.request", *release.scopes)
    if actor.user_id is None:
        raise Refused("People ask for waivers: tokens do not.", code="people_only")
    if not release.is_open:
        raise Conflict(f"{release.label} is over: ask for a new release.", code="closed")
    return actor.user_id


def allowed(release: Release) -> dict[str, dict[str, Any]]:
    """What the policies let be waived: the gate's key -> ``{max_days, approvers}``."""
    return waivable(release.requirement_set.document)


def earlier(release: Release) -> Counter[str]:
    """How often each requirement of the model has been waived so far, for the same use, by the
    gate's key: a habit is no exception."""
    return Counter(_granted(release).values_list("gate", flat=True))


def _granted(release: Release) -> QuerySet[Waiver]:
    return Waiver.objects.filter(
        state__in=("granted", "revoked"),
        version__model=release.version.model_id,
        release__environment=release.environment_id,
        release__purpose=release.purpose_id,
    )


def place_of(waiver: Waiver) -> int:
    """1 for the first of its requirement, as ``earlier`` counts; one that is not granted stands
    after all that were."""
    before = _granted(waiver.release).filter(gate=waiver.gate).exclude(pk=waiver.pk)
    if waiver.state in ("granted", "revoked"):
        before = before.filter(decided_at__lt=waiver.decided_at)
    return before.count() + 1


def _allowed(release: Release, gate: str) -> dict[str, Any]:
    """What the policies say of waiving ``gate``. Raises Invalid when they do not let anybody."""
    may = allowed(release)
    waiver = may.get(gate)
    if waiver is None:
        told = ", ".join(may) or "nothing"
        raise Invalid(
            f"The policies do not let anybody waive “{gate}”; they do let: {told}.",
            errors={"gate": "cannot be waived"},
        )
    return waiver


def _refuse_needless(release: Release, gate: str) -> None:
    row = release.gates.get(revision=release.revision, key=gate)
    if row.state != "closed" or row.verdict == "error":
        raise Conflict(
            f"“{row.title}” is {row.state}{' without a result' * (row.verdict == 'error')}: there "
            "is nothing that a waiver could let pass.",
            code="nothing_to_waive",
        )


@transaction.atomic
def decide(waiver: Waiver, *, granted: bool, reason: str, actor: Actor, seen: str = "") -> Waiver:
    """Grants or refuses it, which opens its gate or leaves it closed. The approver holds a role
    that the strictest of the policies names for it (``joining``); never who asked, nor anybody with
    a stake in the release. ``seen`` is the digest of the statement that they were shown
    (``statements``). Raises Refused, Conflict, PreconditionFailed."""
    waiver = _held(waiver)
    release = waiver.release
    if not release.is_open:
        raise Conflict(f"{release.label} is over.", code="closed")
    _refuse_partial(waiver, actor)
    if granted:
        refuse_prohibited(release.use_case)
        _refuse_longer(waiver)
    now = timezone.now()
    waiver.decided_by_id, waiver.decided_at = actor.user_id, now
    waiver.decision_reason = reasons.given(reason)
    waiver.statement = statements.kept(statements.of_waiver(waiver), seen=seen)
    if granted:
        waiver.expires_at = now + timedelta(days=waiver.days)
    fields = ("decided_by", "decided_at", "decision_reason", "statement", "expires_at")
    _move(waiver, "granted" if granted else "refused", *fields)
    act = "grant" if granted else "refuse"
    _tell(waiver, act, actor, reason=waiver.decision_reason, statement=waiver.statement)
    advance(release, actor=actor)
    return waiver


def _refuse_longer(waiver: Waiver) -> None:
    """A revision may have come since, with policies that allow less."""
    most = _allowed(waiver.release, waiver.gate)["max_days"]
    if waiver.days > most:
        raise Conflict(
            f"It was asked for {waiver.days} days, and the policies allow {most} by now: refuse "
            "it, and have it asked for anew.",
            code="too_long",
        )


def _refuse_partial(waiver: Waiver, actor: Actor) -> None:
    """Raises Refused to whoever may not decide about it."""
    why = why_not_decide(waiver, actor=actor)
    if why:
        raise Refused(why, code="may_not_decide")


def why_not_decide(waiver: Waiver, *, actor: Actor) -> str:
    """Why ``actor`` may not decide about it, as a sentence; empty when they may."""
    release = waiver.release
    terms = allowed(release).get(waiver.gate)
    if terms is None:
        return "The policies of this revision do not let anybody waive it any more."
    roles = terms["approvers"]
    if not (actor.is_person and actor.may("decision.sign", *release.scopes)) or not any(
        actor.holds(role, *release.scopes) for role in roles
    ):
        return f"A waiver of “{waiver.gate}” is decided by somebody who holds {' or '.join(roles)}."
    stake = stake_of(case_of(release), actor)
    own = actor.user_id == waiver.requested_by_id
    return stake or ("You asked for it, so somebody else decides." if own else "")


@transaction.atomic
def withdraw(waiver: Waiver, *, reason: str, actor: Actor) -> Waiver:
    """Who asked takes it back."""
    waiver = _held(waiver)
    _refuse_others(waiver, actor)
    waiver.decision_reason, waiver.ended_at = reasons.given(reason), timezone.now()
    _move(waiver, "withdrawn", "decision_reason", "ended_at")
    _tell(waiver, "withdraw", actor, reason=waiver.decision_reason)
    return waiver


@transaction.atomic
def revoke(waiver: Waiver, *, reason: str, actor: Actor, seen: str = "") -> Waiver:
    """Ends it at once: its gate closes, if the release is still open. What was authorized on it is
    for whoever may revoke authorizations. ``seen`` is as for ``decide``. Raises Refused, Conflict,
    PreconditionFailed."""
    waiver = _held(waiver)
    actor.require("authorization.revoke", *waiver.release.scopes)
    waiver.ended_at, waiver.decision_reason = timezone.now(), reasons.given(reason)
    waiver.end_statement = statements.kept(statements.of_waiver(waiver), seen=seen)
    _move(waiver, "revoked", "ended_at", "decision_reason", "end_statement")
    _tell(waiver, "revoke", actor, reason=waiver.decision_reason, statement=waiver.end_statement)
    if waiver.release.is_open:
        advance(waiver.release, actor=actor)
    return waiver


def why_not_withdraw(waiver: Waiver, *, actor: Actor) -> str:
    """Why ``actor`` may not take the request back; empty when they may."""
    return refusal(lambda: _refuse_others(waiver, actor))


def why_not_revoke(waiver: Waiver, *, actor: Actor) -> str:
    """Why ``actor`` may not end it at once; empty when they may."""
    return refusal(lambda: actor.require("authorization.revoke", *waiver.release.scopes))


def _refuse_others(waiver: Waiver, actor: Actor) -> None:
    if actor.user_id != waiver.requested_by_id:
        raise Refused("Only who asked takes it back.", code="not_the_asker")


def find(number: int, *, actor: Actor) -> Waiver:
    """As far as ``actor`` may see its release. Raises NotFound."""
    row = Waiver.objects.select_related("release").filter(number=number).first()
    if row is None or not Release.objects.visible_to(actor).filter(pk=row.release_id).exists():
        raise NotFound(f"There is no waiver W-{number}, or you may not see it.")
    return row


def find_of(release: Release, number: int) -> Waiver:
    """Raises NotFound."""
    row = release.waivers.filter(number=number).first()
    if row is None:
        raise NotFound(f"{release.label} has no waiver W-{number}.")
    return row


def _held(waiver: Waiver) -> Waiver:
    release = lock(waiver.release)
    held = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
    held.release = release
    return held


def _move(waiver: Waiver, state: str, *fields: str) -> None:
    require(WAIVER, waiver.state, state, what=waiver.label)
    waiver.state = state
    waiver.save(update_fields=["state", *fields])


def _tell(waiver: Waiver, what: str, actor: Actor, *, reason: str, statement: str = "") -> None:
    record(
        actor=actor,
        action=f"waiver.{what}",
        subject=of_release(waiver.release),
        reason=reason,
        details={
            "waiver": waiver.label,
            "gate": waiver.gate,
            "days": waiver.days,
            "expires_at": waiver.expires_at.isoformat() if waiver.expires_at else None,
            **({"statement": statement} if statement else {}),
        },
    )

"""Strings attached to an approval: promised with a signature, met, verified by somebody else.

A condition that is due and not verified stops the authorization by the clock (R10): the stop is
written when the authorization is issued, with the day on which it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.people import holders_of
from audit.services import record
from governance.models import Authorization, Condition, Decision, Release, Stop
from governance.services.slots import case_of, stake_of
from governance.services.statements import refuse_unread
from governance.services.transitions import lock
from governance.states import CONDITION, require
from governance.subjects import of_release
from lib import reasons
from lib.actor import Actor, Scope
from lib.canonical import digest_of
from lib.errors import Invalid, NotFound, Refused, refusal

WAITING = ("open", "met")
"""Owed, or waiting for somebody to verify it."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A condition as it is asked for: what, by whom (a username), within how many days."""

    text: str
    owner: str
    days: int


@dataclass(frozen=True, slots=True)
class Promise:
    """The same, held against the policy and the people there are."""

    text: str
    owner: User
    due_at: datetime

    def told(self) -> dict[str, Any]:
        return {"text": self.text, "owner": self.owner.pseudonym, "due_at": self.due_at.isoformat()}


def read(release: Release, outcome: str, attached: Sequence[Attached]) -> list[Promise]:
    """Raises Invalid for conditions without an approval that has them, and the other way round;
    for people that are not there; for more days than the policies allow."""
    if (outcome == "approve_with_conditions") != bool(attached):
        raise Invalid(
            "An approval with conditions names at least one, and nothing else has any.",
            errors={"conditions": "do not fit the outcome"},
        )
    if not attached:
        return []
    allowed = release.requirement_set.document.get("conditions")
    if not allowed:
        raise Invalid(
            "The policies of this release allow no conditions: approve, reject or send it back.",
            errors={"outcome": "conditions are not allowed"},
        )
    most = allowed["max_days"]
    return [_promise(one, place, most, release.scopes) for place, one in enumerate(attached)]


def _promise(one: Attached, place: int, most: int, scopes: tuple[Scope, ...]) -> Promise:
    errors = {}
    owner = holders_of("promise.answer", *scopes).filter(username=one.owner).first()
    if owner is None:
        errors[f"conditions[{place}].owner"] = "nobody who could say that it is met"
    if len(one.text.strip()) < 3:
        errors[f"conditions[{place}].text"] = "say what has to be done"
    if not 1 <= one.days <= most:
        errors[f"conditions[{place}].days"] = f"from 1 to {most}, the most that the policies allow"
    if errors or owner is None:
        raise Invalid("A condition is not complete.", errors=errors)
    return Promise(one.text.strip(), owner, timezone.now() + timedelta(days=one.days))


def attach(decision: Decision, promised: Sequence[Promise]) -> None:
    """In the transaction of the signature, whose entry tells of them."""
    held = decision.release.conditions.count()
    Condition.objects.bulk_create(
        Condition(
            release=decision.release,
            decision=decision,
            number=held + place,
            text=promise.text,
            owner=promise.owner,
            due_at=promise.due_at,
        )
        for place, promise in enumerate(promised, start=1)
    )


def write_stops(authorization: Authorization, *, actor: Actor) -> None:
    """One for each condition of the revision that was authorized. In the transaction of its
    issue, whose entry tells of them."""
    release = authorization.release
    Stop.objects.bulk_create(
        Stop(
            authorization=authorization,
            code="condition_overdue",
            starts_at=condition.due_at,
            reason=f"Condition {condition.number} is due: {condition.text}",
            begun_by=actor.id,
            condition=condition,
        )
        for condition in release.conditions.filter(
            decision__revision=release.revision, state__in=WAITING
        )
    )


@transaction.atomic
def meet(condition: Condition, *, shown: str, actor: Actor) -> Condition:
    """Its owner says that it is done, and what shows it. Raises Refused to anybody else."""
    condition = _held(condition)
    _refuse_other(condition, actor)
    done = reasons.given(shown, "Say what shows that it was done.", field="shown")
    condition.met_at, condition.met_with = timezone.now(), done
    return _move(condition, "met", "met_at", "met_with", reason=condition.met_with, actor=actor)


@transaction.atomic
def verify(
    condition: Condition, *, accepted: bool, reason: str, actor: Actor, seen: str = ""
) -> Condition:
    """Somebody who may sign, does not own it and has no stake in the version says whether it is
    met. What it stopped runs again from then on. ``seen`` is how it stood when it was read. Raises
    Refused, PreconditionFailed when it stands otherwise."""
    condition = _held(condition)
    refuse_unread(seen, as_it_stands(condition))
    _refuse_owner(condition, actor)
    reasons.given(reason)
    if not accepted:
        condition.met_at, condition.met_with = None, ""
        return _move(condition, "open", "met_at", "met_with", reason=reason, actor=actor)
    now = timezone.now()
    condition.verified_by_id, condition.verified_at = actor.user_id, now
    Stop.objects.filter(condition=condition, ends_at=None).update(
        ends_at=now, ended_by=actor.id, end_reason=f"Condition {condition.number} is verified."
    )
    fields = ("verified_by", "verified_at")
    return _move(condition, "verified", *fields, reason=reason, actor=actor)


def as_it_stands(condition: Condition) -> str:
    """A digest of what a reader sees of it that changes: what shows that it is met."""
    return digest_of(
        {"state": condition.state, "met_at": condition.met_at, "met_with": condition.met_with}
    )


def drop(authorization: Authorization, *, actor: Actor) -> None:
    """Nobody owes any more what was promised for an authorization that has ended. In the
    transaction of its end."""
    why = f"The authorization that it hung on is {authorization.state}."
    _drop(Condition.objects.filter(stops__authorization=authorization), why=why, actor=actor)


def void(release: Release, *, why: str, actor: Actor) -> None:
    """Nobody owes what was promised with signatures that count no more: those of a revision that
    another followed, or of a release that was rejected or withdrawn. In that transaction."""
    _drop(Condition.objects.filter(release=release), why=why, actor=actor)


def _drop(rows: QuerySet[Condition], *, why: str, actor: Actor) -> None:
    waiting = rows.filter(state__in=WAITING).select_for_update(of=("self",))
    for condition in waiting.select_related("release").order_by("number"):
        _move(condition, "dropped", reason=why, actor=actor)


def carry(condition: Condition | None, release: Release) -> Condition | None:
    """The condition that a rolled-back authorization hangs on: what was dropped when another took
    its place is owed again by the same day, as far as it was done. The caller tells."""
    if condition is None or condition.state != "dropped":
        return condition
    return Condition.objects.create(
        release=release,
        decision=condition.decision,
        number=release.conditions.count() + 1,
        text=condition.text,
        owner=condition.owner,
        state="met" if condition.met_at else "open",
        due_at=condition.due_at,
        met_at=condition.met_at,
        met_with=condition.met_with,
    )


def why_not_meet(condition: Condition, *, actor: Actor) -> str:
    """Why ``actor`` may not say that it is met; empty when they may."""
    return refusal(lambda: _refuse_other(condition, actor))


def why_not_verify(condition: Condition, *, actor: Actor) -> str:
    """Why ``actor`` may not verify it; empty when they may."""
    return refusal(lambda: _refuse_owner(condition, actor))


def _refuse_other(condition: Condition, actor: Actor) -> None:
    actor.require("promise.answer", *condition.release.scopes)
    if actor.user_id != condition.owner_id:
        raise Refused("Only its owner says that a condition is met.", code="not_the_owner")


def _refuse_owner(condition: Condition, actor: Actor) -> None:
    actor.require("decision.sign", *condition.release.scopes)
    if not actor.is_person or actor.user_id == condition.owner_id:
        raise Refused("Somebody who does not own a condition verifies it.", code="own_condition")
    if stake := stake_of(case_of(condition.release), actor):
        raise Refused(stake, code="has_a_stake")


def _held(condition: Condition) -> Condition:
    """Under the release's lock, as everywhere."""
    lock(condition.release)
    rows = Condition.objects.select_for_update(of=("self",)).select_related("release__use_case")
    return rows.get(pk=condition.pk)


def _move(condition: Condition, state: str, *fields: str, reason: str, actor: Actor) -> Condition:
    require(CONDITION, condition.state, state, what=f"Condition {condition.number}")
    condition.state = state
    condition.save(update_fields=["state", *fields])
    action = {"met": "meet", "verified": "verify", "open": "reopen", "dropped": "drop"}[state]
    record(
        actor=actor,
        action=f"condition.{action}",
        subject=of_release(condition.release),
        reason=reason,
        details={"condition": condition.number, "text": condition.text},
    )
    return condition


def find(release: Release, number: int) -> Condition:
    """Raises NotFound."""
    found = release.conditions.select_related("release__use_case").filter(number=number).first()
    if found is None:
        raise NotFound(f"{release.label} has no condition {number}.")
    return found

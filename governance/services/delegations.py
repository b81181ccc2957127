"""Signing for somebody who is away: given by that person, for one role, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.people import person_subject
from audit.services import record
from governance.models import Delegation
from governance.models.delegations import LONGEST
from lib.actor import EVERYWHERE, Actor, Scope
from lib.errors import Conflict, Invalid, NotFound, Refused


@transaction.atomic
def give(
    *, to: str, role: str, starts_at: datetime, ends_at: datetime, reason: str, actor: Actor
) -> Delegation:
    """``actor`` lets the person ``to`` (a username) sign for them in ``role``.

    Raises Refused when they do not hold the role themselves: what was passed to somebody they do
    not pass on. Invalid for somebody who may not see what they would sign, and for a time that is
    over, backwards or longer than 90 days; Conflict when the role is given to somebody else in
    that time already.
    """
    if actor.user_id is None:
        raise Refused("People delegate: tokens do not.", code="people_only")
    if role not in roles_to_give(actor):
        raise Refused(
            f"You do not hold “{role}” yourself, or it signs nothing: there is nothing to pass on.",
            code="not_yours",
        )
    delegate = User.objects.filter(username=to, is_active=True).exclude(pk=actor.user_id).first()
    places = [grant.scope for grant in actor.grants if grant.role == role]
    _refuse_unclear(delegate, places, starts_at, ends_at, reason)
    assert delegate is not None
    User.objects.select_for_update().get(pk=actor.user_id)
    if _meeting(actor, role, starts_at, ends_at).exists():
        raise Conflict("The role is given to somebody in that time already.", code="given")
    delegation = Delegation.objects.create(
        delegator_id=actor.user_id,
        delegate=delegate,
        role=role,
        reason=reason.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        made_at=timezone.now(),
    )
    _tell(delegation, "give", actor)
    return delegation


def _reads_all(delegate: Actor, places: Sequence[Scope]) -> bool:
    """Whether they see what they would sign, wherever the delegator's role holds."""
    return all(
        delegate.may_everywhere("governance.read")
        if place == EVERYWHERE
        else delegate.may("governance.read", place)
        for place in places
    )


def _refuse_unclear(
    delegate: User | None,
    places: Sequence[Scope],
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> None:
    errors = {}
    if delegate is None:
        errors["to"] = "no such person, or yourself"
    elif delegate.actor.observes:
        errors["to"] = "they audit: the third line signs for nobody"
    elif not _reads_all(delegate.actor, places):
        errors["to"] = (
            "they hold no role that sees releases wherever yours holds, so there is something that "
            "they could not read and would sign: ask an operator to give them one first, or choose "
            "somebody else"
        )
    if ends_at <= max(starts_at, timezone.now()):
        errors["ends_at"] = "ends before it starts, or is over"
    if ends_at - starts_at > LONGEST:
        errors["ends_at"] = f"at most {LONGEST.days} days"
    if len(reason.strip()) < 3:
        errors["reason"] = "say why"
    if errors:
        raise Invalid("The delegation is not complete.", errors=errors)


def _meeting(
    actor: Actor, role: str, starts_at: datetime, ends_at: datetime
) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(delegator=actor.user_id, role=role, ended_at=None)
    return rows.filter(Q(starts_at__lt=ends_at), Q(ends_at__gt=starts_at))


@transaction.atomic
def end(delegation: Delegation, *, actor: Actor) -> Delegation:
    """Either of the two ends it before its day. What was signed under it stays signed."""
    held = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if actor.user_id not in (held.delegator_id, held.delegate_id):
        raise Refused("Only the two people it is between end it.", code="not_yours")
    now = timezone.now()
    if held.ended_at is not None or held.ends_at <= now:
        raise Conflict("It has ended already.", code="ended")
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    _tell(held, "end", actor)
    return held


def given_by(actor: Actor) -> QuerySet[Delegation]:
    """What ``actor`` let others sign, the newest first."""
    rows = Delegation.objects.filter(delegator=actor.user_id) if actor.user_id else None
    return (Delegation.objects.none() if rows is None else rows).select_related("delegate")


def held_by(actor: Actor) -> QuerySet[Delegation]:
    """What others let ``actor`` sign, the newest first."""
    rows = Delegation.objects.filter(delegate=actor.user_id) if actor.user_id else None
    return (Delegation.objects.none() if rows is None else rows).select_related("delegator")


def roles_to_give(actor: Actor) -> list[str]:
    """Keys of the signing roles that ``actor`` holds: what was passed to them is none of them."""
    if actor.user_id is None or not actor.may("decision.sign"):
        return []
    return sorted({g.role for g in actor.grants if "decision.sign" in g.permissions})


def find(pk: int, *, actor: Actor) -> Delegation:
    """One that ``actor`` gave or holds. Raises NotFound."""
    mine = Q(delegator=actor.user_id) | Q(delegate=actor.user_id)
    found = Delegation.objects.filter(mine, pk=pk).first() if actor.user_id else None
    if found is None:
        raise NotFound("There is no such delegation, or it is not yours.")
    return found


def _tell(delegation: Delegation, what: str, actor: Actor) -> None:
    record(
        actor=actor,
        action=f"delegation.{what}",
        subject=person_subject(delegation.delegator),
        reason=delegation.reason if what == "give" else "",
        details={
            "role": delegation.role,
            "delegate_id": delegation.delegate.pseudonym,
            "starts_at": delegation.starts_at.isoformat(),
            "ends_at": delegation.ends_at.isoformat(),
        },
    )

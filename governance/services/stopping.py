"""Stopping what runs: suspended for a while, resumed by somebody without a stake, or retired.

People decide about these. What the clock stops (a condition or a review that is overdue) needs
nobody, and nobody lifts it here: it ends when what was promised is done.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.services import record
from governance.models import Authorization, Stop
from governance.models.authorizations import StopCode
from governance.services import authorizations
from governance.services.slots import case_of, stake_of
from governance.states import AUTHORIZATION, require
from governance.subjects import of_authorization, of_release, of_version
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Refused

PERMISSION = "authorization.revoke"
BECOMES = {
    "suspend": "suspended",
    "resume": "active",
    "revoke": "revoked",
    "retire": "retired",
}
"""What each act makes of an authorization."""


@transaction.atomic
def suspend(authorization: Authorization, *, reason: str, actor: Actor) -> Authorization:
    """Allows nothing from now on, until it is resumed. Raises Conflict when it is suspended
    already, has ended or run out; Refused; Invalid without a reason."""
    held = _held(authorization, reason, actor)
    refuse(held, "suspend", actor=actor)
    authorizations.stand(held, "suspended")
    Stop.objects.create(
        authorization=held,
        code=StopCode.SUSPENDED,
        starts_at=timezone.now(),
        reason=reason.strip(),
        begun_by=actor.id,
    )
    _tell(held, "suspend", reason, actor)
    return held


@transaction.atomic
def resume(authorization: Authorization, *, reason: str, actor: Actor) -> Authorization:
    """Lifts a suspension. Other stops stay. Raises Refused to whoever has a stake in the version,
    Conflict when it is not suspended or has run out meanwhile."""
    held = _held(authorization, reason, actor)
    refuse(held, "resume", actor=actor)
    authorizations.stand(held, "active")
    held.stops.filter(code=StopCode.SUSPENDED, ends_at=None).update(
        ends_at=timezone.now(), ended_by=actor.id, end_reason=reason.strip()
    )
    _tell(held, "resume", reason, actor)
    return held


@transaction.atomic
def retire(authorization: Authorization, *, reason: str, actor: Actor) -> Authorization:
    """Ends it for good because it is needed no more; nothing was wrong with it. Raises Conflict
    when it has ended already."""
    held = _held(authorization, reason, actor)
    authorizations.end(held, "retired", reason=reason.strip(), actor=actor)
    return held


def refuse(authorization: Authorization, act: str, *, actor: Actor) -> None:
    """Raises what ``act`` (one of ``BECOMES``) would raise now, whatever the reason given: so a
    page can say beforehand why somebody may not. Changes nothing."""
    _refuse_others(authorization, actor)
    if act == "resume":
        stake = stake_in(authorization, actor)
        if stake:
            raise Refused(stake, code="has_a_stake")
    require(AUTHORIZATION, authorization.state, BECOMES[act], what="The authorization")
    if act in ("suspend", "resume") and authorization.state_at() == "expired":
        raise Conflict(
            f"The authorization ran out on {authorization.expires_at:%Y-%m-%d}: "
            "ask for a new release.",
            code="expired",
        )


def stake_in(authorization: Authorization, actor: Actor) -> str:
    """What bars ``actor`` from judging it later on; empty when nothing does."""
    return stake_of(case_of(authorization.release), actor)


def lock(authorization: Authorization) -> Authorization:
    """Its row, locked until the transaction ends, as it is now."""
    return (
        Authorization.objects.select_for_update(of=("self",))
        .select_related(
            "release__use_case__owner",
            "release__requirement_set",
            "release__version__model__owner",
            "version__model",
            "environment",
            "purpose",
        )
        .get(pk=authorization.pk)
    )


def _held(authorization: Authorization, reason: str, actor: Actor) -> Authorization:
    _refuse_others(authorization, actor)
    reasons.given(reason)
    return lock(authorization)


def _refuse_others(authorization: Authorization, actor: Actor) -> None:
    actor.require(PERMISSION, *authorization.release.scopes)
    if not actor.is_person:
        raise Refused("People decide about what runs: tokens do not.", code="people_only")


def _tell(held: Authorization, act: str, reason: str, actor: Actor) -> None:
    """Last of all: an entry tells of the rows that changed before it."""
    record(
        actor=actor,
        action=f"authorization.{act}",
        subject=of_authorization(held),
        reason=reason.strip(),
        related=[of_release(held.release), of_version(held.version)],
    )

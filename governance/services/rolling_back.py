"""Back to a version that was authorized before, in one act (docs/decisions/0007)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance import gating
from governance.models import Authorization, Release, Stop, Waiver
from governance.models.authorizations import RUNNING_STATES
from governance.services import authorizations, conditions, derived, gates, stopping
from governance.services.transitions import lock_open
from governance.standing import ACTIVE
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Refused
from registry.models import RegisteredModel


@transaction.atomic
def roll_back(authorization: Authorization, *, reason: str, actor: Actor) -> Authorization:
    """Authorizes again what ``authorization`` had authorized until another version took its place,
    on the terms and for the rest of the time that it had. What runs there now is superseded in
    the same transaction, so that there is never none or two (R11).

    One person does it, who may end authorizations and has no stake in the version. Raises Refused,
    Invalid without a reason, Conflict in words when that term would allow nothing now.
    """
    _refuse_others(authorization, actor)
    reasons.given(reason)
    lock_open(authorization.model)
    RegisteredModel.objects.select_for_update().get(pk=authorization.model_id)
    former = stopping.lock(authorization)
    refuse(former, actor=actor)
    release = derived.write(former.release, reason=reason.strip(), actor=actor)
    again = authorizations.install(
        release, _document(former, release), grace_days=former.review_grace_days, actor=actor
    )
    _carry_stops(former, again, actor)
    authorizations.tell_issue(again, actor)
    return again


def refuse(former: Authorization, *, actor: Actor) -> None:
    """Raises what going back to ``former`` would raise now. Changes nothing."""
    _refuse_others(former, actor)
    stake = stopping.stake_in(former, actor)
    if stake:
        raise Refused(stake, code="has_a_stake")
    _refuse_unfit(former)


def _refuse_others(former: Authorization, actor: Actor) -> None:
    actor.require("authorization.revoke", *former.release.scopes)
    if not actor.is_person:
        raise Refused("People roll back: tokens do not.", code="people_only")


def _refuse_unfit(former: Authorization) -> None:
    """Only what would still be in force, had nothing taken its place."""
    if former.state != "superseded":
        raise Conflict(
            f"The authorization is {former.state_at().replace('_', ' ')}: only one in whose place "
            "another was put is gone back to.",
            code="not_superseded",
        )
    term = replace(former.term, end="", ended_at=None)
    state = term.state_at(timezone.now())
    if state != ACTIVE:
        raise Conflict(
            f"It would be {state.replace('_', ' ')} now: ask for a new release.", code=state
        )
    if former.kind == "emergency":
        raise Conflict("Nothing goes back to an emergency: ask for a release.", code="emergency")
    why_not = (
        derived.why_not_now(former.release)
        or _waiver_that_ended(former)
        or _finding_in_the_way(former.release)
    )
    if why_not:
        raise Conflict(why_not, code="not_again")
    if _runs_already(former):
        raise Conflict(f"{former.version.label} runs there already.", code="runs_already")


def _waiver_that_ended(former: Authorization) -> str:
    """What was waived then has to be waived now: nobody meets it by going back."""
    labels = former.document.get("waivers", [])
    held = Waiver.objects.filter(
        number__in=[label.partition("-")[2] for label in labels],
        state="granted",
        expires_at__gt=timezone.now(),
    )
    ended = sorted(set(labels) - {waiver.label for waiver in held})
    return f"{ended[0]}, on which it rested, holds no longer: ask for a release." if ended else ""


def _finding_in_the_way(release: Release) -> str:
    requirements = release.requirement_set.document
    views = gating.evaluate(requirements, gates.facts_of(release))
    closed = [gate for gate in views if gate.kind == "finding" and gate.state != "open"]
    return " ".join(reason for gate in closed for reason in gate.reasons)


def _runs_already(former: Authorization) -> bool:
    return Authorization.objects.filter(
        version=former.version,
        environment=former.environment,
        purpose=former.purpose,
        state__in=RUNNING_STATES,
        expires_at__gt=timezone.now(),
    ).exists()


def _document(former: Authorization, release: Release) -> dict[str, Any]:
    """The former terms to the letter, but for what names this one: never more than was allowed."""
    document: dict[str, Any] = former.document | {
        "release": str(release.id),
        "revision": release.revision,
        "limits": former.limits,
        "review_due_at": former.review_due_at,
        "issued_at": timezone.now(),
        "expires_at": former.expires_at,
        "rollback_to": former.digest,
        "from_release": former.document.get("from_release", str(former.release_id)),
    }
    return document


def _carry_stops(former: Authorization, again: Authorization, actor: Actor) -> None:
    """What falls due stops it on the same day as it would have stopped the former one, and can be
    done as before."""
    Stop.objects.bulk_create(
        Stop(
            authorization=again,
            code=stop.code,
            starts_at=stop.starts_at,
            reason=stop.reason,
            begun_by=actor.id,
            condition=conditions.carry(stop.condition, again.release),
        )
        for stop in former.stops.filter(ends_at=None).select_related("condition")
    )

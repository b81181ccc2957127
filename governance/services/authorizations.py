"""The imprimatur: issued in the transaction that opens the last gate, ended by name or clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from governance import gating
from governance.models import Authorization, Release, Stop, Waiver
from governance.models.authorizations import RUNNING_STATES
from governance.models.use_cases import Phase
from governance.services import conditions, dossiers, gates, in_force, phases
from governance.services.prohibition import refuse_prohibited
from governance.services.purpose_tiers import strictest_tier
from governance.services.transitions import move
from governance.states import AUTHORIZATION, require
from governance.subjects import of_authorization, of_release, of_version
from lib import reasons
from lib.actor import Actor
from lib.canonical import digest_of, plain
from lib.errors import Conflict
from registry.models import RegisteredModel
from registry.services.aliases import move_alias

CHAMPION = "champion"
_ENDINGS = {"superseded": "supersede", "revoked": "revoke", "retired": "retire"}


def issue(release: Release, *, actor: Actor) -> Authorization:
    """Issues the authorization of ``release``, whose row the caller has locked.

    The gates are evaluated here once more (R1). A rival for the same (model, environment,
    purpose) is superseded in the same transaction, so that there is never none or two (R11).
    """
    _refuse_what_is_barred(release)
    # The model's row serialises two releases of one model that clear at the same moment.
    RegisteredModel.objects.select_for_update().get(pk=release.version.model_id)
    authorization = install(
        release,
        _document(release),
        grace_days=_grace_days(release),
        actor=actor,
    )
    conditions.write_stops(authorization, actor=actor)
    _write_review_stop(authorization, actor)
    move(release, "released")
    phases.advance(release.use_case, Phase.DEPLOY, actor=actor)
    tell_issue(authorization, actor)
    return authorization


def install(
    release: Release, document: dict[str, Any], *, grace_days: int, actor: Actor
) -> Authorization:
    """The row of what ``document`` authorizes, in the place of what ran there until now (R11).

    The caller has locked the model's row and evaluated what may be authorized; it tells of this.
    """
    for former in Authorization.objects.select_for_update().filter(
        model=release.version.model,
        environment=release.environment,
        purpose=release.purpose,
        state__in=RUNNING_STATES,
    ):
        end(former, "superseded", reason=f"Superseded by {release.label}.", actor=actor)
    return Authorization.objects.create(
        digest=digest_of(document),
        release=release,
        model=release.version.model,
        version=release.version,
        version_digest=release.version_digest,
        environment=release.environment,
        purpose=release.purpose,
        kind=document["kind"],
        restrictions=document["restrictions"],
        limits=document["limits"],
        review_due_at=document["review_due_at"],
        review_grace_days=grace_days,
        document=plain(document),
        issued_at=document["issued_at"],
        expires_at=document["expires_at"],
    )


def tell_issue(authorization: Authorization, actor: Actor) -> None:
    """Moves the protected alias and writes the entry of the issue, which names every row that was
    written with it."""
    release = authorization.release
    # One name cannot point at two: while another version is in force somewhere, it stays.
    if release.environment.protected and in_force.versions_of(release.version.model) == {
        release.version_id
    }:
        move_alias(release.version, name=CHAMPION, actor=actor, protected=True)
    record(
        actor=actor,
        action="authorization.issue",
        subject=of_authorization(authorization),
        details={"document": authorization.document},
        evidence=[one for one in (release.evidence_digest, release.version_digest) if one],
        related=[of_release(release), of_version(release.version)],
    )


def _refuse_what_is_barred(release: Release) -> None:
    """Every gate is open (R1), and signatures under lighter rules do not count for stricter ones
    (R2)."""
    refuse_prohibited(release.use_case)
    if not gating.is_cleared(gates.evaluate(release)):
        raise Conflict("A gate is closed: nothing was issued.", code="gate_closed")
    tier = strictest_tier(release.purpose.key)
    if tier < release.tier:
        raise Conflict(
            f"The risk tier rose from {release.tier} to {tier} since {release.label} was asked "
            "for: revise it, so that the stricter rules hold.",
            code="tier_raised",
        )


def _document(release: Release) -> dict[str, Any]:
    """What is authorized, under which terms, on whose signatures: its digest names it."""
    now = timezone.now()
    terms = release.requirement_set.document["authorization"]
    waivers = _waivers(release)
    return {
        "release": str(release.id),
        "revision": release.revision,
        "model": release.version.model.name,
        "version": release.version.number,
        "version_digest": release.version_digest,
        "environment": release.environment.name,
        "purpose": release.purpose.key,
        "use_case": release.use_case.slug,
        "tier": release.tier,
        "requirements": release.requirement_set_id,
        "evidence": release.evidence_digest,
        "decisions": [d.digest for d in release.decisions.filter(revision=release.revision)],
        "kind": _kind(release, waivers),
        "conditions": [
            {"number": one.number, "text": one.text, "due_at": one.due_at}
            for one in release.conditions.filter(decision__revision=release.revision)
        ],
        "waivers": [one.label for one in waivers],
        "restrictions": terms["restrictions"],
        "limits": terms.get("limits", []),
        "review_due_at": _review_due(release, now),
        "issued_at": now,
        "expires_at": _expires(release, now, waivers),
    }


def valid_days(release: Release) -> int:
    """The shortest of the policies' terms and of the conditions that opened gates."""
    slots = gating.slots(release.requirement_set.document, gates.facts_of(release))
    shorter = [slot.conditional_days for slot in slots if slot.conditional_days]
    return int(min([release.requirement_set.document["authorization"]["valid_days"], *shorter]))


def _expires(release: Release, now: datetime, waivers: Sequence[Waiver]) -> datetime:
    """What was waived is not met the day after, so no authorization outlives a waiver."""
    ends = [waiver.expires_at for waiver in waivers if waiver.expires_at]
    return min([now + timedelta(days=valid_days(release)), *ends])


def _waivers(release: Release) -> list[Waiver]:
    """Those on which a gate is open now. One that its gate no longer needs bears on nothing."""
    rows = release.waivers.filter(state="granted", expires_at__gt=timezone.now()).order_by("number")
    if not (granted := list(rows)):
        return []
    leaning = {view.key for view in gates.evaluate(release) if view.verdict == "waived"}
    return [waiver for waiver in granted if waiver.gate in leaning]


def _kind(release: Release, waivers: Sequence[Waiver]) -> str:
    """Conditional when something is still to be done, or was let pass for a while."""
    slots = gating.slots(release.requirement_set.document, gates.facts_of(release))
    for_a_while = any(slot.conditional_days for slot in slots) or waivers
    promised = release.conditions.filter(decision__revision=release.revision).exists()
    return "conditional" if promised or for_a_while else "normal"


def _review_due(release: Release, now: datetime) -> datetime | None:
    again = release.requirement_set.document.get("recertification")
    return now + timedelta(days=again["every_days"]) if again else None


def _grace_days(release: Release) -> int:
    again = release.requirement_set.document.get("recertification")
    return int(again["grace_days"]) if again else 0


def _write_review_stop(authorization: Authorization, actor: Actor) -> None:
    """The day on which it may no longer run unless somebody has looked at it again (R10)."""
    if authorization.review_due_at is None:
        return
    grace = timedelta(days=authorization.review_grace_days)
    Stop.objects.create(
        authorization=authorization,
        code="review_overdue",
        starts_at=authorization.review_due_at + grace,
        reason="It was to be certified again by then.",
        begun_by=actor.id,
    )


@transaction.atomic
def revoke(authorization: Authorization, *, reason: str, actor: Actor) -> Authorization:
    """Ends it at once and for good. Raises Conflict when it has ended already, Invalid without a
    reason."""
    actor.require("authorization.revoke", *authorization.release.scopes)
    said = reasons.given(reason)
    held = (
        Authorization.objects.select_for_update(of=("self",))
        .select_related("release", "version__model")
        .get(pk=authorization.pk)
    )
    end(held, "revoked", reason=said, actor=actor)
    dossiers.request(held.release)
    return held


def stand(authorization: Authorization, state: str) -> None:
    """Suspended, or active again. The caller has locked the row, and tells of it."""
    require(AUTHORIZATION, authorization.state, state, what="The authorization")
    authorization.state = state
    authorization.save(update_fields=["state"])


def end(authorization: Authorization, state: str, *, reason: str, actor: Actor) -> None:
    """Superseded, revoked or retired, for good, and with it what was promised for it. The caller
    has locked the row."""
    require(AUTHORIZATION, authorization.state, state, what="The authorization")
    authorization.state = state
    authorization.ended_at = timezone.now()
    authorization.end_reason = reason
    authorization.save(update_fields=["state", "ended_at", "end_reason"])
    record(
        actor=actor,
        action=f"authorization.{_ENDINGS[state]}",
        subject=of_authorization(authorization),
        reason=reason,
        related=[of_release(authorization.release), of_version(authorization.version)],
    )
    conditions.drop(authorization, actor=actor)

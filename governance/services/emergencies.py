"""Running before every gate is open, for some hours: one asks, a second lets it, a third looks.

The artefact's own gate is the one that no emergency opens. The release that was asked for goes on
as it was; once it is cleared, its authorization takes this one's place (docs/decisions/0007).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from governance.models import Authorization, EmergencyRequest, EmergencyReview, Finding, Release
from governance.services import authorizations, derived, findings, gates, statements, stopping
from governance.services.prohibition import refuse_prohibited, why_prohibited
from governance.services.slots import case_of, stake_of
from governance.services.transitions import lock, lock_open
from governance.states import EMERGENCY_REQUEST, EMERGENCY_REVIEW, require
from governance.subjects import of_authorization, of_release
from lib import reasons
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Invalid, Refused, refusal
from registry.models import RegisteredModel

_DECIDED = ["state", "decision_reason", "decided_by", "decided_at", "statement"]
_ACTS = {"ratified": "ratify", "refused": "refuse"}
RATIFIABLE = ("active", "superseded")
"""How it may stand while somebody says that it was right: its own release may have come first."""


@transaction.atomic
def ask(release: Release, *, incident: str, reason: str, actor: Actor) -> EmergencyRequest:
    """One person asks, naming the incident. Raises Refused, Invalid, Conflict in words."""
    person = _who_asks(release, actor)
    errors = {}
    if not 2 <= len(incident.strip()) <= 120:
        errors["incident"] = "the incident's number or name, up to 120 characters"
    if len(reason.strip()) < 3:
        errors["reason"] = "say why it cannot wait"
    if errors:
        raise Invalid("The emergency is not complete.", errors=errors)
    release = lock(release)
    refuse_prohibited(release.use_case)
    _refuse_unfit(release)
    try:
        with transaction.atomic():
            row = EmergencyRequest.objects.create(
                release=release,
                incident=incident.strip(),
                reason=reason.strip(),
                asked_by_id=person,
                asked_at=timezone.now(),
            )
    except IntegrityError as error:
        raise Conflict("An emergency is asked for already.", code="asked_already") from error
    _tell(release, "ask", row, row.reason, actor)
    return row


@transaction.atomic
def approve(
    request: EmergencyRequest, *, reason: str, actor: Actor, seen: str = ""
) -> Authorization:
    """A second person, of a role that the policies name, lets it run for the hours they allow. Its
    review and a finding are opened in the same transaction. ``seen`` is the digest of the statement
    that they were shown. Raises Refused, Conflict, PreconditionFailed."""
    request = _decided(request, "approved", reason, actor, seen)
    release = request.release
    refuse_prohibited(release.use_case)
    _refuse_unfit(release)
    why = f"Incident {request.incident}: {request.reason}"
    case = derived.write(release, reason=why, actor=request.asked_by.actor)
    now = timezone.now()
    until = now + timedelta(hours=_rule(release)["valid_hours"])
    document = _document(release, case, request, now, until)
    issued = authorizations.install(case, document, grace_days=0, actor=actor)
    authorizations.tell_issue(issued, actor)
    EmergencyReview.objects.create(
        authorization=issued,
        request=request,
        incident=request.incident,
        reason=request.reason,
        finding=_open_finding(issued, request),
        asked_by=request.asked_by,
        approved_by_id=_person(actor),
        opened_at=now,
    )
    _tell(release, "approve", request, reason, actor, issued)
    return issued


@transaction.atomic
def decline(
    request: EmergencyRequest, *, reason: str, actor: Actor, seen: str = ""
) -> EmergencyRequest:
    """A second person does not let it."""
    request = _decided(request, "declined", reason, actor, seen)
    _tell(request.release, "decline", request, reason, actor)
    return request


@transaction.atomic
def review(
    row: EmergencyReview, *, ratified: bool, reason: str, actor: Actor, seen: str = ""
) -> EmergencyReview:
    """A third person says whether it was right. Refused, it is revoked at once; ratified, it
    lives out its hours and no longer. Raises what ``approve`` does, Conflict when it ran out."""
    authorization = stopping.lock(row.authorization)
    row = EmergencyReview.objects.select_for_update(of=("self",)).get(pk=row.pk)
    row.authorization = authorization
    refuse_review(row, ratified=ratified, actor=actor)
    state = "ratified" if ratified else "refused"
    row.state, row.decision_reason = state, reasons.given(reason)
    row.decided_by_id, row.decided_at = _person(actor), timezone.now()
    row.statement = statements.kept(statements.of_review(row), seen=seen)
    row.save(update_fields=_DECIDED)
    _tell(authorization.release, _ACTS[state], row, reason, actor, authorization)
    if not ratified and authorization.state in ("active", "suspended"):
        authorizations.end(authorization, "revoked", reason=reasons.given(reason), actor=actor)
    return row


def refuse_review(row: EmergencyReview, *, ratified: bool, actor: Actor) -> None:
    """Raises what saying so would raise now. Changes nothing."""
    held = row.authorization
    require(
        EMERGENCY_REVIEW,
        row.state,
        "ratified" if ratified else "refused",
        what="The review",
    )
    _refuse_unfit_person(held.release, actor, {row.asked_by_id, row.approved_by_id})
    over = held.expires_at <= timezone.now()
    if ratified and (over or held.state_at() not in RATIFIABLE):
        said = "expired" if over else held.state_at().replace("_", " ")
        raise Conflict(f"It is {said}: nobody ratified it in time.", code="dead")


def why_not_ask(release: Release, *, actor: Actor) -> str:
    """Why ``actor`` may not ask for an emergency here; empty when they may."""
    who = refusal(lambda: _who_asks(release, actor))
    return who or why_prohibited(release.use_case) or refusal(lambda: _refuse_unfit(release))


def why_not_decide(request: EmergencyRequest, *, actor: Actor) -> str:
    """Why ``actor`` may not let it, or decline it; empty when they may."""
    others = {request.asked_by_id}
    return refusal(lambda: _refuse_unfit_person(request.release, actor, others))


def why_not_review(row: EmergencyReview, *, actor: Actor) -> str:
    """Why ``actor`` may not say whether it was right; empty when they may."""
    others = {row.asked_by_id, row.approved_by_id}
    return refusal(lambda: _refuse_unfit_person(row.authorization.release, actor, others))


def _who_asks(release: Release, actor: Actor) -> int:
    actor.require("release.request", *release.scopes)
    if actor.user_id is None:
        raise Refused("People ask for an emergency: tokens do not.", code="people_only")
    return actor.user_id


def _rule(release: Release) -> dict[str, Any]:
    rule: dict[str, Any]
    if not (rule := release.requirement_set.document.get("emergency") or {}):
        raise Conflict("The policies of this release know no emergency.", code="no_emergency")
    return rule


def _refuse_unfit(release: Release) -> None:
    """The release is open, its artefact is verified, nobody said no to these files, and no
    emergency of theirs was left unratified: a second one is no way to prolong the first (R9)."""
    _rule(release)
    if not release.is_open:
        raise Conflict(f"{release.label} is over: ask for a new release.", code="closed")
    artifact = next(gate for gate in gates.evaluate(release) if gate.kind == "artifact")
    if artifact.state != "open":
        raise Conflict(f"The artefact is not verified. {artifact.reasons[0]}", code="gate_closed")
    why_not = derived.why_not_now(release)
    if why_not:
        raise Conflict(why_not, code="not_now")
    left = EmergencyReview.objects.exclude(state="ratified").filter(
        authorization__version_digest=release.version_digest,
        authorization__environment=release.environment,
        authorization__purpose=release.purpose,
    )
    if left.exists():
        raise Conflict(
            "An earlier emergency of these files was not ratified, so there is no second one.",
            code="not_ratified",
        )


def _decided(
    request: EmergencyRequest, state: str, reason: str, actor: Actor, seen: str
) -> EmergencyRequest:
    """The request under the locks of its model's releases and of the model, decided."""
    lock_open(request.release.version.model)
    release = lock(request.release)
    RegisteredModel.objects.select_for_update().get(pk=release.version.model_id)
    row = EmergencyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    row.release = release
    _refuse_unfit_person(release, actor, {row.asked_by_id})
    require(EMERGENCY_REQUEST, row.state, state, what="The request")
    row.state, row.decision_reason = state, reasons.given(reason)
    row.decided_by_id, row.decided_at = _person(actor), timezone.now()
    row.statement = statements.kept(statements.of_emergency(row), seen=seen)
    row.save(update_fields=_DECIDED)
    return row


def _refuse_unfit_person(release: Release, actor: Actor, others: set[int]) -> None:
    roles = _rule(release)["approvers"]
    holds = any(actor.holds(role, *release.scopes) for role in roles)
    if not actor.is_person or not actor.may("decision.sign", *release.scopes) or not holds:
        raise Refused(f"It takes somebody who holds {' or '.join(roles)}.", code="wrong_role")
    if actor.user_id in others:
        raise Refused("You had a part in it, so somebody else decides.", code="own_emergency")
    stake = stake_of(case_of(release), actor)
    if stake:
        raise Refused(stake, code="has_a_stake")


def _document(
    source: Release, case: Release, request: EmergencyRequest, now: datetime, until: datetime
) -> dict[str, Any]:
    terms = source.requirement_set.document["authorization"]
    return {
        "release": str(case.id),
        "revision": case.revision,
        "model": case.version.model.name,
        "version": case.version.number,
        "version_digest": case.version_digest,
        "environment": case.environment.name,
        "purpose": case.purpose.key,
        "use_case": case.use_case.slug,
        "tier": case.tier,
        "requirements": case.requirement_set_id,
        "evidence": case.evidence_digest,
        "decisions": [],
        "kind": "emergency",
        "incident": request.incident,
        "from_release": str(source.id),
        "conditions": [],
        "waivers": [],
        "restrictions": terms["restrictions"],
        "limits": terms.get("limits", []),
        "review_due_at": None,
        "issued_at": now,
        "expires_at": until,
    }


def _open_finding(issued: Authorization, request: EmergencyRequest) -> Finding:
    return findings.raise_finding(
        issued.model,
        title=f"Emergency {request.incident}"[:200],
        text=f"{issued.version.label} runs before every gate was open. {request.reason}",
        severity="medium",
        owner=request.asked_by.username,
        due_on=max(timezone.localdate(), timezone.localdate(issued.expires_at)),
        actor=SYSTEM,
        version=issued.version,
        release=issued.release,
        cause="emergency",
    )


def _person(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def _tell(
    release: Release,
    act: str,
    row: EmergencyRequest | EmergencyReview,
    reason: str,
    actor: Actor,
    authorization: Authorization | None = None,
) -> None:
    record(
        actor=actor,
        action=f"emergency.{act}",
        subject=of_release(release),
        reason=reason.strip(),
        details={"incident": row.incident}
        | ({"statement": row.statement} if row.statement else {}),
        related=[of_authorization(authorization)] if authorization else [],
    )

"""Decisions: what exactly people sign, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from governance.models import Decision, Release
from governance.models.decisions import Meaning, Outcome
from governance.services import conditions, dossiers
from governance.services.advancing import advance
from governance.services.conditions import Attached
from governance.services.slots import Slot, slots_of
from governance.services.transitions import lock, move
from governance.subjects import of_release
from lib.actor import Actor
from lib.canonical import digest_of, plain
from lib.errors import Conflict, Invalid, PreconditionFailed, Refused

_VERBS = {
    "approve": "approve",
    "approve_with_conditions": "approve, on the conditions attached,",
    "abstain": "abstain from deciding",
    "reject": "reject",
    "request_changes": "ask for changes to",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision as it would be signed at this moment. ``digest`` stands for all that its signer
    is shown: statement, reason and conditions."""

    slot: Slot
    statement: str
    promised: Sequence[conditions.Promise]
    digest: str


_NEXT_STATE = {Outcome.REJECT: "rejected", Outcome.REQUEST_CHANGES: "changes_requested"}


@transaction.atomic
def decide(
    release: Release,
    *,
    slot: str,
    outcome: str,
    meaning: str,
    reason: str,
    evidence_digest: str,
    actor: Actor,
    signer: User | None,
    attached: Sequence[Attached] = (),
    shown: str = "",
) -> Decision:
    """Signs. The caller has re-authenticated the person. ``attached`` are the conditions of an
    approval with conditions; ``shown`` is the digest of the draft that the signer was shown.

    Raises Invalid (unknown slot, empty reason, conditions that hang on nothing), Conflict (not in
    review), PreconditionFailed (the evidence is not what the signer saw, R2) or Refused in words
    (R3). When the last gate opens, the authorization is issued in this transaction (R1, R4).
    """
    release = lock(release)
    drafted = draft(
        release,
        slot=slot,
        outcome=outcome,
        meaning=meaning,
        reason=reason,
        evidence_digest=evidence_digest,
        actor=actor,
        attached=attached,
    )
    if signer is None or signer.pseudonym != actor.id:
        raise Refused("Only people sign.", code="may_not_decide")
    if shown not in ("", drafted.digest):
        raise PreconditionFailed(
            "What you would sign is no longer what you were shown. Read it again, then sign."
        )
    decision, signed = _sign(release, drafted, outcome, meaning, reason, actor, signer)
    conditions.attach(decision, drafted.promised)
    following = _NEXT_STATE.get(Outcome(outcome))
    if following is not None:
        move(release, following)
    _tell(decision, signed, actor)
    if following is None:
        advance(release, actor=actor)
    elif not release.is_open:
        conditions.void(release, why=f"{release.label} is rejected.", actor=actor)
        dossiers.request(release)
    return decision


def draft(
    release: Release,
    *,
    slot: str,
    outcome: str,
    meaning: str,
    reason: str,
    evidence_digest: str,
    actor: Actor,
    attached: Sequence[Attached] = (),
) -> Draft:
    """What ``actor`` would sign, in full, for them to read before they do (21 CFR 11.50). Writes
    nothing; raises what ``decide`` raises."""
    _check_words(outcome, meaning, reason)
    if release.is_open and evidence_digest != release.evidence_digest:
        raise PreconditionFailed(
            "The evidence changed since you opened the page. Read it again, then decide.",
            evidence_digest=release.evidence_digest,
        )
    _refuse_wrong_moment(release, outcome)
    found = next((s for s in slots_of(release, actor=actor) if s.key == slot), None)
    if found is None:
        raise Invalid(f"This release has no slot “{slot}”.", errors={"slot": "no such slot"})
    if found.why_not:
        raise Refused(found.why_not, code="may_not_decide")
    promised = conditions.read(release, outcome, attached)
    statement = statement_of(
        release,
        outcome=outcome,
        meaning=meaning,
        slot_title=found.title,
        for_whom=found.for_whom.full_name if found.for_whom else "",
    )
    strings = [[one.text.strip(), one.owner, one.days] for one in attached]
    told = {"statement": statement, "reason": reason.strip(), "conditions": strings}
    return Draft(found, statement, promised, digest_of(told))


def _check_words(outcome: str, meaning: str, reason: str) -> None:
    errors = {}
    if outcome not in Outcome.values:
        errors["outcome"] = f"one of {', '.join(Outcome.values)}"
    if meaning not in Meaning.values:
        errors["meaning"] = f"one of {', '.join(Meaning.values)}"
    if len(reason.strip()) < 3:
        errors["reason"] = "say why, in a few words"
    if errors:
        raise Invalid("The decision is not complete.", errors=errors)


def _refuse_wrong_moment(release: Release, outcome: str) -> None:
    if release.state == "in_review" or (release.state == "blocked" and outcome == Outcome.REJECT):
        return
    words = {
        "validating": "The checks are still running: decisions are taken on complete evidence.",
        "blocked": "A gate is closed that no signature opens. It can be rejected or revised.",
    }
    raise Conflict(
        words.get(release.state, f"{release.label} is {release.get_state_display().lower()}."),
        code="wrong_state",
        state=release.state,
    )


def statement_of(
    release: Release, *, outcome: str, meaning: str, slot_title: str, for_whom: str = ""
) -> str:
    """The words that are signed (21 CFR 11.50): what, where, as whom, on which evidence."""
    place = f"As {slot_title}" + (f", for {for_whom}," if for_whom else "")
    return (
        f"{place} I {_VERBS[outcome]} {release.label}: {release.version.label} into "
        f"{release.environment.name} for {release.purpose.name}. My signature means {meaning}. "
        f"Evidence {release.evidence_digest}, artefact {release.version_digest}, "
        f"requirements {release.requirement_set_id}, tier {release.tier}, "
        f"revision {release.revision}."
    )


def _sign(
    release: Release,
    drafted: Draft,
    outcome: str,
    meaning: str,
    reason: str,
    actor: Actor,
    signer: User,
) -> tuple[Decision, dict[str, Any]]:
    """The decision, and what exactly was signed."""
    slot = drafted.slot
    bound = _bound(release, slot, outcome, meaning, actor)
    signed = {
        **bound,
        "statement": drafted.statement,
        "signer": actor.id,
        "for_whom": slot.for_whom.pseudonym if slot.for_whom else "",
        "conditions": [promise.told() for promise in drafted.promised],
    }
    decision = Decision.objects.create(
        **{**bound, "release": release},
        reason=reason,
        statement=drafted.statement,
        signer=signer,
        for_whom=slot.for_whom,
        for_whom_name=slot.for_whom.full_name if slot.for_whom else "",
        signer_pseudonym=actor.id,
        signer_name=actor.name,
        digest=digest_of(signed),
    )
    return decision, signed


def _bound(
    release: Release, slot: Slot, outcome: str, meaning: str, actor: Actor
) -> dict[str, Any]:
    """What a signature is bound to (R2): a change of any of it voids the decision."""
    holder = slot.for_whom.actor if slot.for_whom else actor
    grant = holder.holds(slot.role, *release.scopes)
    return {
        "release": str(release.id),
        "revision": release.revision,
        "slot": slot.key,
        "role": slot.role,
        "line": grant.line if grant else None,
        "outcome": outcome,
        "meaning": meaning,
        "version_digest": release.version_digest,
        "requirement_digest": release.requirement_set_id,
        "tier": release.tier,
        "evidence_digest": release.evidence_digest,
        "signed_at": timezone.now(),
    }


def _tell(decision: Decision, signed: dict[str, Any], actor: Actor) -> None:
    record(
        actor=actor,
        action=f"release.{decision.outcome}",
        subject=of_release(decision.release),
        reason=decision.reason,
        details={**plain(signed), "decision": str(decision.id), "digest": decision.digest},
        evidence=[decision.evidence_digest, decision.version_digest],
    )

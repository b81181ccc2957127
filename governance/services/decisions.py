"""Decisions: who may sign, what exactly they sign, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from audit.services import record
from governance import gating, permissions
from governance.models import Decision, Release
from governance.models.decisions import Meaning, Outcome
from governance.services import authorizations, dossiers, gates
from governance.services.stakes import owners_of
from governance.services.transitions import lock, move
from governance.subjects import of_release
from lib.actor import Actor
from lib.canonical import digest_of, plain
from lib.errors import Conflict, Invalid, PreconditionFailed, Refused

_NEXT_STATE = {Outcome.REJECT: "rejected", Outcome.REQUEST_CHANGES: "changes_requested"}


@dataclass(frozen=True)
class Slot:
    """A place for a signature as one person sees it: ``why_not`` is empty when they may sign."""

    key: str
    title: str
    role: str
    role_title: str
    line: int | None
    needed: int
    why: str
    source: str
    why_not: str
    decisions: list[Decision] = field(default_factory=list)

    @property
    def is_filled(self) -> bool:
        return sum(d.outcome == Outcome.APPROVE for d in self.decisions) >= self.needed


def case_of(release: Release) -> permissions.Case:
    """What bears on who may sign: as it is now, and as it was at each request (R3)."""
    version = release.version
    developers = {version.created_by}
    if version.developer is not None:
        developers.add(version.developer.pseudonym)
    return permissions.Case(
        scopes=release.scopes,
        requester_ids=release.stakes["requesters"],
        owner_ids={*release.stakes["owners"], *owners_of(release)},
        developer_ids=developers,
        evidence_author_ids=set(version.documents.values_list("created_by", flat=True)),
        signer_ids={
            decision.signer_pseudonym
            for decision in release.decisions.all()
            if decision.revision == release.revision
        },
    )


def slots_of(release: Release, *, actor: Actor) -> list[Slot]:
    """Every slot of the present revision as ``actor`` sees it."""
    specs = gating.slots(release.requirement_set.document, gates.facts_of(release))
    roles = {role.key: role for role in Role.objects.all()}
    case = case_of(release)
    signed = [d for d in release.decisions.all() if d.revision == release.revision]
    found = []
    for spec in specs:
        role = roles[spec.role]
        mine = [decision for decision in signed if decision.slot == spec.key]
        why_not = permissions.why_not(actor, role=spec.role, role_title=role.name, case=case)
        slot = Slot(
            key=spec.key,
            title=spec.title,
            role=spec.role,
            role_title=role.name,
            line=role.line,
            needed=spec.needed,
            why=spec.why,
            source=spec.source,
            why_not=why_not,
            decisions=mine,
        )
        if slot.is_filled:
            slot = Slot(**{**slot.__dict__, "why_not": "This slot is filled."})
        found.append(slot)
    return found


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
) -> Decision:
    """Signs. The caller has re-authenticated the person.

    Raises Invalid (unknown slot, empty reason), Conflict (not in review), PreconditionFailed (the
    evidence is not what the signer saw, R2) or Refused in words (R3). When the last gate opens,
    the authorization is issued in this transaction (R1, R4).
    """
    _check_words(outcome, meaning, reason)
    release = lock(release)
    _refuse_wrong_moment(release, outcome)
    if evidence_digest != release.evidence_digest:
        raise PreconditionFailed(
            "The evidence changed since you opened the page. Read it again, then decide.",
            evidence_digest=release.evidence_digest,
        )
    found = next((s for s in slots_of(release, actor=actor) if s.key == slot), None)
    if found is None:
        raise Invalid(f"This release has no slot “{slot}”.", errors={"slot": "no such slot"})
    if found.why_not or signer is None or signer.pseudonym != actor.id:
        raise Refused(found.why_not or "Only people sign.", code="may_not_decide")
    decision, signed = _sign(release, found, outcome, meaning, reason, actor, signer)
    if outcome != Outcome.APPROVE:
        move(release, _NEXT_STATE[Outcome(outcome)])
    _tell(decision, signed, actor)
    if outcome == Outcome.APPROVE:
        views = gates.refresh(release, actor=actor)
        if gating.is_cleared(views):
            authorizations.issue(release, actor=actor)
    if not release.is_open:  # until then it is printed when somebody asks for it
        dossiers.request(release)
    return decision


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


def statement_of(release: Release, *, outcome: str, meaning: str, slot_title: str) -> str:
    """The words that are signed (21 CFR 11.50): what, where, as whom, on which evidence."""
    verb = {"approve": "approve", "reject": "reject", "request_changes": "ask for changes to"}
    return (
        f"As {slot_title} I {verb[outcome]} {release.label}: {release.version.label} into "
        f"{release.environment.name} for {release.purpose.name}. My signature means {meaning}. "
        f"Evidence {release.evidence_digest}, artefact {release.version_digest}, "
        f"requirements {release.requirement_set_id}, tier {release.tier}, "
        f"revision {release.revision}."
    )


def _sign(
    release: Release,
    slot: Slot,
    outcome: str,
    meaning: str,
    reason: str,
    actor: Actor,
    signer: User,
) -> tuple[Decision, dict[str, Any]]:
    """The decision, and what exactly was signed."""
    grant = actor.holds(slot.role, *release.scopes)
    bound: dict[str, Any] = {
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
    statement = statement_of(release, outcome=outcome, meaning=meaning, slot_title=slot.title)
    signed = {**bound, "statement": statement, "signer": actor.id}
    decision = Decision.objects.create(
        **{**bound, "release": release},
        reason=reason,
        statement=statement,
        signer=signer,
        signer_pseudonym=actor.id,
        signer_name=actor.name,
        digest=digest_of(signed),
    )
    return decision, signed


def _tell(decision: Decision, signed: dict[str, Any], actor: Actor) -> None:
    record(
        actor=actor,
        action=f"release.{decision.outcome}",
        subject=of_release(decision.release),
        reason=decision.reason,
        details={**plain(signed), "decision": str(decision.id), "digest": decision.digest},
        evidence=[decision.evidence_digest, decision.version_digest],
    )

"""From requirements and facts to gates: the rule that decides what is open, and why not. Pure.

A gate is open only when its requirement is met now. ``inconclusive`` and ``error`` never open
one by themselves (V4): an inconclusive check whose policy allows it adds a slot for a second
signature, and the gate opens with that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OPEN, CLOSED, PENDING = "open", "closed", "pending"
WITHOUT_RESULT = (
    "No result: the suite ended before this check had one. The release says why, once for all."
)
MEND = (
    "If the policy or the server is at fault, mend that and ask for a new revision. If the model, "
    "its signature or its data are, register a new version and ask for its release: a version is "
    "sealed."
)


@dataclass(frozen=True, slots=True)
class CheckFact:
    """What is known of a check: ``verdict`` is empty until it has finished."""

    verdict: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    slot: str
    outcome: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the gates of one release revision depend on."""

    artifact: CheckFact = CheckFact()
    checks: Mapping[str, CheckFact] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    signatures: Sequence[Signature] = ()
    evidence_age_days: float = 0.0
    broken: str = ""
    """Why the suite as a whole broke: the sentence of every check that broke with it."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """A place for signatures: ``needed`` different people who hold ``role``."""

    key: str
    title: str
    role: str
    needed: int
    why: str = ""
    source: str = ""
    conditional_days: int = 0


@dataclass(frozen=True, slots=True)
class GateView:
    key: str
    kind: str
    title: str
    state: str
    verdict: str
    reasons: tuple[str, ...]
    requirement: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    signed_by: tuple[str, ...] = ()
    """Names of people, apart from ``reasons``: they may stand on a page, never in the trail."""


def slots(requirements: dict[str, Any], facts: Facts) -> list[SlotSpec]:
    """Who has to sign: the policy's slots, and one per check that is too close to call."""
    found = [
        SlotSpec(
            key=slot["role"],
            title=slot["title"],
            role=slot["role"],
            needed=slot["count"],
            why=slot["why"],
            source=slot["source"],
        )
        for slot in requirements["decisions"]
    ]
    for check in requirements["checks"]:
        if _awaits_second(check, facts.checks.get(check["key"], CheckFact())):
            found.append(
                SlotSpec(
                    key=f"second:{check['key']}",
                    title=f"Second signature: {check['name']}",
                    role=check["second_signer"],
                    needed=1,
                    why="The check is too close to call; somebody answers for going ahead.",
                    source=check["source"],
                    conditional_days=check["conditional_days"],
                )
            )
    return found


def _awaits_second(check: dict[str, Any], fact: CheckFact) -> bool:
    return fact.verdict == "inconclusive" and check["on_inconclusive"] == "second_signature"


def evaluate(requirements: dict[str, Any], facts: Facts) -> list[GateView]:
    """Every gate of the release, in the order in which people read them."""
    gates = [_artifact(facts)]
    gates += [_check(check, requirements, facts) for check in requirements["checks"]]
    gates += [_document(paper, facts) for paper in requirements["documents"]]
    gates += [
        _decision(slot, facts)
        for slot in slots(requirements, facts)
        if not slot.key.startswith("second:")
    ]
    return gates


def is_cleared(gates: Sequence[GateView]) -> bool:
    return all(gate.state == OPEN for gate in gates)


def ready_for_review(gates: Sequence[GateView]) -> bool:
    """True when only people are missing: nothing is closed and nothing is still running."""
    return all(gate.state == OPEN or _waits_for_people(gate) for gate in gates)


def _waits_for_people(gate: GateView) -> bool:
    if gate.state != PENDING:
        return False
    return gate.kind == "decision" or gate.verdict == "inconclusive"


def _artifact(facts: Facts) -> GateView:
    state = {"": PENDING, "pass": OPEN}.get(facts.artifact.verdict, CLOSED)
    reason = facts.artifact.sentence or "The files are hashed again before the model is loaded."
    return GateView(
        "artifact", "artifact", "Artefact verified", state, facts.artifact.verdict, (reason,)
    )


def _check(check: dict[str, Any], requirements: dict[str, Any], facts: Facts) -> GateView:
    fact = facts.checks.get(check["key"], CheckFact())
    reasons = [_reason(fact, facts)] if fact.sentence else []
    state = {"": PENDING, "pass": OPEN}.get(fact.verdict, CLOSED)
    longest = requirements["evidence_max_age_days"]
    signed: tuple[str, ...] = ()
    if _awaits_second(check, fact):
        state, further, signed = _second(check, facts)
        reasons.append(further)
    elif fact.verdict == "inconclusive":
        reasons.append("The policy lets nothing pass that is too close to call.")
    elif fact.verdict == "error" and fact.sentence != facts.broken:
        reasons.append(f"Without a result it is neither a pass nor a fail. {MEND}")
    if state == OPEN and facts.evidence_age_days > longest:
        state = CLOSED
        reasons.append(f"The evidence is older than {longest} days: ask for a new revision.")
    if not reasons:
        reasons = ["Not measured yet."]
    return GateView(
        f"check:{check['key']}",
        "check",
        check["name"],
        state,
        fact.verdict,
        tuple(reasons),
        requirement=check,
        source=check["source"],
        signed_by=signed,
    )


def _reason(fact: CheckFact, facts: Facts) -> str:
    """What many gates have in common is said once, of the release."""
    broke = fact.verdict == "error" and fact.sentence == facts.broken
    return WITHOUT_RESULT if broke else fact.sentence


def _second(check: dict[str, Any], facts: Facts) -> tuple[str, str, tuple[str, ...]]:
    """State, further reason and signers of a check that is too close to call."""
    signed = _approvers(f"second:{check['key']}", facts)
    if signed:
        return (
            OPEN,
            f"Accepted by a second signature, for {check['conditional_days']} days.",
            signed,
        )
    return PENDING, f"Needs a second signature ({check['second_signer']}) to go ahead.", ()


def _approvers(slot: str, facts: Facts) -> tuple[str, ...]:
    return tuple(s.name for s in facts.signatures if s.slot == slot and s.outcome == "approve")


def _document(paper: dict[str, Any], facts: Facts) -> GateView:
    present = paper["kind"] in facts.documents
    reason = (
        "Attached to the version."
        if present
        else f"{paper['title']} missing: attach it to the version, then ask for a new revision."
    )
    return GateView(
        f"document:{paper['kind']}",
        "document",
        paper["title"],
        OPEN if present else CLOSED,
        "pass" if present else "fail",
        (reason,),
        requirement=paper,
        source=paper["source"],
    )


def _decision(slot: SlotSpec, facts: Facts) -> GateView:
    signed = _approvers(slot.key, facts)
    missing = slot.needed - len(signed)
    reasons = [f"{len(signed)} of {slot.needed} approved."] if signed else []
    if missing > 0:
        people = "person" if missing == 1 else "people"
        reasons.append(f"Awaits {missing} {people} as {slot.title}.")
    return GateView(
        f"decision:{slot.key}",
        "decision",
        slot.title,
        OPEN if missing <= 0 else PENDING,
        "pass" if missing <= 0 else "",
        tuple(reasons),
        requirement={"role": slot.role, "count": slot.needed, "why": slot.why},
        source=slot.source,
        signed_by=signed,
    )

"""From requirements and facts to gates: the rule that decides what is open, and why not. Pure.

A gate is open only when its requirement is met now. ``inconclusive`` and ``error`` never open
one by themselves (V4): an inconclusive check whose policy allows it adds a slot for a second
signature, and the gate opens with that. A waiver opens the one gate that it names, never one whose
check gave no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from governance.gating.facts import CLOSED, OPEN, PENDING, CheckFact, Facts, GateView, QuestionFact
from governance.gating.slots import SlotSpec, approvals, awaits_second, slots
from governance.policy.terms import SEVERITIES

WITHOUT_RESULT = (
    "No result: the suite ended before this check had one. The release says why, once for all."
)
MEND = (
    "If the policy or the server is at fault, mend that and ask for a new revision. If the model, "
    "its signature or its data are, register a new version and ask for its release: a version is "
    "sealed."
)


def evaluate(requirements: dict[str, Any], facts: Facts) -> list[GateView]:
    """Every gate of the release, in the order in which people read them."""
    gates = [_artifact(facts)]
    gates += [_check(check, requirements, facts) for check in requirements["checks"]]
    gates += [_document(paper, facts) for paper in requirements["documents"]]
    gates += [_criterion(asked, facts) for asked in requirements.get("criteria", ())]
    gates += [
        _decision(slot, facts)
        for slot in slots(requirements, facts)
        if not slot.key.startswith("second:")
    ]
    gates += _findings(requirements, facts)
    gates += [_question(question) for question in facts.questions]
    return [_waived(gate, facts) for gate in gates]


def is_cleared(gates: Sequence[GateView]) -> bool:
    return all(gate.state == OPEN for gate in gates)


def ready_for_review(gates: Sequence[GateView]) -> bool:
    """True when only people are missing: nothing is closed and nothing is still running."""
    return all(gate.state == OPEN or _waits_for_people(gate) for gate in gates)


def _waits_for_people(gate: GateView) -> bool:
    if gate.state != PENDING:
        return False
    return gate.kind in ("decision", "question") or gate.verdict == "inconclusive"


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
    if awaits_second(check, fact):
        state, further, signed = _second(check, facts)
        reasons.append(further)
    elif fact.verdict == "inconclusive":
        reasons.append("What is too close to call does not pass here.")
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
    signed = approvals(f"second:{check['key']}", facts)
    if signed:
        return (
            OPEN,
            f"Accepted by a second signature, for {check['conditional_days']} days.",
            signed,
        )
    return PENDING, f"Needs a second signature ({check['second_signer']}) to go ahead.", ()


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


def _criterion(asked: dict[str, Any], facts: Facts) -> GateView:
    """Judged of the use case as it is now: what was met once and is no longer shuts it again."""
    why_not = facts.criteria.get(asked["key"], "Nobody knows how to judge this any more.")
    return GateView(
        f"criterion:{asked['key']}",
        "criterion",
        asked["title"],
        CLOSED if why_not else OPEN,
        "fail" if why_not else "pass",
        (why_not or "The use case meets it.",),
        requirement=asked,
        source=asked["source"],
    )


def _decision(slot: SlotSpec, facts: Facts) -> GateView:
    signed = approvals(slot.key, facts)
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


def _findings(requirements: dict[str, Any], facts: Facts) -> list[GateView]:
    """One gate for all that is known to be wrong with the model, where a policy asks for it."""
    asked = requirements.get("findings")
    if not asked:
        return []
    floor = SEVERITIES.index(asked["block"])
    blocking = [f for f in facts.findings if SEVERITIES.index(f.severity) >= floor]
    reasons = [f"{finding.label} ({finding.severity}) is open." for finding in blocking]
    return [
        GateView(
            "findings",
            "finding",
            "No open findings",
            CLOSED if blocking else OPEN,
            "fail" if blocking else "pass",
            tuple(reasons or [f"No open finding of severity {asked['block']} or above."]),
            requirement=asked,
        )
    ]


def _question(question: QuestionFact) -> GateView:
    words = {"asked": "Awaits an answer.", "answered": "Answered; awaits who asked."}
    return GateView(
        f"question:{question.key}",
        "question",
        question.text,
        PENDING if question.is_open else OPEN,
        "" if question.is_open else "pass",
        (words.get(question.state, "Settled."),),
    )


def _waived(gate: GateView, facts: Facts) -> GateView:
    """The gate as a waiver leaves it. What gave no result cannot be waived: nobody would know
    what they accept."""
    waiver = facts.waivers.get(gate.key)
    if waiver is None or gate.state != CLOSED or gate.verdict == "error":
        return gate
    said = f"Waived by {waiver.label} until {waiver.until}."
    return replace(gate, state=OPEN, verdict="waived", reasons=(*gate.reasons, said))

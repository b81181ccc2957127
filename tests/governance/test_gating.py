"""From facts to gates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from governance import gating
from governance.gating import (
    CheckFact,
    Facts,
    FindingFact,
    QuestionFact,
    Signature,
    WaiverFact,
)

CHECK = {
    "key": "Fairness",
    "name": "Fairness",
    "check": "fairness.selection_rate_ratio",
    "on_inconclusive": "second_signature",
    "second_signer": "business",
    "conditional_days": 90,
    "source": "p v1",
}
REQUIREMENTS: dict[str, Any] = {
    "checks": [CHECK],
    "documents": [{"kind": "model_card", "title": "Model card", "source": "p v1"}],
    "decisions": [{"role": "officer", "title": "Officer", "count": 1, "why": "", "source": "p v1"}],
    "evidence_max_age_days": 90,
}
GOOD = Facts(
    artifact=CheckFact("pass", "hashed again"),
    checks={"Fairness": CheckFact("pass", "fine")},
    documents=frozenset({"model_card"}),
    signatures=[Signature("officer", "approve", "Rita")],
)


def states(facts: Facts) -> dict[str, str]:
    return {gate.key: gate.state for gate in gating.evaluate(REQUIREMENTS, facts)}


def test_it_is_cleared_when_every_requirement_is_met() -> None:
    assert gating.is_cleared(gating.evaluate(REQUIREMENTS, GOOD))


def test_a_failed_check_closes_its_gate() -> None:
    facts = replace(GOOD, checks={"Fairness": CheckFact("fail", "0.58 against 0.80")})
    assert states(facts)["check:Fairness"] == "closed"


def test_a_broken_check_closes_its_gate_even_where_inconclusive_may_be_signed_for() -> None:
    facts = replace(
        GOOD,
        checks={"Fairness": CheckFact("error", "crashed")},
        signatures=[*GOOD.signatures, Signature("second:Fairness", "approve", "Bo")],
    )
    assert states(facts)["check:Fairness"] == "closed"


def test_too_close_to_call_waits_for_a_second_signature() -> None:
    facts = replace(GOOD, checks={"Fairness": CheckFact("inconclusive", "too close")})
    gates = gating.evaluate(REQUIREMENTS, facts)
    assert states(facts)["check:Fairness"] == "pending"
    assert gating.ready_for_review(gates)
    assert not gating.is_cleared(gates)
    assert [slot.key for slot in gating.slots(REQUIREMENTS, facts)] == [
        "officer",
        "second:Fairness",
    ]


def test_the_second_signature_opens_the_gate() -> None:
    facts = replace(
        GOOD,
        checks={"Fairness": CheckFact("inconclusive", "too close")},
        signatures=[*GOOD.signatures, Signature("second:Fairness", "approve", "Bo")],
    )
    assert gating.is_cleared(gating.evaluate(REQUIREMENTS, facts))


def test_a_rejection_opens_nothing() -> None:
    facts = replace(GOOD, signatures=[Signature("officer", "reject", "Rita")])
    assert states(facts)["decision:officer"] == "pending"


def test_a_missing_document_says_what_to_do() -> None:
    gates = gating.evaluate(REQUIREMENTS, replace(GOOD, documents=frozenset()))
    gate = next(gate for gate in gates if gate.kind == "document")
    assert gate.state == "closed"
    assert "attach it to the version" in gate.reasons[0]


def test_stale_evidence_closes_the_gate_by_the_clock() -> None:
    assert states(replace(GOOD, evidence_age_days=90.1))["check:Fairness"] == "closed"
    assert states(replace(GOOD, evidence_age_days=89.9))["check:Fairness"] == "open"


VERDICTS = st.sampled_from(["", "pass", "fail", "inconclusive", "error"])


@given(
    artifact=st.sampled_from(["", "pass", "fail"]),
    verdict=VERDICTS,
    document=st.booleans(),
    officer=st.sampled_from([None, "approve", "reject", "request_changes"]),
    second=st.booleans(),
)
def test_it_is_cleared_only_when_nothing_is_missing(
    artifact: str, verdict: str, document: bool, officer: str | None, second: bool
) -> None:
    signatures = [Signature("officer", officer, "Rita")] if officer else []
    signatures += [Signature("second:Fairness", "approve", "Bo")] if second else []
    facts = Facts(
        artifact=CheckFact(artifact),
        checks={"Fairness": CheckFact(verdict)},
        documents=frozenset({"model_card"} if document else ()),
        signatures=signatures,
    )
    met = (
        artifact == "pass"
        and (verdict == "pass" or (verdict == "inconclusive" and second))
        and document
        and officer == "approve"
    )
    assert gating.is_cleared(gating.evaluate(REQUIREMENTS, facts)) == met


def view(facts: Facts, key: str, **more: Any) -> gating.GateView:
    return next(gate for gate in gating.evaluate(REQUIREMENTS | more, facts) if gate.key == key)


def test_a_waiver_opens_the_gate_that_it_names_and_says_so() -> None:
    failed = replace(GOOD, checks={"Fairness": CheckFact("fail", "0.58 against 0.80")})
    waiver = WaiverFact("W-3", "2026-12-01")
    gate = view(replace(failed, waivers={"check:Fairness": waiver}), "check:Fairness")
    assert (gate.state, gate.verdict) == ("open", "waived")
    assert gate.reasons[-1] == "Waived by W-3 until 2026-12-01."
    other = view(replace(failed, waivers={"document:model_card": waiver}), "check:Fairness")
    assert other.state == "closed"


def test_what_gave_no_result_cannot_be_waived() -> None:
    broken = replace(GOOD, checks={"Fairness": CheckFact("error", "crashed")})
    waived = replace(broken, waivers={"check:Fairness": WaiverFact("W-3", "2026-12-01")})
    assert view(waived, "check:Fairness").state == "closed"


def test_findings_block_from_the_severity_that_the_policy_names() -> None:
    low, high = FindingFact("F-1", "low"), FindingFact("F-2", "high")
    asked = {"findings": {"block": "high"}}
    assert view(replace(GOOD, findings=[low]), "findings", **asked).state == "open"
    gate = view(replace(GOOD, findings=[low, high]), "findings", **asked)
    assert (gate.state, gate.reasons) == ("closed", ("F-2 (high) is open.",))
    assert "findings" not in states(replace(GOOD, findings=[high]))


def test_a_question_blocks_until_it_is_settled_or_taken_back() -> None:
    for state, expected in (
        ("asked", "pending"),
        ("answered", "pending"),
        ("settled", "open"),
        ("withdrawn", "open"),
    ):
        asked = replace(GOOD, questions=[QuestionFact("1", "Why so few?", state)])
        assert view(asked, "question:1").state == expected
        assert gating.is_cleared(gating.evaluate(REQUIREMENTS, asked)) == (expected == "open")
        assert gating.ready_for_review(gating.evaluate(REQUIREMENTS, asked))


def test_a_slot_of_a_later_stage_waits_for_those_before_it() -> None:
    head = {**REQUIREMENTS["decisions"][0], "key": "head", "stage": 2}
    requirements = REQUIREMENTS | {"decisions": [*REQUIREMENTS["decisions"], head]}
    first, second = gating.slots(requirements, GOOD)
    assert gating.waits_for(first, [first, second], GOOD) is None
    assert gating.waits_for(second, [first, second], GOOD) is None
    unsigned = replace(GOOD, signatures=[Signature("officer", "abstain", "Rita")])
    assert gating.waits_for(second, [first, second], unsigned) == first


def test_an_approval_with_conditions_fills_a_slot_and_an_abstention_does_not() -> None:
    for outcome, cleared in (("approve_with_conditions", True), ("abstain", False)):
        facts = replace(GOOD, signatures=[Signature("officer", outcome, "Rita")])
        assert gating.is_cleared(gating.evaluate(REQUIREMENTS, facts)) == cleared

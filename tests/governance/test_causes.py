"""What many checks broke for is said once: with the gates, in the answer, in words to act on."""

from __future__ import annotations

from dataclasses import replace

from governance import gating
from governance.causes import shared
from governance.gating import CheckFact, Facts
from tests.governance.test_gating import CHECK, GOOD, REQUIREMENTS

WHY = "The model crashed (signal 11)."


def reasons(facts: Facts) -> tuple[str, ...]:
    gates = {gate.key: gate for gate in gating.evaluate(REQUIREMENTS, facts)}
    return gates[f"check:{CHECK['key']}"].reasons


def broken(sentence: str, *, suite: str) -> Facts:
    return replace(GOOD, checks={"Fairness": CheckFact("error", sentence)}, broken=suite)


def test_a_gate_that_closed_with_the_suite_points_to_its_reason() -> None:
    assert reasons(broken(WHY, suite=WHY)) == (gating.WITHOUT_RESULT,)


def test_a_gate_that_closed_for_a_reason_of_its_own_gives_it_and_what_to_do() -> None:
    said, mend = reasons(broken("There is no column rase.", suite=WHY))
    assert said == "There is no column rase."
    assert "register a new version" in mend


def test_what_three_checks_broke_for_is_one_cause_and_what_two_did_is_not() -> None:
    facts = [
        *(CheckFact("error", "no scores") for _ in range(3)),
        *(CheckFact("error", "no column") for _ in range(2)),
        *(CheckFact("fail", "too low") for _ in range(5)),
    ]
    (cause,) = shared(facts, verdict=lambda one: one.verdict, sentence=lambda one: one.sentence)
    assert (cause.sentence, len(cause.items)) == ("no scores", 3)

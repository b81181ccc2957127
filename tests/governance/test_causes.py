"""What many checks broke for is said once: with the gates, in the answer, in words to act on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance import gating
from governance.causes import shared
from governance.checks import catalog
from governance.checks.base import CheckError
from governance.gating import CheckFact, Facts
from governance.suites import inputs
from governance.suites.given import Given, Model, Table
from governance.suites.scoring import Scored
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


def test_how_fast_a_model_that_crashed_answers_broke_with_the_crash() -> None:
    """And not for want of timings, which nobody could have taken."""
    given = Given(Model({}, "onnx"), Table(Path("rows.parquet")), seed=1)
    check = catalog.all_checks()["robustness.latency"]
    with pytest.raises(CheckError, match="signal 11"):
        inputs.of_check(check, given, Scored(error=WHY), {})


def test_a_check_of_reasons_says_why_there_are_none() -> None:
    given = Given(Model({}, "onnx"), Table(Path("rows.parquet")), seed=1)
    check = catalog.all_checks()["explainability.global_importance"]
    scored = Scored(facts={"not_explained": "The contributions are not all finite numbers."})
    with pytest.raises(CheckError, match=r"could not be explained\. The contributions"):
        inputs.of_check(check, given, scored, {})

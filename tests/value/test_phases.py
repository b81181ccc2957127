"""What has to be done before a phase is over, and the sentence that says what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from governance.value.phases import (
    CRITERIA,
    KEYS,
    PHASES,
    READY,
    Facts,
    is_brain_in_a_jar,
    judged,
    told,
)

TEXTS = dict.fromkeys(
    ("objective", "decision_maker", "end_users", "domain_experts", "product_manager", "success",
     "hypothesis", "trust_hypothesis", "workflow", "protection"),
    "Somebody wrote this.",
)  # fmt: skip
DONE = Facts(
    texts=TEXTS,
    dials_set=True,
    assessed=True,
    approved_case=1,
    models=1,
    measured=1,
    payoff_stated=True,
    ready=dict.fromkeys(READY, "Petra"),
    kpis=2,
    authorized=True,
)


def missing(facts: Facts) -> dict[str, str]:
    return {one.criterion.key: one.why_not for one in judged(facts) if not one.is_met}


def test_a_use_case_with_everything_misses_nothing() -> None:
    assert missing(DONE) == {}


def test_one_with_nothing_misses_all_that_has_to_be_written_or_done() -> None:
    assert set(missing(Facts())) == set(KEYS) - {"hurdle", "review"}


@pytest.mark.parametrize(
    ("change", "key", "sentence"),
    [
        ({"texts": TEXTS | {"end_users": " "}}, "people", "Nobody wrote down who works with its"),
        ({"texts": TEXTS | {"trust_hypothesis": ""}}, "hypotheses", "how it stays trustworthy"),
        ({"dials_set": False}, "dials", "The six dials are not set."),
        ({"approved_case": None}, "value_case", "No value case is approved."),
        ({"case_changed": True}, "value_case", "changed since it was approved"),
        ({"ready": {}}, "ready_people", "Nobody stated yet: those whose work changes know how"),
        ({"ready": {}, "not_ready": ["data"]}, "ready_data", "Said not to be so yet: its data"),
        ({"kpis": 0}, "figures", "No KPI is agreed."),
        ({"approved_case": None}, "figures", "No KPI is agreed."),
        ({"unknown": ["Hours"]}, "figures", "No figure for the newest period that is due: Hours."),
        ({"below": ["Hours", "Losses"]}, "hurdle", "Short of the hurdle: Hours, Losses."),
        ({"review_overdue_since": date(2026, 5, 1)}, "review", "overdue since 2026-05-01"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    change: dict[str, Any], key: str, sentence: str
) -> None:
    assert sentence in missing(replace(DONE, **change))[key]


def test_a_policy_demands_some_of_them_in_the_order_of_phases() -> None:
    found = [one.criterion.key for one in judged(Facts(), ["ready_data", "objective"])]
    assert found == ["objective", "ready_data"]
    order = [PHASES.index(one.phase) for one in CRITERIA]
    assert order == sorted(order)
    assert len(set(KEYS)) == len(KEYS)


def test_a_criterion_that_nobody_knows_is_no_criterion() -> None:
    with pytest.raises(KeyError, match="charm"):
        judged(DONE, ["charm"])


def test_a_brain_in_a_jar_serves_no_objective_and_promises_nothing() -> None:
    assert not is_brain_in_a_jar(DONE)
    assert is_brain_in_a_jar(replace(DONE, texts={}))
    assert is_brain_in_a_jar(replace(DONE, approved_case=None, kpis=0))


def test_what_is_looked_after_is_not_well_before_anything_is_authorized() -> None:
    early = {one.criterion.key: one.why_not for one in told(replace(DONE, authorized=False))}
    assert early["hurdle"] == early["review"] == "Nothing is authorized yet."
    assert early["figures"] == ""
    assert all(one.is_met for one in told(DONE))


def test_no_gate_waits_for_an_authorization_that_it_keeps_from_being_issued() -> None:
    assert not missing(replace(DONE, authorized=False))

"""Criteria of phases in policies: read, joined, put into words, compared, and made into gates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import gating, policy
from governance.gating import Facts, WaiverFact
from governance.policy.because import because
from governance.policy.checks import problems_with
from governance.policy.comparing import compare
from governance.policy.packs import answered, in_words
from governance.policy.terms import waivable
from governance.policy.text import PolicyError
from governance.value.phases import DEPLOY, KEYS, PHASES, of_phase
from tests.governance.make import POLICY

ROLES = ["business", "officer", "validator"]
LINES = POLICY.count("\n")
keys = st.lists(st.sampled_from(KEYS), unique=True)


def read(more: str = "") -> dict[str, Any]:
    return policy.parse(POLICY + more, roles=ROLES, validate_check=problems_with)


def problems(more: str) -> list[tuple[int, str, str]]:
    with pytest.raises(PolicyError) as caught:
        read(more)
    return caught.value.problems


def demanding(*demanded: str, **more: Any) -> dict[str, Any]:
    return read() | {"criteria": list(demanded)} | more


def test_it_keeps_what_is_demanded_in_the_order_of_the_phases() -> None:
    assert read("criteria: [ready_data, objective]\n")["criteria"] == ["objective", "ready_data"]
    assert read()["criteria"] == []


def test_a_phase_stands_for_all_its_criteria() -> None:
    found = read("phases: [deploy]\ncriteria: [objective, ready_data]\n")["criteria"]
    assert found == ["objective", *of_phase(DEPLOY)]
    assert read(f"phases: [{', '.join(PHASES)}]\n")["criteria"] == list(KEYS)


@pytest.mark.parametrize(
    ("more", "line", "key", "words"),
    [
        ("criteria:\n  - objective\n  - value_cse\n", 3, "criteria[1]", "mean “value_case”"),
        ("criteria: [charm]\n", 1, "criteria[0]", "is no criterion: There are objective"),
        ("criteria: [objective, objective]\n", 1, "criteria[1]", "stands twice"),
        ("criteria: [{key: objective}]\n", 1, "criteria[0]", "is no criterion"),
        ("criteria: objective\n", 1, "criteria", "must be a list"),
        ("criteria: []\n", 1, "criteria", "must be a list"),
        ("phases: [deliver]\n", 1, "phases[0]", "is no phase"),
        ("waivers: {of: [value_case], max_days: 9, approver: officer}\n", 1, "waivers.of",
         "no check, document or criterion"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named_with_its_line(
    more: str, line: int, key: str, words: str
) -> None:
    ((found, where, sentence),) = problems(more)
    assert (found, where) == (LINES + line, key)
    assert words in sentence


@given(keys, keys)
def test_joined_policies_demand_what_any_of_them_demands(one: list[str], two: list[str]) -> None:
    joined = policy.join([("a v1", demanding(*one)), ("b v1", demanding(*two))])
    found = joined.get("criteria", [])
    assert [each["key"] for each in found] == [key for key in KEYS if key in {*one, *two}]
    for each in found:
        asking = [label for label, some in (("a v1", one), ("b v1", two)) if each["key"] in some]
        assert each["sources"] == asking == [asked["by"] for asked in each["asked"]]


@given(keys, keys, keys)
def test_how_they_are_joined_does_not_depend_on_what_is_joined_first(
    one: list[str], two: list[str], three: list[str]
) -> None:
    sets = [("a v1", demanding(*one)), ("b v1", demanding(*two)), ("c v1", demanding(*three))]
    orders = [sets, sets[::-1], sets[1:] + sets[:1]]
    found = [[one["key"] for one in policy.join(each).get("criteria", [])] for each in orders]
    assert found[0] == found[1] == found[2]


def test_policies_that_demand_none_add_up_to_what_they_always_did() -> None:
    earlier = read()
    del earlier["criteria"]
    now, then = policy.join([("a v1", read())]), policy.join([("a v1", earlier)])
    assert policy.digest(now) == policy.digest(then)
    assert "criteria" not in now


def test_a_criterion_is_waived_only_as_all_that_demand_it_allow() -> None:
    allowing = {"waivers": {"of": ["payoff"], "max_days": 30, "approver": "officer"}}
    loose = demanding("payoff", **allowing)
    terms = {"max_days": 30, "approvers": ["officer"]}
    assert waivable(policy.join([("a v1", loose)])) == {"criterion:payoff": terms}
    both = policy.join([("a v1", loose), ("b v1", demanding("payoff"))])
    assert waivable(both) == {}


def test_it_is_read_in_words_and_answers_a_clause() -> None:
    document = read("criteria: [value_case, ready_people]\n")
    sentence = "These criteria of the use case must be met: Value case approved, Ready: people."
    assert sentence in policy.reading(document)
    assert ("criterion:value_case", "Value case approved") in answered(document)
    assert in_words("criterion:value_case") == "criterion value case"


def test_what_changed_is_told_which_way() -> None:
    old, new = demanding("objective", "payoff"), demanding("objective", "risk")
    told = [(each.kind, each.part, each.sentence) for each in compare(old, new)]
    assert told == [
        ("added", "criteria", "“Risk is assessed” has to be met now."),
        ("removed", "criteria", "“Decisions have a price” no longer has to be met."),
    ]
    earlier = read()
    del earlier["criteria"]
    assert [each.kind for each in compare(earlier, new)] == ["added", "added"]


ASKED = policy.join([("a v1", demanding("objective", "value_case"))])
MET = Facts(criteria={"objective": "", "value_case": ""})


def gate(facts: Facts, key: str = "criterion:value_case") -> gating.GateView:
    return {each.key: each for each in gating.evaluate(ASKED, facts)}[key]


def test_its_gate_is_open_when_it_is_met_and_says_why_when_not() -> None:
    assert (gate(MET).state, gate(MET).verdict) == ("open", "pass")
    missing = replace(MET, criteria={"objective": "", "value_case": "No value case is approved."})
    shut = gate(missing)
    assert (shut.state, shut.kind, shut.title) == ("closed", "criterion", "Value case approved")
    assert shut.reasons == ("No value case is approved.",)
    assert not gating.ready_for_review(gating.evaluate(ASKED, missing))


def test_one_that_nobody_knows_any_more_is_not_met() -> None:
    assert gate(Facts()).state == "closed"


def test_a_waiver_opens_its_gate() -> None:
    facts = Facts(waivers={"criterion:value_case": WaiverFact("W-1", "2026-12-01")})
    assert (gate(facts).state, gate(facts).verdict) == ("open", "waived")


def test_it_says_which_policies_ask() -> None:
    told = because(ASKED, "criterion:objective", tier=1, environment="production", purpose="x")
    assert told == "Needed because tier 1, production, x: a v1."

"""Policies: read with line-exact errors, matched, joined."""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import policy
from governance.policy.checks import problems_with
from governance.policy.text import PolicyError

SHIPPED = Path("examples/mortgage/credit-decision.yaml").read_text()
SOURCE = SHIPPED[: SHIPPED.index("findings:")]  # without what it allows around the checks
ROLES = ["business", "officer", "validator"]


def read(source: str) -> dict[str, Any]:
    return policy.parse(source, roles=ROLES, validate_check=problems_with)


def problems(source: str) -> list[tuple[int, str, str]]:
    with pytest.raises(PolicyError) as caught:
        read(source)
    return caught.value.problems


def test_the_shipped_example_reads_well() -> None:
    sentences = policy.reading(read(SHIPPED))
    assert sentences[0] == "It applies to tier 1 or 2 models going to production."
    assert any("Fairness by race: every group at least 0.8" in line for line in sentences)


def test_an_unknown_key_is_named_with_its_line() -> None:
    found = problems(SOURCE.replace("review_days: 5", "reveiw_days: 5"))
    line = SOURCE[: SOURCE.index("review_days")].count("\n") + 1
    assert (line, "reveiw_days") in [(number, key) for number, key, _ in found]


def test_an_unknown_check_is_named() -> None:
    found = problems(SOURCE.replace("performance.roc_auc", "performance.rocauc"))
    assert any(key == "checks[0].check" for _, key, _ in found)


def test_an_unknown_parameter_of_a_check_is_named() -> None:
    found = problems(SOURCE.replace("attribute: race", "atribute: race"))
    assert any("atribute" in text for _, _, text in found)


def test_a_role_that_cannot_sign_is_refused() -> None:
    found = problems(SOURCE.replace("role: officer", "role: executive"))
    assert any(key.endswith(".role") and "cannot sign" in text for _, key, text in found)


def test_all_problems_come_at_once() -> None:
    assert len(problems("policy: x\nchecks: 3\n")) >= 4


@pytest.mark.parametrize(
    "source",
    [
        "",
        "- a list",
        "a: [1",
        "just text",
        "policy: &a [*a]",
        "a: &x 1\nb: *x",
        "policy: !!python/object:os.system x",
        "{" * 5000,
        "policy: x\npolicy: y",
        "applies: {tiers: [9], environments: 3}",
        "checks: [{check: {a: 1}}]",
        "policy: \x00",
    ],
)
def test_bad_yaml_is_an_error_with_a_line_and_never_a_crash(source: str) -> None:
    assert all(line >= 1 for line, _, _ in problems(source))


def line_of(text: str, source: str) -> int:
    return source.count("\n", 0, source.index(text)) + 1


def test_a_problem_stands_at_the_line_where_it_is() -> None:
    block = "threshold:\n      measurement: roc_auc\n      at_least: 2"
    source = SOURCE.replace("threshold: {measurement: roc_auc, at_least: 0.65}", block)
    (found,) = problems(source)
    assert found[:2] == (line_of("at_least: 2", source), "checks[0].threshold.at_least")
    for wrong in ("title: a\x00b", "title: " + "[" * 5000):
        source = SOURCE.replace("title: Credit decisions in production", wrong)
        (found,) = problems(source)
        assert found[0] == line_of("title: ", source)


def test_a_key_that_is_none_is_told_in_words() -> None:
    ((line, key, sentence),) = problems("policy: x\n? [a, b]\n: 1\n")
    assert (line, key, sentence) == (2, "(policy)", "a key must be one word")


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(source: str) -> None:
    with contextlib.suppress(PolicyError):
        assert read(source)["decisions"]


def test_it_matches_by_tier_environment_and_purpose() -> None:
    document = read(SOURCE)
    assert policy.matches(document, tier=1, environment="production", purpose="x")
    assert not policy.matches(document, tier=3, environment="production", purpose="x")
    assert not policy.matches(document, tier=1, environment="staging", purpose="x")


def test_joined_policies_take_the_stricter_of_everything() -> None:
    one, two = read(SOURCE), copy.deepcopy(read(SOURCE))
    two["decisions"] = [{**two["decisions"][1], "count": 2}]
    two["authorization"] = {"valid_days": 30, "restrictions": ["Only on Tuesdays"]}
    two["evidence_max_age_days"] = 10
    joined = policy.join([("a v1", one), ("b v1", two)])
    assert len(joined["checks"]) == 6
    assert len({check["key"] for check in joined["checks"]}) == 6
    assert {slot["role"]: slot["count"] for slot in joined["decisions"]} == {
        "validator": 1,
        "officer": 2,
    }
    assert joined["authorization"]["valid_days"] == 30
    assert joined["evidence_max_age_days"] == 10
    assert "Only on Tuesdays" in joined["authorization"]["restrictions"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("evidence_max_age_days: 90", "evidence_max_age_days: !foo 2", "evidence_max_age_days"),
        ("valid_days: 365", f"valid_days: {'9' * 5000}", "valid_days"),
        ("name: Performance", f"name: {'x' * 300}", "checks[0].name"),
        ("at_least: 0.65", "at_least: 2", "checks[0].threshold.at_least"),
        ("{measurement: roc_auc, at_least: 0.65}", "{}", "checks[0].threshold"),
        ("attribute: race,", "atribute: race,", "checks[1].parameters.atribute"),
        ("valid_days: 365", "valid_days: 1:30", "authorization.valid_days"),
        ("valid_days: 365", "valid_days: 010", "authorization.valid_days"),
        ("at_least: 0.65", "at_least: 1:30.5", "checks[0].threshold"),
        ("  - {role: validator, ", "  - validator\n  - {role: validator, ", "decisions[0]"),
        ("title: Credit decisions in production", 'title: "a\\ud800b"', "title"),
    ],
)
def test_what_cannot_be_meant_is_named(old: str, new: str, key: str) -> None:
    assert old in SOURCE
    assert any(found.endswith(key) for _, found, _ in problems(SOURCE.replace(old, new, 1)))


TERMS = """
findings: {block: high}
waivers: {of: [model_card], max_days: 30, approver: officer}
conditions: {max_days: 60}
emergency: {approver: officer, valid_hours: 72}
recertification: {every_days: 365, grace_days: 30, reviewer: validator}
"""


def test_what_a_policy_does_not_mention_it_does_not_allow() -> None:
    joined = policy.join([("a v1", read(SOURCE))])
    assert joined["conditions"] is joined["emergency"] is joined["findings"] is None
    assert {paper["waiver"] for paper in joined["documents"]} == {None}


def test_terms_are_allowed_only_as_far_as_every_policy_allows_them() -> None:
    loose, strict = read(SOURCE + TERMS), read(SOURCE + TERMS)
    strict["findings"] = {"block": "medium"}
    strict["conditions"] = {"max_days": 14}
    strict["emergency"] = {"approver": "validator", "valid_hours": 24}
    strict["waivers"] = {"of": ["model_card"], "max_days": 7, "approver": "validator"}
    joined = policy.join([("a v1", loose), ("b v1", strict)])
    assert joined["findings"]["block"] == "medium"
    assert [one["by"] for one in joined["findings"]["asked"]] == ["a v1", "b v1"]
    assert joined["conditions"] == {"max_days": 14}
    assert joined["emergency"] == {"valid_hours": 24, "approvers": ["validator"]}
    card = next(paper for paper in joined["documents"] if paper["kind"] == "model_card")
    assert card["waiver"] == {"max_days": 7, "approvers": ["validator"]}, "the strictest says who"
    assert card["sources"] == ["a v1", "b v1"]
    assert [one["by"] for one in card["asked"]] == ["a v1", "b v1"]
    strict["waivers"]["max_days"] = 30
    equal = policy.join([("a v1", loose), ("b v1", strict)])
    card = next(paper for paper in equal["documents"] if paper["kind"] == "model_card")
    assert card["waiver"]["approvers"] == ["officer", "validator"], "one of them, where all agree"
    one_says_nothing = policy.join([("a v1", loose), ("b v1", read(SOURCE))])
    assert one_says_nothing["conditions"] is one_says_nothing["emergency"] is None
    card = next(p for p in one_says_nothing["documents"] if p["kind"] == "model_card")
    assert card["waiver"] is None
    assert one_says_nothing["recertification"]["every_days"] == 365


def test_two_slots_of_one_role_take_two_people() -> None:
    document = read(SOURCE)
    (officer,) = [slot for slot in document["decisions"] if slot["role"] == "officer"]
    document["decisions"].append({**officer, "key": "head", "stage": 2})
    joined = policy.join([("a v1", document), ("b v1", document)])
    keys = [(slot["key"], slot["role"], slot["count"]) for slot in joined["decisions"]]
    assert keys == [
        ("validator", "validator", 1),
        ("officer", "officer", 1),
        ("head", "officer", 1),
    ]


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        ("findings: {block: huge}", "findings.block"),
        ("waivers: {of: [nothing], max_days: 3, approver: officer}", "waivers.of"),
        ("waivers: {of: [model_card], max_days: 999, approver: officer}", "waivers.max_days"),
        ("emergency: {approver: executive, valid_hours: 3}", "emergency.approver"),
        ("recertification: {every_days: 0, reviewer: officer}", "recertification.every_days"),
        ("conditions: {days: 3}", "conditions.days"),
    ],
)
def test_a_term_that_makes_no_sense_is_named(terms: str, key: str) -> None:
    assert key in [found for _, found, _ in problems(f"{SOURCE}\n{terms}\n")]


def test_terms_are_put_into_words() -> None:
    told = " ".join(policy.reading(read(SOURCE + TERMS)))
    for words in (
        "severity high or above blocks",
        "model_card may be waived for 30 days",
        "to be met within 60 days",
        "may run for 72 hours",
        "certified again every 365 days",
    ):
        assert words in told
    assert "waived" not in " ".join(policy.reading(read(SOURCE)))

"""The methodology: what a text may say, and the tier that answers come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.policy.text import PolicyError
from governance.tiering import AnswersError, compute, parse

SHIPPED = Path("governance/risk_methodologies/house.yaml").read_text()
SMALL = """methodology: small
title: Small
review: {tier_1: 100, tier_2: 200, tier_3: 300}
factors:
  - key: money
    title: Money
    question: How much?
    weight: 2
    levels:
      - {key: little, points: 0, title: Little}
      - {key: much, points: 100, title: Much}
  - key: people
    title: People
    question: Who?
    weight: 1
    levels:
      - {key: few, points: 0, title: Few}
      - {key: some, points: 99, title: Some}
      - {key: many, points: 100, title: Many}
bands:
  - {from: 100, tier: 1}
  - {from: 33, tier: 2}
  - {from: 0, tier: 3}
"""
LIGHTEST = {
    "materiality": "low",
    "exposure": "none",
    "autonomy": "advises",
    "complexity": "simple",
    "regulation": "general",
}


def test_the_shipped_methodology_can_be_read() -> None:
    assert parse(SHIPPED)["methodology"] == "house"


def test_the_lightest_answers_come_to_tier_3_and_the_heaviest_to_tier_1() -> None:
    document = parse(SHIPPED)
    heaviest = {each["key"]: each["levels"][-1]["key"] for each in document["factors"]}
    assert (compute(document, LIGHTEST).score, compute(document, LIGHTEST).tier) == (0, 3)
    assert (compute(document, heaviest).score, compute(document, heaviest).tier) == (100, 1)


def test_a_score_on_the_edge_of_a_band_is_in_it_and_one_under_is_not() -> None:
    document = parse(SMALL)
    assert compute(document, {"money": "little", "people": "some"}).tier == 2  # exactly 33
    assert compute(document, {"money": "much", "people": "some"}).tier == 2  # 99.66
    assert compute(document, {"money": "much", "people": "some"}).score == 99.66
    assert compute(document, {"money": "much", "people": "many"}).tier == 1


def test_the_strictest_of_score_matrix_and_rules_holds_and_each_says_why() -> None:
    document = parse(SHIPPED)
    opaque = compute(document, LIGHTEST | {"materiality": "high", "complexity": "opaque"})
    assert opaque.tier == 1
    assert any("By the matrix, materiality “high”" in each for each in opaque.why)
    alone = compute(document, LIGHTEST | {"exposure": "direct", "autonomy": "acts"})
    assert (alone.score, alone.tier) == (45, 1)
    assert "At least tier 1: it decides about people with nobody in between." in alone.why


def test_a_riskier_answer_never_lowers_the_tier() -> None:
    document = parse(SHIPPED)
    for base in (LIGHTEST, LIGHTEST | {"materiality": "medium", "autonomy": "confirmed"}):
        for factor in document["factors"]:
            ladder = [
                compute(document, base | {factor["key"]: level["key"]}).tier
                for level in factor["levels"]
            ]
            assert ladder == sorted(ladder, reverse=True)


def test_it_names_every_answer_that_is_missing_unknown_or_no_level() -> None:
    with pytest.raises(AnswersError) as caught:
        compute(parse(SMALL), {"money": ["much"], "colour": "red"})
    assert caught.value.problems == {
        "money": "answer with one of little, much",
        "people": "answer with one of few, some, many",
        "colour": "is not asked",
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("weight: 2", "weight: 0", 8, "whole number from 1"),
        ("- key: people", "- key: money", 12, "asked twice"),
        ("{key: much, points: 100", "{key: little, points: 100", 11, "stands twice"),
        ("points: 99", "points: 101", 18, "from 0 to 100"),
        ("{from: 33, tier: 2}", "{from: 33, tier: 1}", 22, "tiers go from 1 to 3"),
        ("{from: 33, tier: 2}", "{from: 100, tier: 2}", 22, "highest score down"),
        ("  - {from: 0, tier: 3}\n", "", 21, "every score has a tier"),
        ("tier_2: 200", "tier_2: 20", 3, "less often"),
        ("title: Small", "titel: Small", 2, "unknown key"),
    ],
)
def test_an_error_names_the_line(old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(SMALL.replace(old, new, 1))
    assert any(n == line and said in text for n, _, text in caught.value.problems), caught.value


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("matrix: {rows: money, columns: money, tiers: {}}\n", "another factor"),
        ("matrix: {rows: money, columns: luck, tiers: {}}\n", "no factor “luck”"),
        ("matrix: {rows: money, columns: people, tiers: {little: {few: 3}}}\n", "whole number"),
        ("overrides: [{when: {money: [heaps]}, tier: 1, reason: x}]\n", "no level “heaps”"),
        ("overrides: [{when: {}, tier: 1, reason: x}]\n", "at least one factor"),
        ("overrides: [{when: {money: [much]}, tier: 3, reason: x}]\n", "from 1 to 2"),
        ("overrides: [{when: {money: [much]}, tier: 1}]\n", "write a text"),
    ],
)
def test_a_matrix_or_rule_that_says_nothing_is_refused(more: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        parse(SMALL + more)

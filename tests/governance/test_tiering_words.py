"""How a tier came about and what a new methodology changes, in words: pure rules."""

from __future__ import annotations

import pytest

from governance.services.methodologies import house
from governance.tiering import AnswersError, compute, parse
from governance.tiering_compared import compare
from governance.tiering_words import explain, matrix_of, reading

HOUSE = parse(house())
ANSWERS = {
    "materiality": "high",
    "exposure": "direct",
    "autonomy": "confirmed",
    "complexity": "moderate",
    "regulation": "specific",
}


def changed(old: str, new: str) -> list[tuple[str, str]]:
    source = house()
    assert old in source
    return [(one.kind, one.sentence) for one in compare(HOUSE, parse(source.replace(old, new, 1)))]


def test_what_each_answer_brings_adds_up_to_the_score() -> None:
    found = explain(HOUSE, ANSWERS)
    assert [line.brings for line in found.factors] == [30.0, 25.0, 10.0, 7.5, 10.0]
    assert sum(line.brings for line in found.factors) == found.score == 82.5
    assert (found.tier, found.why) == (compute(HOUSE, ANSWERS).tier, compute(HOUSE, ANSWERS).why)


def test_the_matrix_marks_the_one_cell_of_the_answers() -> None:
    matrix = explain(HOUSE, ANSWERS).matrix
    assert matrix is not None
    here = [
        (head[0], matrix.columns[place][0], cell.tier)
        for head, cells in matrix.lines
        for place, cell in enumerate(cells)
        if cell.here
    ]
    assert here == [("high", "moderate", 1)]
    assert matrix_of(HOUSE | {"matrix": None}) is None


def test_what_is_not_answered_is_not_explained() -> None:
    with pytest.raises(AnswersError):
        explain(HOUSE, {"materiality": "high"})


def test_it_is_read_in_plain_english() -> None:
    told = reading(HOUSE)
    assert told[0].endswith("Low 0, medium 50, high 100 points.")
    assert "A score from 30 to below 60 is tier 2." in told
    assert told[-1] == (
        "It is assessed again: tier 1 after 365 days, tier 2 after 540 days, tier 3 after 730 days."
    )


@pytest.mark.parametrize(
    ("old", "new", "kind", "told"),
    [
        ("weight: 30", "weight: 20", "changed", "Materiality weighs 20, no longer 30."),
        ("{key: medium, points: 50", "{key: medium, points: 70", "stricter", "70 points, no"),
        ("{key: indirect, points: 40", "{key: indirect, points: 10", "looser", "10 points, no"),
        ("{from: 60, tier: 1}", "{from: 70, tier: 1}", "looser", "Tier 1 is reached from a score"),
        ("{from: 60, tier: 1}", "{from: 50, tier: 1}", "stricter", "of 50, before from 60"),
        ("  - {from: 60, tier: 1}\n", "", "looser", "Tier 1 is reached by no score"),
        ("low: {simple: 3, moderate: 3", "low: {simple: 3, moderate: 2", "stricter", "is tier 2"),
        ("tier_1: 365", "tier_1: 300", "stricter", "Tier 1 is assessed again after 300 days"),
        ("What does the law ask", "What does law ask", "changed", "Regulation is asked otherwise"),
    ],
)
def test_a_change_is_told_with_the_way_it_goes(old: str, new: str, kind: str, told: str) -> None:
    ((found, sentence),) = changed(old, new)
    assert found == kind
    assert told in sentence


def test_without_its_matrix_or_rules_it_is_looser() -> None:
    source = house()
    bare = parse(source[: source.index("matrix:")])
    assert {one.kind for one in compare(HOUSE, bare)} == {"looser"}
    assert {one.kind for one in compare(bare, HOUSE)} == {"stricter"}
    assert compare(HOUSE, HOUSE) == []


def test_a_question_that_comes_or_goes_is_told() -> None:
    source = house()
    start, end = source.index("  - key: exposure"), source.index("  - key: autonomy")
    without = source[:start] + source[end:]
    without = without.replace("exposure: [direct], ", "")
    told = [one.kind for one in compare(HOUSE, parse(without)) if one.part == "factors"]
    assert told == ["removed"]
    told = [one.kind for one in compare(parse(without), HOUSE) if one.part == "factors"]
    assert told == ["added"]

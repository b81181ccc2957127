"""The reasons for one decision, and the picture of what made up its score."""

from __future__ import annotations

import math
import random

import pytest

from governance.checks import theme
from governance.checks.base import CheckError
from governance.checks.charts_reasons import REST, waterfall
from governance.checks.engine.reasons import LOG_ODDS, reasons

PARTS = {"ltv": -0.12, "history": -0.3, "ratio": 0.05, "age": 0.0, "debt": -0.02, "sex": 0.01}
BASE, SCORE = 0.70, 0.32
VALUES = {"ltv": 0.95, "history": None, "ratio": 28, "age": 41, "debt": 1250.0, "sex": "male"}
NAMES = {"ltv": "loan to value", "history": "credit history", "ratio": "Housing ratio"}


def told(**more):
    given = {"contributions": PARTS, "base": BASE, "score": SCORE, "values": VALUES}
    return reasons(**(given | {"names": NAMES, "link": "identity"} | more))


def test_what_lowered_the_score_comes_first_and_the_strongest_of_it():
    found = told()
    assert [one.feature for one in found] == ["history", "ltv", "debt", "ratio", "sex"]
    assert [one.lowered for one in found] == [True, True, True, False, False]


def test_a_reason_is_a_sentence_with_a_plain_name_and_a_value():
    found = {one.feature: one.sentence for one in told()}
    assert found["ltv"] == "Loan to value of 0.95 lowered the score by 0.12."
    assert found["history"] == "Credit history, which is not stated, lowered the score by 0.30."
    assert found["ratio"] == "Housing ratio of 28 raised the score by 0.05."
    assert found["sex"] == "Sex of male raised the score by 0.01."


def test_of_log_odds_it_says_what_the_odds_were_multiplied_by():
    margin = BASE + sum(PARTS.values())
    found = told(link=LOG_ODDS, score=1 / (1 + math.exp(-margin)))
    assert (
        found[1].sentence == "Loan to value of 0.95 lowered the odds of the score to 0.887 times."
    )


def test_of_logarithms_and_margins_it_speaks_in_their_own_terms():
    margin = BASE + sum(PARTS.values())
    found = told(link="log", score=math.exp(margin))
    assert found[1].sentence == "Loan to value of 0.95 lowered the score to 0.887 times."
    found = told(link="margin", score=0.4)  # a share that other margins had a say in
    assert found[1].sentence == "Loan to value of 0.95 lowered the margin by 0.12."


def test_at_most_so_many_each_way():
    assert [one.feature for one in told(most=1)] == ["history", "ratio"]


def test_the_order_of_columns_changes_nothing_even_between_ties():
    parts = dict.fromkeys("abcdef", -0.1) | {"up": 0.2, "also": 0.2}
    names = list(parts)
    for seed in range(5):
        random.Random(seed).shuffle(names)
        found = reasons({n: parts[n] for n in names}, 0.5, 0.3, {}, {}, link="identity")
        assert [one.feature for one in found] == ["a", "b", "c", "d", "also", "up"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"score": 0.9}, "add up to 0.32 and the score is 0.9"),
        ({"link": "probit"}, "link must be identity or log-odds or log or margin"),
        ({"score": math.nan}, "no finite number"),
        ({"most": 0}, "at least one reason"),
    ],
)
def test_it_says_what_is_wrong(given, says):
    with pytest.raises(CheckError, match=says):
        told(**given)


def test_the_waterfall_adds_up_and_says_what_it_leaves_out():
    chart = waterfall("t", "s", BASE, [("ltv", -0.12), ("history", -0.3)], SCORE, "words")
    rows = [one for layer in chart.spec["layer"] for one in layer["data"]["values"]]
    steps = list(chart.spec["layer"][1]["data"]["values"])
    assert [row["name"] for row in steps] == ["ltv", "history", REST]
    assert BASE + sum(row["to"] - row["from"] for row in steps) == pytest.approx(SCORE)
    assert {row["tone"] for row in rows} <= set(theme.TOKENS)


def test_two_steps_of_one_name_are_two_rows():
    chart = waterfall("t", "s", 0.5, [("x", 0.1), ("x", -0.2)], 0.4, "words")
    assert len({row["name"] for row in chart.spec["layer"][1]["data"]["values"]}) == 2

"""Money of decisions as sentences: what can be relied on, what cannot, and why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from governance.value.payoff_words import amount, at_threshold, compared, of_another_threshold
from governance.value.payoffs import Counts, Estimate, Payoff, explore, gain, moved

LOANS = Payoff("EUR", Decimal(900), Decimal(-4_000), Decimal(-150), Decimal(0))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.1, "EUR 3.10"),
        (-20_000, "EUR −20,000"),
        (1_240_000, "EUR 1.24 m"),
        (-0.001, "EUR 0.00"),
        (2.5e9, "EUR 2.50 bn"),
    ],
)
def test_amounts_are_printed_as_finely_as_they_are_read(value: float, words: str) -> None:
    assert amount(value, "EUR") == words


def test_a_gain_beyond_doubt_is_told_with_its_year() -> None:
    said = compared(Estimate(3.1, 1.2, 5.0, 900), "v4", "v3", "EUR", 20_000)
    assert said == (
        "v4 brings EUR 3.10 more a case than v3 (95%: 1.20 to 5.00), EUR 62,000 a year at 20,000 "
        "cases."
    )


def test_a_loss_is_told_as_less() -> None:
    said = compared(Estimate(-3.1, -5.0, -1.2, 900), "v4", "v3", "EUR", 20_000)
    assert said == (
        "v4 brings EUR 3.10 less a case than v3 (95%: 1.20 to 5.00), EUR 62,000 a year at 20,000 "
        "cases."
    )


def test_what_may_be_chance_is_said_to_be_open() -> None:
    said = compared(Estimate(-0.3, -1.8, 1.2, 900), "v4", "v3", "EUR", 20_000)
    assert said == (
        "v4 and v3 cannot be told apart: on these cases v4 brings EUR 0.30 less a case "
        "(95%: −1.20 to 1.80)."
    )


def test_too_few_cases_are_said_to_be_too_few() -> None:
    found = gain(LOANS, {(True, False, True): 3, (True, True, True): 997})
    assert compared(found, "v4", "v3", "EUR") == (
        "v4 and v3 cannot be told apart: on these cases v4 brings EUR 3.15 more a case, without an "
        "interval, for of 1,000 cases 3 bring another amount than the rest, and it takes 6."
    )


def test_deciding_all_cases_alike_is_said_so() -> None:
    found = gain(LOANS, {(True, True, True): 700, (False, False, False): 300})
    assert compared(found, "v4", "v3", "EUR") == "v4 and v3 bring the same in all 1,000 cases."


def test_a_threshold_is_told_in_cases_and_money() -> None:
    (at,) = explore(LOANS, [(0.42, Counts(260, 50, 90, 600))])
    assert at_threshold(at, "EUR", "The loan is granted.", 20_000) == (
        "At 0.42, 31 of 100 are said yes to (the loan is granted): 260 rightly and 50 wrongly; 90 "
        "are missed and 600 rightly said no to. A case is worth EUR 20.50 (95%: −41.89 to 82.89), "
        "a year of 20,000 cases EUR 410,000."
    )


def test_the_best_threshold_is_told_with_its_luck() -> None:
    now, then = Counts(260, 50, 90, 600), Counts(250, 30, 100, 620)
    said = of_another_threshold(moved(LOANS, then, now), 0.5, "EUR")
    assert said.startswith("Deciding from 0.5 on would have brought EUR 69.50 more a case on these")
    assert "looks a little better on the cases that chose it" in said
    assert of_another_threshold(moved(LOANS, now, now), 0.5, "EUR") == (
        "No other threshold that was counted is worth more on these cases."
    )

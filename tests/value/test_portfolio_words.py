"""The sentence that an executive reads first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from governance.value.lines import sums
from governance.value.money import Money
from governance.value.portfolio_words import beside_roi, headline, share, short
from tests.value.test_lines import make


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("12400000", "EUR 12.4 m"),
        ("999.5", "EUR 1.00 k"),
        ("999600", "EUR 1.00 m"),
        ("562", "EUR 562"),
        ("0", "EUR 0"),
        ("-302000", "EUR \N{MINUS SIGN}302 k"),
        ("-0.2", "EUR 0"),
        ("5000000000", "EUR 5.00 bn"),
    ],
)
def test_amounts_in_three_figures(amount: str, said: str) -> None:
    assert short(Money(Decimal(amount), "EUR")).replace("\N{NO-BREAK SPACE}", " ") == said


def test_unknown_is_said() -> None:
    assert (short(None), share(None)) == ("unknown", "unknown")
    assert share(Decimal("-0.22")) == "\N{MINUS SIGN}22%"


def said(*args: object) -> str:
    return headline(*args).replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[arg-type]


def test_the_return_so_far_stands_beside_what_was_promised() -> None:
    one = make(11, 900, promised_roi=Decimal("2.28"), horizon=3)
    assert beside_roi(*sums([one])) == "after 11 months; promised 228% over 3 years"
    silent = make(0, 0, promised_roi=Decimal("2.28"), horizon=1)
    assert beside_roi(*sums([silent])) == "promised 228% over 1 year"
    (both,) = sums([one, make(9, 900), silent])
    assert (both.ahead, both.behind) == (1, 1)
    assert beside_roi(both) == "1 of 2 use cases as promised or better"


def test_the_headline() -> None:
    known = sums([make(10, 900)])
    assert said(120, 38, known, 9) == (
        "38 of 120 use cases have an approved value case; they brought EUR 900 of 1.00 k promised "
        "so far; 9 months of figures are missing."
    )
    assert said(1, 1, sums([make(0, 0)]), 1) == (
        "1 of 1 use case has an approved value case; nothing is known yet of what it brought; "
        "1 month of figures is missing."
    )
    assert said(12, 0, [], 0) == (
        "None of 12 use cases has an approved value case: nobody can say what they are worth."
    )
    assert said(0, 0, [], 0) == "There is no use case to look at."


def test_the_headline_counts_whom_it_tells_of_where_a_rate_is_wanting() -> None:
    def told(*args: object, unrated: int) -> str:
        text = headline(*args, unrated=unrated, currency="EUR")  # type: ignore[arg-type]
        return text.replace("\N{NO-BREAK SPACE}", " ")

    known = sums([make(10, 900)])
    assert told(5, 2, known, 0, unrated=1) == (
        "2 of 5 use cases have an approved value case; 1 of 2 use cases with a value case is told "
        "in EUR; 1 is left out for want of a rate; it brought EUR 900 of 1.00 k promised so far; "
        "no month of figures is missing."
    )
    assert told(1, 1, [], 3, unrated=1) == (
        "1 of 1 use case has an approved value case; the one use case with a value case is not "
        "told in EUR, for want of a rate; 3 months of figures are missing."
    )
    assert "; none of 2 use cases with a value case is told in EUR, for" in told(
        2, 2, [], 0, unrated=2
    )

"""What was promised and what came of it, in words that hide no gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from governance.value import words
from governance.value.money import Money
from governance.value.returns import Promise, months
from governance.web.value_chart import course_of, drawn
from tests.value.test_returns import PROMISE, at, eur, minutes


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("480000", "EUR 480,000"),
        ("-1234.6", "EUR −1,235"),
        ("3.10", "EUR 3.10"),
        ("-0.001", "EUR 0.00"),
        ("0", "EUR 0"),
        ("-1e34", "EUR −10" + ",000" * 11),
    ],
)
def test_amounts_are_told_with_their_currency(value: str, told: str) -> None:
    assert words.amount(eur(value)) == told


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        ("0.285", "28%"),
        ("-0.69", "−69%"),
        ("-0.001", "0%"),
        ("1e32", "10" + ",000" * 11 + "%"),
        (None, "unknown"),
    ],
)
def test_ratios_are_told_in_percent(ratio: str | None, told: str) -> None:
    assert words.percent(None if ratio is None else Decimal(ratio)) == told


def test_a_promise_is_told_with_what_follows_from_it() -> None:
    assert words.promised(PROMISE) == (
        "EUR 1,200,000 a year from January 2026 on, for EUR 600,000 of investment and EUR 240,000 "
        "a year: a return of 173% over 3 years, paid back in month 8."
    )


def test_a_promise_that_never_pays_back_says_so() -> None:
    poor = replace(PROMISE, annual_benefit=eur(1))
    assert words.promised(poor).endswith("It would never pay back.")


def test_months_that_are_unknown_stand_on_neither_side() -> None:
    told = words.came_of_it(PROMISE, at("2026-04-20", minutes(40, None, 30)))
    assert told[0] == (
        "In 2 of 3 months it brought EUR 120,000, 60% of the EUR 200,000 promised for them."
    )
    assert told[1] == (
        "1 month is unknown, for want of a figure, and stands on neither side of that comparison."
    )
    assert told[2].endswith("Whether it is paid back cannot be told while months are unknown.")


def test_several_months_that_are_unknown_stand_there_too() -> None:
    told = words.came_of_it(PROMISE, at("2026-05-20", minutes(40, None, None, 30)))
    assert told[1].startswith("2 months are unknown, for want of a figure, and stand on neither")


def test_nothing_is_said_of_what_is_not_over_or_not_known() -> None:
    early = words.came_of_it(PROMISE, at("2026-01-20", minutes()))
    assert early == ["The first month of the promise is not over yet."]
    silent = words.came_of_it(PROMISE, at("2026-03-20", minutes()))
    assert silent == ["Of no month all figures are known, so nothing can be said of 2 months."]


def test_the_month_in_which_it_was_paid_back_is_named() -> None:
    cheap = replace(PROMISE, investment=eur(30_000), annual_run_cost=eur(0))
    told = words.came_of_it(cheap, at("2026-03-20", minutes(40, 40), promise=cheap))
    assert told[-1].endswith("It was paid back in January 2026.")


def test_the_months_add_up_to_what_was_realised() -> None:
    reported = minutes(40, None, 30)
    found = at("2026-04-20", reported)
    each = list(months(PROMISE, [reported], date(2026, 4, 20)))
    known = [month for month in each if month.gained is not None]
    assert len(known) == found.covered
    assert sum(month.gained.amount for month in known if month.gained) == found.gained.amount
    assert sum(month.promised.amount for month in known) == found.promised.amount


def test_the_drawing_breaks_where_a_month_is_unknown() -> None:
    each = list(months(PROMISE, [minutes(40, None, 30)], date(2026, 4, 20)))
    drawing = drawn(course_of(PROMISE, each), currency="EUR")
    assert drawing.count("2026-02: unknown") == 1
    assert "brought EUR 120 k" in drawing
    assert drawn(course_of(PROMISE, []), currency="EUR") == ""


def test_each_line_ends_at_the_figure_that_the_words_tell() -> None:
    """Two months known of four: 2 x 100,000 promised, 600,000 and 2 x 20,000 spent; where a month
    is unknown, promised and spent stay as they were."""
    ramped = replace(PROMISE, ramp_months=1)
    for promise, sums in ((PROMISE, [100, 100, 200, 200]), (ramped, [50, 50, 150, 150])):
        reported = minutes(40, None, 30, None)
        course = course_of(promise, list(months(promise, [reported], date(2026, 5, 20))))
        assert course.promised == [1_000.0 * each for each in sums]
        assert course.spent == [620_000, 620_000, 640_000, 640_000]
        assert course.brought == [40_000, None, 120_000, None]
        found = at("2026-05-20", reported, promise=promise)
        assert course.promised[-1] == found.promised.amount
        assert course.spent[-1] == found.cost.amount


@pytest.mark.parametrize(
    ("benefit", "told"), [("999_600", "1 m"), ("1_670_000", "1.67 m"), ("2e12", "2 tn")]
)
def test_labels_have_three_figures(benefit: str, told: str) -> None:
    promise = replace(PROMISE, annual_benefit=eur(12 * Decimal(benefit)))
    each = list(months(promise, [minutes(40)], date(2026, 2, 20)))
    assert f"promised EUR {told}<" in drawn(course_of(promise, each), currency="EUR")


def test_no_month_has_been_known_and_the_drawing_says_so() -> None:
    each = list(months(PROMISE, [minutes()], date(2026, 3, 20)))
    assert "brought unknown" in drawn(course_of(PROMISE, each), currency="EUR")


def test_a_currency_is_never_dropped() -> None:
    yen = Promise(*(Money(Decimal(9), "JPY"),) * 3, starts=date(2026, 1, 1))
    assert words.promised(yen).count("JPY") == 3


@pytest.mark.parametrize(
    ("done", "figures", "said"),
    [
        (0, 0, "There is no figure yet that could be verified."),
        (0, 1, "The only figure is not verified by somebody else."),
        (1, 1, "The only figure is verified by somebody else."),
        (0, 46, "None of 46 figures are verified by somebody else."),
        (1, 46, "1 of 46 figures is verified by somebody else."),
        (12, 46, "12 of 46 figures are verified by somebody else."),
    ],
)
def test_how_many_figures_are_verified(done: int, figures: int, said: str) -> None:
    assert words.verified(done, figures) == said

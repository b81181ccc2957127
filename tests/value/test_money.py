"""Amounts add up within one currency, and cross into another by a rate with a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value.money import (
    LONGEST,
    MixedCurrencies,
    Money,
    NoRate,
    Rate,
    Rates,
    nothing,
    total,
)

amounts = st.decimals(-(10**12), 10**12, places=2)
codes = st.sampled_from(["EUR", "USD", "JPY"])
monies = st.builds(Money, amounts, codes)
MAY = date(2026, 5, 31)


@given(st.lists(monies, min_size=1))
def test_a_total_is_of_one_currency_or_refused(given_: list[Money]) -> None:
    currencies = {money.currency for money in given_}
    if currencies == {"EUR"}:
        assert total(given_, "EUR").amount == sum(money.amount for money in given_)
    else:
        with pytest.raises(MixedCurrencies):
            total(given_, "EUR")


@given(st.lists(st.lists(st.builds(Money, amounts, st.just("EUR")))))
def test_totals_of_parts_add_up_to_the_total(parts: list[list[Money]]) -> None:
    whole = [money for part in parts for money in part]
    assert total((total(part, "EUR") for part in parts), "EUR") == total(whole, "EUR")


def test_nothing_of_nothing_is_no_ratio() -> None:
    assert nothing("EUR") / nothing("EUR") is None
    assert Money(Decimal(3), "EUR") / Money(Decimal(2), "EUR") == Decimal("1.5")
    with pytest.raises(MixedCurrencies):
        Money(Decimal(3), "EUR") / Money(Decimal(2), "USD")


def rate(day: date, value: str, base: str = "USD", quote: str = "EUR") -> Rate:
    return Rate(base, quote, day, Decimal(value), "ECB")


def test_the_last_rate_of_or_before_the_day_holds() -> None:
    rates = Rates([rate(MAY, "0.80"), rate(MAY - timedelta(days=3), "0.90")])

    def converted(day: date) -> Decimal:
        return rates.convert(Money(Decimal(100), "USD"), to="EUR", day=day).amount

    assert converted(MAY) == 80
    assert converted(MAY - timedelta(days=1)) == 90
    assert converted(MAY + timedelta(days=30)) == 80


def test_a_rate_the_other_way_round_is_turned() -> None:
    rates = Rates([rate(MAY, "1.25", base="EUR", quote="USD")])
    assert rates.convert(Money(Decimal(100), "USD"), to="EUR", day=MAY).amount == 80


@pytest.mark.parametrize(
    "day", [MAY - timedelta(days=1), MAY + LONGEST + timedelta(days=1)], ids=["early", "stale"]
)
def test_without_a_rate_of_about_the_day_nothing_is_converted(day: date) -> None:
    with pytest.raises(NoRate, match="USD in EUR"):
        Rates([rate(MAY, "0.8")]).convert(Money(Decimal(1), "USD"), to="EUR", day=day)


def test_the_same_currency_needs_no_rate() -> None:
    assert Rates([]).convert(Money(Decimal(1), "EUR"), to="EUR", day=MAY).amount == 1

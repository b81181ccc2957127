"""Totals over a portfolio add up, to the cent, and never across currencies."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.value.money import Money, total
from governance.value.portfolio import (
    CENT,
    LEAD_TIMES,
    RETURNS,
    by_currency,
    lead_time,
    return_band,
    shared,
    spread,
)

cents = st.decimals(-(10**12), 10**12, places=2)
parts = st.lists(st.integers(1, 1000), min_size=1, max_size=12)


@given(cents, parts)
def test_shares_of_an_amount_add_up_to_it_and_none_is_a_cent_off(
    amount: Decimal, weights: list[int]
) -> None:
    whole = sum(weights)
    rounded = {f"u{n}": Decimal(w * 10_000 // whole) / 10_000 for n, w in enumerate(weights)}
    rounded["u0"] += 1 - sum(rounded.values())
    shares = {name: share for name, share in rounded.items() if share > 0}

    found = shared(Money(amount, "EUR"), shares)

    assert total(found.values(), "EUR") == Money(amount, "EUR")
    for name, money in found.items():
        assert abs(money.amount - amount * shares[name]) <= CENT


def test_left_over_cents_go_to_the_largest_remainders() -> None:
    thirds = {"a": Decimal("0.34"), "b": Decimal("0.33"), "c": Decimal("0.33")}
    found = shared(Money(Decimal("0.10"), "EUR"), thirds)
    assert [money.amount * 100 for money in found.values()] == [4, 3, 3]
    found = shared(Money(Decimal("-0.10"), "EUR"), thirds)
    assert [money.amount * 100 for money in found.values()] == [-4, -3, -3]


@pytest.mark.parametrize("shares", [{}, {"a": Decimal("0.9")}, {"a": Decimal(2), "b": Decimal(-1)}])
def test_what_is_no_share_is_refused(shares: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="together 1"):
        shared(Money(Decimal(1), "EUR"), shares)


@given(st.lists(st.builds(Money, cents, st.sampled_from(["EUR", "USD"]))))
def test_each_currency_has_a_total_of_its_own(amounts: list[Money]) -> None:
    found = by_currency(amounts)
    assert set(found) == {money.currency for money in amounts}
    for code, money in found.items():
        assert money.amount == sum(one.amount for one in amounts if one.currency == code)


@pytest.mark.parametrize(
    ("taken", "band"),
    [(timedelta(hours=1), 0), (timedelta(days=7), 0), (timedelta(days=7, seconds=1), 1),
     (timedelta(days=30), 1), (timedelta(days=30, seconds=1), 2)],
)  # fmt: skip
def test_a_lead_time_is_in_the_band_of_the_day_that_it_began(taken: timedelta, band: int) -> None:
    assert lead_time(taken) == LEAD_TIMES[band]


@pytest.mark.parametrize(
    ("roi", "band"),
    [(None, 4), ("-0.01", 0), ("0", 1), ("0.28", 1), ("0.29", 2), ("1.49", 2), ("1.5", 3)],
)
def test_a_return_is_in_one_band_and_an_unknown_one_is_unknown(roi: str | None, band: int) -> None:
    assert return_band(None if roi is None else Decimal(roi)) == RETURNS[band]


def test_an_empty_band_is_shown() -> None:
    assert spread(["loses money"], RETURNS)[:2] == [("loses money", 1), ("up to 28 %", 0)]

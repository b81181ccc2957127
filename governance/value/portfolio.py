"""Sums over many use cases that add up: shares of a shared initiative, totals by currency, how long
it took, how returns are spread. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from governance.value.money import Money, nothing

CENT: Final = Decimal("0.01")
WIDEST: Final = Decimal(10) ** 18
"""Amounts of so much and more are beyond what is summed: no column holds them."""
LEAD_TIMES: Final = ("up to 7 days", "8 to 30 days", "over 30 days")
RETURNS: Final = ("loses money", "up to 28 %", "28 to 149 %", "over 149 %", "unknown")
"""28 % and 149 % are the average and the highest return that Deloitte's papers on MLOps report
(2021 to 2023)."""
_AVERAGE, _HIGHEST = Decimal("0.28"), Decimal("1.49")


def shared(amount: Money, shares: Mapping[str, Decimal]) -> dict[str, Money]:
    """The parts of ``amount``, which is in whole cents, by shares that are together 1. They are in
    whole cents too and add up to it: cents that are left over go to the largest remainders
    (Hamilton's method). Raises ValueError for shares that are none."""
    if not shares or sum(shares.values()) != 1 or any(share <= 0 for share in shares.values()):
        raise ValueError("Shares are above zero and together 1.")
    exact = {name: amount.amount * share for name, share in shares.items()}
    cut = {name: value.quantize(CENT, ROUND_FLOOR) for name, value in exact.items()}
    left = int((amount.amount.quantize(CENT, ROUND_FLOOR) - sum(cut.values())) / CENT)
    ranked = sorted(cut, key=lambda name: (cut[name] - exact[name], name))
    for name in ranked[:left]:
        cut[name] += CENT
    return {name: Money(value, amount.currency) for name, value in cut.items()}


def by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    """A total for each currency there is, by its code; never one of several."""
    found: dict[str, Money] = {}
    for amount in amounts:
        found[amount.currency] = found.get(amount.currency, nothing(amount.currency)) + amount
    return dict(sorted(found.items()))


def lead_time(taken: timedelta) -> str:
    """One of ``LEAD_TIMES``, by whole days that are begun."""
    days = -(-taken // timedelta(days=1))
    return LEAD_TIMES[0] if days <= 7 else LEAD_TIMES[1] if days <= 30 else LEAD_TIMES[2]


def return_band(roi: Decimal | None) -> str:
    """One of ``RETURNS``."""
    if roi is None:
        return RETURNS[4]
    if roi < 0:
        return RETURNS[0]
    return RETURNS[1] if roi <= _AVERAGE else RETURNS[2] if roi <= _HIGHEST else RETURNS[3]


def spread(bands: Iterable[str], order: tuple[str, ...]) -> list[tuple[str, int]]:
    """How many are in each band, empty bands included."""
    counted = Counter(bands)
    return [(band, counted[band]) for band in order]

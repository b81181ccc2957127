"""Amounts of money that cannot be mixed up, and rates that say of which day they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

_IN_USE: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_IN_USE.split())
"""Codes of ISO 4217 that are in use, without funds and metals."""

LONGEST: Final = timedelta(days=31)
"""A rate of an earlier day holds for so long; after that it says nothing of the day."""


class MixedCurrencies(ValueError):
    """Two amounts of different currencies were to be one."""


class NoRate(ValueError):
    """Nothing says what one currency was worth in another on that day."""


@dataclass(frozen=True, slots=True)
class Money:
    """``currency`` is a code of ISO 4217."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        self._refuse_mixing(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._refuse_mixing(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def part(self, some: int, of: int) -> Money:
        """``some`` parts of as many as ``of``, divided last so that what goes even stays exact."""
        return Money(self.amount * some / of, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __truediv__(self, other: Money) -> Decimal | None:
        """How many times ``other`` it is; None of nothing, which is no number."""
        self._refuse_mixing(other)
        return self.amount / other.amount if other.amount else None

    def _refuse_mixing(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(
                f"{self.currency} and {other.currency} are not added without a dated rate."
            )


def nothing(currency: str) -> Money:
    return Money(Decimal(0), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, nothing of nothing. Raises MixedCurrencies."""
    return sum(amounts, nothing(currency))


@dataclass(frozen=True, slots=True)
class Rate:
    """One ``base`` was worth ``rate`` of ``quote`` on ``day``, as ``source`` has it."""

    base: str
    quote: str
    day: date
    rate: Decimal
    source: str


class Rates:
    """Turns an amount into another currency by the last rate of or before a day."""

    def __init__(self, rates: Sequence[Rate]) -> None:
        self._rates: dict[tuple[str, str], list[Rate]] = {}
        for rate in sorted(rates, key=lambda one: one.day):
            self._rates.setdefault((rate.base, rate.quote), []).append(rate)

    def on(self, day: date, *, base: str, quote: str) -> Rate:
        """A rate given the other way round is turned round. Raises NoRate."""
        found = self._last(day, base, quote)
        turned = self._last(day, quote, base)
        if turned is not None and (found is None or turned.day > found.day):
            found = Rate(base, quote, turned.day, 1 / turned.rate, turned.source)
        if found is None:
            raise NoRate(
                f"There is no rate of {base} in {quote} of {day:%Y-%m-%d} or shortly before."
            )
        return found

    def convert(self, money: Money, *, to: str, day: date) -> Money:
        """Raises NoRate."""
        if money.currency == to:
            return money
        return Money(money.amount * self.on(day, base=money.currency, quote=to).rate, to)

    def _last(self, day: date, base: str, quote: str) -> Rate | None:
        known = [
            one for one in self._rates.get((base, quote), ()) if day - LONGEST <= one.day <= day
        ]
        return known[-1] if known else None

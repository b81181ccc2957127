"""What a value case promised and what came of it: benefit, cost, return on investment, payback.
Pure. Nothing here is typed by anybody: each figure follows from the promise and the observations.

- **Benefit** of a KPI in a period: how much better than the baseline it was, times what one unit of
  that is worth through the period, times the share of it that the model brought about.
- **ROI** = (benefit - cost) / cost, cost being the investment and the run cost so far (Phillips,
  *Return on Investment in Training and Performance Improvement Programs*, 1997, ch. 1).
- **Payback** is the first month at whose end benefit less run cost has made up the investment.

Time goes by calendar months; the first is the one in which the promise starts. A month is *covered*
when some KPI that stands for money has begun, and each that has begun has a figure for it: one that
is added later leaves the months before it as they were. Ratios compare covered months with what was
promised and spent in the same months: a month of which something is unknown is in neither side, so
that the unknown is never counted as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from governance.value.kpis import Terms
from governance.value.money import Money, nothing, total
from governance.value.periods import Period

A_YEAR: Final = 12
LONGEST_PAYBACK: Final = 600
"""Months; what takes fifty years does not pay back."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A year of the use case as it was approved. Benefits grow in equal steps over the first
    ``ramp_months`` and are whole from then on; ROI is promised over ``horizon_years``."""

    annual_benefit: Money
    investment: Money
    annual_run_cost: Money
    starts: date
    ramp_months: int = 0
    horizon_years: int = 3

    @property
    def currency(self) -> str:
        return self.annual_benefit.currency

    def benefit_of(self, month: int) -> Money:
        """Of one month, counted from 1."""
        grown = min(month, self.ramp_months + 1)
        return self.annual_benefit.part(grown, A_YEAR * (self.ramp_months + 1))

    def benefit(self, months: int) -> Money:
        """Of the first ``months`` months together."""
        return total((self.benefit_of(month + 1) for month in range(months)), self.currency)

    def run_cost(self, months: int) -> Money:
        return self.annual_run_cost.part(months, A_YEAR)

    @property
    def roi(self) -> Decimal | None:
        """Over the horizon; None when nothing is spent."""
        months = self.horizon_years * A_YEAR
        return roi(self.benefit(months), self.investment + self.run_cost(months))

    @property
    def payback_month(self) -> int | None:
        """Counted from 1; 0 when there is nothing to pay back; None for never."""
        month, gained = 0, -self.investment
        while gained.amount < 0:
            month += 1
            if month > LONGEST_PAYBACK:
                return None
            gained = gained + self.benefit_of(month) - self.run_cost(1)
        return month

    def month_of(self, day: date) -> int:
        """The number of the calendar month that ``day`` lies in; 1 is the first of the promise."""
        return (day.year - self.starts.year) * A_YEAR + day.month - self.starts.month + 1


@dataclass(frozen=True, slots=True)
class Worth:
    """What one unit of a KPI is worth through one of its periods, and which ``share`` of it (0 to
    1) the attribution gives to the model."""

    per_unit: Money
    share: Decimal = Decimal(1)

    def of(self, terms: Terms, value: Decimal) -> Money:
        """The benefit of one period; negative when it was worse than before."""
        return self.per_unit * (terms.improvement(value) * self.share)


@dataclass(frozen=True, slots=True)
class Reported:
    """One KPI that stands for money, with what it was in the periods that are known."""

    terms: Terms
    worth: Worth
    figures: Mapping[Period, Decimal]

    @property
    def benefit(self) -> Money:
        """Of all periods that are known, and of nothing else."""
        gained = (self.worth.of(self.terms, value) for value in self.figures.values())
        return total(gained, self.worth.per_unit.currency)

    def has_begun(self, month: Period) -> bool:
        """Whether a figure is expected for the period that ``month`` lies in."""
        return Period.of(self.terms.start, self.terms.cadence).first <= month.first

    def benefit_of(self, month: Period) -> Money | None:
        """Its part in one month, an equal share of its period; None where it is unknown."""
        period = Period.of(month.first, self.terms.cadence)
        value = self.figures.get(period)
        if value is None:
            return None
        return self.worth.of(self.terms, value).part(1, period.months)


@dataclass(frozen=True, slots=True)
class Realised:
    """What came of a promise. ``benefit`` is all that is known. The rest compares like with like:
    ``gained``, ``promised`` and ``cost`` are those of the covered months; the investment is part of
    the cost from the beginning."""

    benefit: Money
    covered: int
    uncovered: int
    gained: Money
    promised: Money
    cost: Money
    payback_month: int | None

    @property
    def is_complete(self) -> bool:
        return self.uncovered == 0

    @property
    def of_promised(self) -> Decimal | None:
        """Realised / promised; None while no month is covered."""
        return self.gained / self.promised if self.covered else None

    @property
    def roi(self) -> Decimal | None:
        """To date; None while no month is covered."""
        return roi(self.gained, self.cost) if self.covered else None


def roi(benefit: Money, cost: Money) -> Decimal | None:
    """As a ratio: 0.28 is 28 %. None without any cost."""
    return (benefit - cost) / cost


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month of the promise that is over; ``gained`` is None when any figure that
    stands for money is unknown, or no such KPI has begun."""

    number: int
    period: Period
    promised: Money
    gained: Money | None


def months(promise: Promise, reported: Sequence[Reported], today: date) -> Iterator[Month]:
    """The whole months before ``today``, in turn. Raises MixedCurrencies."""
    period = Period.of(promise.starts, "monthly")
    for number in range(1, promise.month_of(today)):
        parts = [one.benefit_of(period) for one in reported if one.has_begun(period)]
        known = [part for part in parts if part is not None]
        is_known = bool(parts) and len(known) == len(parts)
        gained = total(known, promise.currency) if is_known else None
        yield Month(number, period, promise.benefit_of(number), gained)
        period = period.next


def realised(promise: Promise, reported: Sequence[Reported], today: date) -> Realised:
    """Of the whole months before ``today``. All is in one currency: raises MixedCurrencies.

    Payback is seen only as far as every month is covered: a gap might hold a loss.
    """
    zero = nothing(promise.currency)
    benefit = total((one.benefit for one in reported), promise.currency)
    covered, uncovered, gained, promised = 0, 0, zero, zero
    payback: int | None = None
    for month in months(promise, reported, today):
        if month.gained is None:
            uncovered += 1
            continue
        covered += 1
        gained, promised = gained + month.gained, promised + month.promised
        net = gained - promise.run_cost(covered) - promise.investment
        if payback is None and not uncovered and net.amount >= 0:
            payback = month.number
    cost = promise.investment + promise.run_cost(covered)
    return Realised(benefit, covered, uncovered, gained, promised, cost, payback)

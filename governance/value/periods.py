"""The periods that figures are reported for: months, quarters, years. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONTHS: Final = {"monthly": 1, "quarterly": 3, "yearly": 12}
"""Cadence -> how many months a period of it has."""

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""No promise begins before the first or ends after the last."""

_WRITTEN: Final = {
    "monthly": (re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])\Z"), "2026-03"),
    "quarterly": (re.compile(r"^(20\d\d)-Q([1-4])\Z"), "2026-Q1"),
    "yearly": (re.compile(r"^(20\d\d)\Z"), "2026"),
}


class NoPeriod(ValueError):
    """The text names no period of that cadence; the message says how one is written."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """``first`` is its first day; a period of a cadence begins with a multiple of its months."""

    first: date
    cadence: str

    @classmethod
    def parse(cls, text: str, cadence: str) -> Period:
        """Raises NoPeriod."""
        pattern, example = _WRITTEN[cadence]
        match = pattern.match(text)
        if match is None:
            raise NoPeriod(f"A {cadence} figure is of a period such as {example}.")
        place = int(match[2]) if match.lastindex == 2 else 1
        return cls(date(int(match[1]), (place - 1) * MONTHS[cadence] + 1, 1), cadence)

    @classmethod
    def of(cls, day: date, cadence: str) -> Period:
        """The period that ``day`` lies in."""
        length = MONTHS[cadence]
        return cls(date(day.year, (day.month - 1) // length * length + 1, 1), cadence)

    @property
    def months(self) -> int:
        return MONTHS[self.cadence]

    @property
    def next(self) -> Period:
        months = self.first.year * 12 + self.first.month - 1 + self.months
        return Period(date(months // 12, months % 12 + 1, 1), self.cadence)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    def __str__(self) -> str:
        """As it is written, so that texts of one cadence sort as the periods do."""
        if self.cadence == "yearly":
            return f"{self.first.year}"
        if self.cadence == "quarterly":
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.year}-{self.first.month:02}"


def fault_of_day(day: date | None) -> str:
    """Why nothing can be promised for that day; empty when it can, or where none is given."""
    if day is None or FIRST_YEAR <= day.year <= LAST_YEAR:
        return ""
    return f"a day from {FIRST_YEAR} to {LAST_YEAR}"


def due_on(period: Period, grace_days: int) -> date:
    """The first day on which a figure for ``period`` is missing."""
    return period.last + timedelta(days=grace_days + 1)


def due(start: date, today: date, *, cadence: str, grace_days: int = 0) -> list[Period]:
    """The periods from the one of ``start`` on for which a figure is due on ``today``, in turn."""
    found: list[Period] = []
    period = Period.of(start, cadence)
    while due_on(period, grace_days) <= today:
        found.append(period)
        period = period.next
    return found


def count_due(start: date, today: date, *, cadence: str, grace_days: int = 0) -> int:
    """How many those are, without making them."""
    length, begin = MONTHS[cadence], Period.of(start, cadence).first
    ended = today - timedelta(days=grace_days)  # on whose first day a period has just ended
    months = (ended.year - begin.year) * 12 + ended.month - begin.month
    return max(0, months // length)

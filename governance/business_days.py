"""Deadlines in business days. Pure: the days that do not count are handed in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo

_SATURDAY = 5


def is_business_day(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def after(start: datetime, days: int, holidays: Collection[date], zone: tzinfo) -> datetime:
    """The moment ``days`` business days after ``start``, at the same time of the day in ``zone``.

    A start on a day that does not count is as good as the beginning of the next that does.
    """
    local = start.astimezone(zone)
    day, left = local.date(), days
    clock = local.timetz()
    if not is_business_day(day, holidays):
        clock = clock.replace(hour=0, minute=0, second=0, microsecond=0)
        while not is_business_day(day, holidays):
            day += timedelta(days=1)
    while left > 0:
        day += timedelta(days=1)
        left -= is_business_day(day, holidays)
    return datetime.combine(day, clock.replace(tzinfo=None), tzinfo=zone)


def between(start: datetime, end: datetime, holidays: Collection[date], zone: tzinfo) -> int:
    """How many business days lie after the day of ``start`` up to the day of ``end``; negative when
    ``end`` came first. The same day, or a weekend in between, is none."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    sign = 1 if last >= first else -1
    first, last = min(first, last), max(first, last)
    weeks, rest = divmod((last - first).days, 7)
    days = 5 * weeks
    days += sum((first + timedelta(days=step)).weekday() < _SATURDAY for step in range(1, rest + 1))
    days -= sum(first < day <= last and day.weekday() < _SATURDAY for day in set(holidays))
    return sign * days

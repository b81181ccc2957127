"""Deadlines in business days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from governance.business_days import after, is_business_day

PARIS = ZoneInfo("Europe/Paris")
MAY_DAY = date(2026, 5, 1)  # a Friday


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def test_weekends_and_holidays_do_not_count() -> None:
    thursday = datetime(2026, 4, 30, 12, tzinfo=UTC)
    assert after(thursday, 1, {MAY_DAY}, ZoneInfo("UTC")) == at(4)
    assert after(thursday, 2, (), ZoneInfo("UTC")) == at(4)


def test_what_begins_on_a_sunday_begins_on_monday_morning() -> None:
    assert after(at(3), 1, (), ZoneInfo("UTC")) == at(5, 0)


def test_the_day_ends_where_the_people_are() -> None:
    late = datetime(2026, 5, 3, 23, tzinfo=UTC)  # already Monday in Paris
    assert after(late, 1, (), PARIS) == datetime(2026, 5, 5, 1, tzinfo=PARIS)


def test_the_clock_of_the_wall_holds_over_a_change_of_time() -> None:
    friday = datetime(2026, 3, 27, 9, tzinfo=PARIS)
    assert after(friday, 1, (), PARIS) == datetime(2026, 3, 30, 9, tzinfo=PARIS)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 40),
    st.sets(st.dates(date(2020, 1, 1), date(2030, 3, 1)), max_size=30),
)
def test_so_many_business_days_lie_between(start: datetime, days: int, off: set[date]) -> None:
    end = after(start, days, off, ZoneInfo("UTC"))
    assert end >= start
    assert is_business_day(end.date(), off)
    span = range(1, (end.date() - start.date()).days + 1)
    counted = sum(is_business_day(start.date() + timedelta(days=n), off) for n in span)
    assert counted == days + (not is_business_day(start.date(), off))

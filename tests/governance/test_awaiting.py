"""What awaits somebody: in which order it stands, and how its age is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from governance.awaiting import Item, Wanted, age, heading, in_order
from governance.business_days import between

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)  # a Wednesday


def item(what: str = "", *, due: float | None = None, **more: Any) -> Item:
    """Due in so many days from now; overdue when negative."""
    fields: dict[str, Any] = {
        "kind": "decision",
        "what": what,
        "about": "",
        "why": "",
        "place": ("release", "1", "sign"),
        "asked_at": NOW - timedelta(days=20),
        "tier": 2,
        "due_at": None if due is None else NOW + timedelta(days=due),
    } | more
    return Item(**fields)


def names(*items: Item) -> list[str]:
    return [each.what for each in in_order(items, NOW)]


def test_what_is_overdue_comes_first_the_riskiest_of_it_on_top() -> None:
    assert names(
        item("calm", due=9, tier=1),
        item("late, tier 2", due=-9, tier=2),
        item("late, tier 1", due=-1, tier=1),
        item("later, tier 1", due=-3, tier=1),
        item("soon, tier 1", due=1, tier=1),
        item("soon, tier 3", due=0.1, tier=3),
    ) == [
        "later, tier 1",
        "late, tier 1",
        "late, tier 2",
        "soon, tier 1",
        "calm",
        "soon, tier 3",
    ]


def test_what_is_held_is_not_overdue_and_stands_behind_what_runs() -> None:
    held = item("held", due=-5, held_since=NOW - timedelta(days=9))
    assert not held.is_overdue(NOW)
    assert names(held, item("runs", due=8)) == ["runs", "held"]


def test_without_a_deadline_the_oldest_is_first() -> None:
    assert names(
        item("young", asked_at=NOW - timedelta(days=1)),
        item("old"),
        item("due", due=300),
    ) == ["due", "old", "young"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (item(due=2), "due in 2 business days"),
        (item(due=5), "due in 3 business days"),  # a weekend lies between
        (item(due=0.1), "due today"),
        (item(due=-0.1), "overdue since today"),
        (item(due=-1), "1 business day overdue"),
        (item(due=-7), "5 business days overdue"),
        (item(due=-7, held_since=NOW - timedelta(days=2)), "held for 2 business days"),
        (item(due=-7, held_since=NOW), "held since today"),
        (item(asked_at=NOW - timedelta(days=7)), "waits for 5 business days"),
        (item(asked_at=NOW), "new today"),
    ],
)
def test_its_age_is_told_in_business_days(given: Item, words: str) -> None:
    assert age(given, NOW, (), UTC) == words


FRIDAY = datetime(2026, 3, 13, tzinfo=UTC)
MIDNIGHT = timedelta(days=1)


def noon(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "now", "words"),
    [
        (noon(13), noon(14), "overdue since Friday"),
        (noon(13), noon(15), "overdue since Friday"),
        (noon(13), noon(16), "1 business day overdue"),
        (FRIDAY + MIDNIGHT, noon(13), "due today"),
        (FRIDAY + MIDNIGHT, noon(12), "due in 1 business day"),
        (FRIDAY + MIDNIGHT, noon(14), "overdue since Friday"),
        (FRIDAY, noon(12), "due today"),  # until the end of Thursday
        (FRIDAY, noon(13), "1 business day overdue"),
        (FRIDAY, noon(15), "1 business day overdue"),
        (noon(15), noon(13), "due on Sunday"),
        (noon(15), noon(14), "due on Sunday"),
        (noon(15), noon(15) + timedelta(hours=1), "overdue since today"),
    ],
)
def test_on_days_that_do_not_count_the_day_is_named(
    due: datetime, now: datetime, words: str
) -> None:
    assert age(item(due_at=due), now, (), UTC) == words


def test_nothing_waits_or_is_held_since_today_that_began_before() -> None:
    asked, held = item(asked_at=noon(13)), item(held_since=noon(13))
    assert age(asked, noon(15), (), UTC) == "waits since Friday"
    assert age(held, noon(15), (), UTC) == "held since Friday"


def test_a_long_row_of_holidays_names_the_date() -> None:
    off = {date(2026, 3, day) for day in range(14, 31)}
    assert age(item(due_at=noon(13)), noon(22), off, UTC) == "overdue since 13 March"


def test_a_holiday_does_not_count() -> None:
    friday = date(2026, 3, 13)
    assert age(item(due=5), NOW, {friday}, UTC) == "due in 2 business days"


def test_between_counts_what_a_calendar_would() -> None:
    """Day by day, over four weeks, with holidays on a Tuesday and a Saturday."""
    off = {date(2026, 3, 17), date(2026, 3, 21)}
    counted = 0
    for ahead in range(1, 29):
        day = (NOW + timedelta(days=ahead)).date()
        counted += day.weekday() < 5 and day not in off
        assert between(NOW, NOW + timedelta(days=ahead), off, UTC) == counted
        assert between(NOW + timedelta(days=ahead), NOW, off, UTC) == -counted


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((), "Nothing awaits you."),
        (("decision",), "1 decision awaits you."),
        (("decision", "decision"), "2 decisions await you."),
        (("question",), "1 thing awaits you."),
        (("decision", "question", "finding"), "1 decision and 2 other things await you."),
    ],
)
def test_the_heading_counts_decisions_and_the_rest(kinds: tuple[str, ...], words: str) -> None:
    assert heading([item(kind=kind) for kind in kinds]) == words


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(kind="decision", tier="2", standing="overdue", model="credit"), True),
        (Wanted(kind="finding"), False),
        (Wanted(tier="1"), False),
        (Wanted(standing="held"), False),
        (Wanted(standing="due"), False),
        (Wanted(model="fraud"), False),
    ],
)
def test_filters_narrow_together(wanted: Wanted, fits: bool) -> None:
    assert wanted.fits(item(due=-1, model="credit"), NOW) is fits

"""What awaits a person: one line each, the riskiest overdue first. Pure: rows are handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from governance import business_days

KINDS: dict[str, str] = {
    "decision": "decisions to sign",
    "question": "questions to answer",
    "answer": "answers to judge",
    "condition": "conditions to meet",
    "verification": "conditions to verify",
    "finding": "findings to mend",
    "closure": "findings to close",
    "handover": "promises to hand on",
    "waiver": "waivers to decide",
    "emergency": "emergencies to decide",
    "ratification": "emergencies to ratify",
    "policy": "policies to publish",
    "value_case": "value cases to approve",
}
STANDINGS = {"overdue": "overdue", "due": "not overdue", "held": "held"}
TIERS = ("1", "2", "3")
SAFEST = 9
"""The tier of what has none: after all that have one."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that awaits somebody.

    ``why`` says what they are asked for and as whom; ``place`` is the page, the key in its address
    and the part of it. ``release`` is the id of the release whose gates are worth a look before.
    """

    kind: str
    what: str
    about: str
    why: str
    place: tuple[str, str, str]
    asked_at: datetime
    tier: int = SAFEST
    due_at: datetime | None = None
    held_since: datetime | None = None
    model: str = ""
    release: str = ""
    asked_by: str = ""

    def is_overdue(self, now: datetime) -> bool:
        """By the clock. What is held is not: its deadline stands still."""
        return self.held_since is None and self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them somebody wants to see: empty is all."""

    kind: str = ""
    tier: str = ""
    standing: str = ""
    model: str = ""
    page: int = 1

    @property
    def narrows(self) -> bool:
        return bool(self.kind or self.tier or self.standing or self.model)

    def fits(self, item: Item, now: datetime) -> bool:
        standing = "overdue" if item.is_overdue(now) else "held" if item.held_since else "due"
        return (
            self.kind in ("", item.kind)
            and self.tier in ("", str(item.tier))
            and self.standing in ("", standing)
            and self.model in ("", item.model)
        )


def in_order(items: Iterable[Item], now: datetime) -> list[Item]:
    """Overdue before what is not, the riskiest tier first, then the longest overdue or the next
    that falls due; what has no deadline comes last in its tier, the oldest first."""
    latest = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(
        items,
        key=lambda item: (
            not item.is_overdue(now),
            item.tier,
            item.held_since is not None,
            item.due_at or latest,
            item.asked_at,
        ),
    )


def age(item: Item, now: datetime, holidays: Collection[date], zone: tzinfo) -> str:
    """How it stands against its deadline, in business days: ``3 business days overdue``. While none
    has passed, or none is left, the day is named: ``overdue since Friday``, read on a Sunday.

    What is due at midnight is due on the day that ends then.
    """
    if item.held_since is not None:
        stood = business_days.between(item.held_since, now, holidays, zone)
        since = _day(item.held_since, now, zone)
        return f"held for {_days(stood)}" if stood > 0 else f"held since {since}"
    if item.due_at is None:
        waited = business_days.between(item.asked_at, now, holidays, zone)
        if waited > 0:
            return f"waits for {_days(waited)}"
        since = _day(item.asked_at, now, zone)
        return "new today" if since == _TODAY else f"waits since {since}"
    last = item.due_at - timedelta(microseconds=1)
    left, day = business_days.between(now, last, holidays, zone), _day(last, now, zone)
    if item.is_overdue(now):
        return f"{_days(-left)} overdue" if left < 0 else f"overdue since {day}"
    if left > 0:
        return f"due in {_days(left)}"
    return "due today" if day == _TODAY else f"due on {day}"


_TODAY = "today"
_A_WEEK = 7


def _day(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """``today``, the day of the week while that is clear, or the date."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return _TODAY
    return f"{day:%A}" if abs((day - today).days) < _A_WEEK else f"{day:%-d %B}"


def _days(count: int) -> str:
    return f"{count} business day{'' if count == 1 else 's'}"


def heading(items: Collection[Item]) -> str:
    """What the page is headed with: ``3 decisions and 2 other things await you.``"""
    if not items:
        return "Nothing awaits you."
    decisions = sum(item.kind == "decision" for item in items)
    others = len(items) - decisions
    verb = "awaits" if len(items) == 1 else "await"
    parts = []
    if decisions:
        parts.append(f"{decisions} decision{'' if decisions == 1 else 's'}")
    if others:
        thing = "thing" if others == 1 else "things"
        parts.append(f"{others} {'other ' * bool(decisions)}{thing}")
    return f"{' and '.join(parts)} {verb} you."

"""What awaits a person: one line each, the riskiest overdue first. Pure: rows are handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from governance import business_days

KINDS: dict[str, str] = {
    "decision": "decisions to sign",
    "question": "questions to answer",
    "answer": "answers to judge",
    "condition": "conditions to meet",
    "verification": "conditions to verify",
    "finding": "findings to mend",
    "closure": "findings to close",
    "waiver": "waivers to decide",
    "emergency": "emergencies to decide",
    "ratification": "emergencies to ratify",
    "policy": "policies to publish",
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
    """How it stands against its deadline, in business days: ``3 business days overdue``."""
    if item.held_since is not None:
        stood = business_days.between(item.held_since, now, holidays, zone)
        return f"held for {_days(stood)}" if stood > 0 else "held since today"
    if item.due_at is None:
        waited = business_days.between(item.asked_at, now, holidays, zone)
        return f"waits for {_days(waited)}" if waited > 0 else "new today"
    left = business_days.between(now, item.due_at, holidays, zone)
    if item.is_overdue(now):
        return f"{_days(-left)} overdue" if left < 0 else "overdue since today"
    return f"due in {_days(left)}" if left > 0 else "due today"


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

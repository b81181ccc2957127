"""What a KPI stands at: each period that a figure is due for, and how that compares with what was
promised. Pure.

A period without a figure is unknown. It never counts as the last figure nor as zero: it neither
meets the hurdle nor misses it, and the KPI's status says that it is unknown while the newest is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import Final

from governance.value import periods
from governance.value.periods import Period

UP, DOWN = "up", "down"
WAITING: Final = "waiting"  # no figure is due yet
UNKNOWN: Final = "unknown"  # the newest figure that is due is missing
WORSE: Final = "worse"  # than before the model
BELOW: Final = "below"  # the hurdle
ON_THE_WAY: Final = "on_the_way"  # at or above the hurdle, short of the target
MET: Final = "met"  # the target
STATUSES: Final = (WAITING, UNKNOWN, WORSE, BELOW, ON_THE_WAY, MET)


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised of a KPI. ``baseline``, ``target`` and ``hurdle`` are in its own unit; the
    hurdle is the least at which it is still worth its cost (None: the baseline). ``start`` lies in
    the first period that a figure is expected for; a figure is missing ``grace_days`` after the
    last day of its period."""

    direction: str
    baseline: Decimal
    target: Decimal
    target_date: date
    start: date
    cadence: str
    hurdle: Decimal | None = None
    grace_days: int = 0

    @property
    def sign(self) -> int:
        return 1 if self.direction == UP else -1

    def improvement(self, value: Decimal) -> Decimal:
        """How much better than the baseline, in the unit of the KPI; negative when worse."""
        return (value - self.baseline) * self.sign

    def clears(self, value: Decimal) -> bool:
        """Whether ``value`` is at the hurdle or better."""
        hurdle = self.baseline if self.hurdle is None else self.hurdle
        return (value - hurdle) * self.sign >= 0

    def reaches(self, value: Decimal) -> bool:
        """Whether ``value`` is at the target or better."""
        return (value - self.target) * self.sign >= 0


@dataclass(frozen=True, slots=True)
class Point:
    """One period; ``value`` is None while nobody has reported one."""

    period: Period
    value: Decimal | None
    clears: bool | None

    @property
    def is_unknown(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class Standing:
    """``points`` are the periods that are due and those reported early, oldest first. ``below_for``
    counts the newest known periods below the hurdle in a row, unknown ones in between passed over;
    ``unknown_for`` the newest periods in a row that are unknown."""

    points: tuple[Point, ...]
    status: str
    way: Decimal | None
    below_for: int
    unknown_for: int

    @property
    def latest(self) -> Point | None:
        """The newest period that has a figure."""
        return next((point for point in reversed(self.points) if point.value is not None), None)

    @property
    def unknown(self) -> tuple[Period, ...]:
        return tuple(point.period for point in self.points if point.is_unknown)


def standing(terms: Terms, figures: Mapping[Period, Decimal], today: date) -> Standing:
    """``figures`` hold what stands for each period (the last restatement). ``way`` is how much of
    the way from baseline to target the newest figure has gone: 1 is there."""
    due = periods.due(terms.start, today, cadence=terms.cadence, grace_days=terms.grace_days)
    points = tuple(
        Point(period, value, None if value is None else terms.clears(value))
        for period in sorted({*due, *figures})
        for value in [figures.get(period)]
    )
    known = [point for point in points if point.value is not None]
    newest = known[-1].value if known else None
    unknown_for = _run(point.is_unknown for point in reversed(points))
    return Standing(
        points=points,
        status=_status(terms, newest, bool(points), unknown_for),
        way=None if newest is None else _way(terms, newest),
        below_for=_run(point.clears is False for point in reversed(known)),
        unknown_for=unknown_for,
    )


def _status(terms: Terms, newest: Decimal | None, any_due: bool, unknown_for: int) -> str:
    if not any_due:
        return WAITING
    if newest is None or unknown_for:
        return UNKNOWN
    if terms.improvement(newest) < 0:
        return WORSE
    if not terms.clears(newest):
        return BELOW
    return MET if terms.reaches(newest) else ON_THE_WAY


def _way(terms: Terms, value: Decimal) -> Decimal | None:
    whole = terms.improvement(terms.target)
    return terms.improvement(value) / whole if whole else None


def _run(flags: Iterable[bool]) -> int:
    """How many are true before the first that is not."""
    return sum(1 for _ in takewhile(bool, flags))


def is_point_for_review(found: Standing, *, periods_below: int) -> bool:
    """Whether the KPI is a point for the next re-certification: below its hurdle, or silent, for
    ``periods_below`` periods."""
    return found.below_for >= periods_below or found.unknown_for >= periods_below

"""How long reviewers have: business days, and stretches in which the clock stands still.

A hold moves a review's deadline and nothing else: what was authorized, waived or promised runs on
(R10).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from audit.services import record
from governance import business_days
from governance.models import Hold, Holiday, Release
from governance.services.transitions import lock
from governance.subjects import of_calendar, of_release
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Invalid, Refused, refusal


def due_at(start: datetime, days: int) -> datetime:
    """``days`` business days after ``start``, by the house's calendar and time zone."""
    off = set(Holiday.objects.filter(day__gte=start.date()).values_list("day", flat=True))
    return business_days.after(start, days, off, timezone.get_default_timezone())


@transaction.atomic
def hold(release: Release, *, reason: str, actor: Actor) -> Hold:
    """Stops the clock of a review. Raises Conflict when none runs, or it stands still already."""
    release = lock(release)
    person = _who_holds(release, actor)
    if release.state != "in_review" or release.holds.filter(ended_at=None).exists():
        raise Conflict(f"{release.label} has no review that could be held.", code="not_running")
    why = reasons.given(reason, "Say what is waited for.")
    last = release.holds.aggregate(end=Max("ended_at"))["end"]
    held = Hold.objects.create(
        release=release,
        revision=release.revision,
        reason=why,
        held_by_id=person,
        started_at=_not_before(last),
    )
    _tell(held, "hold", held.reason, actor)
    return held


@transaction.atomic
def go_on(release: Release, *, actor: Actor) -> Hold:
    """Starts the clock again; the deadline moves by as long as it stood still. Raises Conflict
    when it runs, or when the release is over."""
    release = lock(release)
    _who_holds(release, actor)
    if not release.is_open:
        raise Conflict(f"{release.label} is over: no deadline runs there.", code="closed")
    held = release.holds.filter(ended_at=None).first()
    if held is None:
        raise Conflict(f"The review of {release.label} is not held.", code="not_held")
    held.ended_at = _not_before(held.started_at)
    held.save(update_fields=["ended_at"])
    if release.due_at is not None and release.review_started_at is not None:
        # A review that began while an earlier one was held has stood still since it began.
        release.due_at += held.ended_at - max(held.started_at, release.review_started_at)
        release.save(update_fields=["due_at"])
    _tell(held, "go_on", "", actor)
    return held


def _not_before(moment: datetime | None) -> datetime:
    """Now, or ``moment`` where a clock was set back: stretches never overlap."""
    now = timezone.now()
    return now if moment is None else max(now, moment)


def why_not_hold(release: Release, *, actor: Actor) -> str:
    """Why ``actor`` may neither hold a review here nor let it go on; empty when they may."""
    return refusal(lambda: _who_holds(release, actor))


def _who_holds(release: Release, actor: Actor) -> int:
    actor.require("decision.sign", *release.scopes)
    if actor.user_id is None:
        raise Refused("People hold a review: tokens do not.", code="people_only")
    return actor.user_id


def _tell(held: Hold, what: str, reason: str, actor: Actor) -> None:
    due = held.release.due_at
    record(
        actor=actor,
        action=f"release.{what}",
        subject=of_release(held.release),
        reason=reason,
        details={"revision": held.revision, "due_at": due.isoformat() if due else None},
    )


def holidays() -> QuerySet[Holiday]:
    """The days that do not count besides Saturdays and Sundays, the first one first."""
    return Holiday.objects.order_by("day")


@transaction.atomic
def add_holiday(day: date, *, name: str, actor: Actor) -> Holiday:
    """A day that does not count. What is due already stays as it is. Raises Conflict when it is
    in the calendar."""
    actor.require_everywhere("calendar.manage")
    if Holiday.objects.filter(day=day).exists():
        raise Conflict(f"{day} is in the calendar already.", code="exists")
    if not 1 <= len(name.strip()) <= 120:
        raise Invalid("Name the holiday.", errors={"name": "from 1 to 120 characters"})
    holiday = Holiday.objects.create(day=day, name=name.strip())
    record(
        actor=actor,
        action="calendar.add",
        subject=of_calendar(),
        details={"day": day.isoformat(), "name": holiday.name},
    )
    return holiday


@transaction.atomic
def remove_holiday(day: date, *, actor: Actor) -> None:
    """Raises Conflict when it is not in the calendar."""
    actor.require_everywhere("calendar.manage")
    gone, _ = Holiday.objects.filter(day=day).delete()
    if not gone:
        raise Conflict(f"{day} is not in the calendar.", code="not_there")
    record(
        actor=actor,
        action="calendar.remove",
        subject=of_calendar(),
        details={"day": day.isoformat()},
    )

"""What the clock says: soon due, due today, overdue, about to lapse.

It only tells. What is overdue or has lapsed allows nothing whether or not this ever runs (R6,
R10); asked twice, it tells once (``notice_once``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from functools import partial

from django.utils import timezone

from accounts.models import User
from accounts.services.deliveries import tell_by_clock
from governance.models import Authorization, Condition, EmergencyReview, Finding, Release
from governance.models.authorizations import RUNNING_STATES
from governance.services import notifying
from governance.services.notices import tell
from governance.subjects import of_release

log = logging.getLogger(__name__)
SOON = timedelta(days=2)
LAPSING = (timedelta(days=7), timedelta(days=30))
"""Before an authorization ends or is to be certified again."""
LOOKED_BACK = timedelta(days=30)


def remind(now: datetime | None = None) -> None:
    """Everything that is due around ``now``; what is wrong with one kind keeps none back."""
    for each in (_conditions, _findings, _reviews, _lapsing, _emergencies):
        try:
            each(now or timezone.now())
        except Exception:
            log.exception("%s could not be told", each.__name__)


def stage(due: datetime, now: datetime) -> str:
    """``soon`` from two days before, ``today`` on the day, ``overdue`` after; else empty."""
    if due < now:
        return "overdue"
    if timezone.localdate(due) == timezone.localdate(now):
        return "today"
    return "soon" if due - now <= SOON else ""


def _tell_due(
    what: str,
    *,
    kind: str,
    key: str,
    due: datetime,
    now: datetime,
    address: str,
    owners: Iterable[User],
    also: Callable[[], Iterable[User]],
) -> None:
    """Its owners at every stage; when it is overdue, those whom it is brought before as well."""
    found = stage(due, now)
    if not found:
        return
    when = {"soon": f"is due on {due:%-d %B}", "today": "is due today", "overdue": "is overdue"}
    people = [*owners, *(also() if found == "overdue" else ())]
    text = f"{what} {when[found]}."
    tell(people, kind=f"{kind}.{found}", key=f"{key}:{due:%Y-%m-%d}", text=text, address=address)


def _conditions(now: datetime) -> None:
    rows = Condition.objects.select_related("release__use_case", "owner").filter(
        state__in=["open", "met"], due_at__range=(now - LOOKED_BACK, now + SOON)
    )
    for row in rows:
        release = row.release
        _tell_due(
            f"Condition {row.number} of {release.label}",
            kind="condition",
            key=str(row.pk),
            due=row.due_at,
            now=now,
            address=notifying.page_of(release),
            owners=[row.owner],
            also=partial(notifying.officers, release.scopes),
        )
        if row.due_at < now:
            details = {"condition": row.number, "due_at": row.due_at.isoformat()}
            tell_by_clock(
                "condition.overdue", key=str(row.pk), subject=of_release(release), details=details
            )


def _findings(now: datetime) -> None:
    day = timezone.localdate(now)
    rows = Finding.objects.select_related("model", "owner", "use_case").filter(
        state__in=["open", "planned"], due_on__range=(day - LOOKED_BACK, day + SOON)
    )
    for row in rows:
        scopes = row.use_case.scopes
        _tell_due(
            f"{row.label} of {row.model.name}, “{row.title}”,",
            kind="finding",
            key=str(row.pk),
            due=datetime.combine(row.due_on, time.max, tzinfo=UTC),
            now=now,
            address=notifying.page_of_finding(row),
            owners=[row.owner],
            also=partial(notifying.officers, scopes),
        )


def _reviews(now: datetime) -> None:
    """Those who could sign are reminded; overdue, the officers are told who is waited for."""
    rows = (
        Release.objects.with_names()
        .select_related("requirement_set", "version__model__owner")
        .filter(state="in_review", due_at__range=(now - LOOKED_BACK, now + SOON))
        .exclude(holds__ended_at=None, holds__isnull=False)
    )
    for row in rows:
        waiting = notifying.awaited(row)
        _tell_due(
            f"The review of {row} ({', '.join(waiting) or 'nobody is missing'})",
            kind="review",
            key=f"{row.pk}:{row.revision}",
            due=row.due_at or now,
            now=now,
            address=notifying.page_of(row),
            owners=[person for people in waiting.values() for person in people],
            also=partial(notifying.officers, row.scopes),
        )


def _lapsing(now: datetime) -> None:
    """What runs and soon ends, or is to be certified again: its owners, once for each warning."""
    running = Authorization.objects.filter(state__in=RUNNING_STATES, expires_at__gt=now)
    running = running.exclude(kind="emergency").select_related(
        "release__version__model__owner", "release__use_case__owner", "release__environment"
    )
    for words, field in (("ends", "expires_at"), ("is to be certified again", "review_due_at")):
        for row in running.filter(**{f"{field}__range": (now, now + LAPSING[-1])}):
            due: datetime = getattr(row, field)
            warning = next(span for span in LAPSING if due - now <= span)
            tell(
                notifying.owners(row.release),
                kind=f"authorization.{'lapses' if field == 'expires_at' else 'review'}",
                key=f"{row.pk}:{due:%Y-%m-%d}:{warning.days}",
                text=f"The authorization of {row.release} {words} on {due:%-d %B %Y}.",
                address=notifying.page_of(row.release),
            )


def _emergencies(now: datetime) -> None:
    """Nobody ratified it yet and its hours run out: whoever the policies let ratify it is told, and
    where nobody is left of them, the officers."""
    rows = EmergencyReview.objects.select_related(
        "authorization__release__requirement_set", "authorization__release__use_case"
    ).filter(state="open", authorization__expires_at__range=(now, now + timedelta(hours=6)))
    for row in rows:
        release = row.authorization.release
        had_a_part = {row.asked_by_id, row.approved_by_id}
        left = [one for one in notifying.may_let_run(release) if one.pk not in had_a_part]
        tell(
            left or notifying.officers(release.scopes),
            kind="emergency.ends",
            key=str(row.pk),
            text=f"Emergency {row.incident} ends within hours and nobody has ratified it.",
            address=notifying.page_of(release),
        )

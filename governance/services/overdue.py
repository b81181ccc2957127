"""What was to be done by now and is not: the same rows for the inventory and the portfolio. Read
from the clock, each as a queryset that nobody has narrowed yet."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.models import Authorization, Condition, Finding, Recertification
from governance.models.authorizations import RUNNING_STATES


def reviews(now: datetime) -> QuerySet[Authorization]:
    """What runs and was to be certified again."""
    return Authorization.objects.filter(
        state__in=RUNNING_STATES, expires_at__gt=now, review_due_at__lte=now
    )


def conditions(now: datetime) -> QuerySet[Condition]:
    """What was promised when something was approved."""
    return Condition.objects.filter(state__in=("open", "met"), due_at__lte=now)


def findings(now: datetime) -> QuerySet[Finding]:
    """What was to be mended."""
    return Finding.objects.filter(due_on__lt=timezone.localdate(now), closed_at=None)


def reviews_then(moment: datetime) -> QuerySet[Authorization]:
    """The reviews that were overdue at a past moment: by the day that was set then, whatever was
    reviewed since."""
    later = Recertification.objects.filter(authorization=OuterRef("pk"), reviewed_at__gt=moment)
    set_then = Coalesce(
        Subquery(later.order_by("reviewed_at").values("was_due_at")[:1]), F("review_due_at")
    )
    rows = Authorization.objects.filter(issued_at__lte=moment, expires_at__gt=moment)
    ran = rows.filter(Q(ended_at=None) | Q(ended_at__gt=moment))
    return ran.annotate(due_then=set_then).filter(due_then__lte=moment)


def findings_then(moment: datetime) -> QuerySet[Finding]:
    """The findings that were overdue at a past moment."""
    rows = Finding.objects.filter(raised_at__lte=moment, due_on__lt=timezone.localdate(moment))
    return rows.filter(Q(closed_at=None) | Q(closed_at__gt=moment))

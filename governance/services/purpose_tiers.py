"""The tier that a purpose is held to. A verdict is asked for by the key of a purpose, which several
use cases may approve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from governance.models import Purpose, Release, RiskAssessment, UseCase
from governance.models.use_cases import STRICTEST
from lib.actor import Actor
from lib.errors import Conflict


def strictest_tier(purpose: str, *, at: datetime | None = None) -> int:
    """The tier that ``purpose`` (a key) is held to, or was ``at`` a moment: that of the riskiest
    use case that approves it, so that a light one cannot borrow the name; 1 when none counts.

    A use case that nobody has assessed counts from its first release on: until then nothing runs
    under it, and who describes one stops nothing that runs elsewhere. One from before there were
    assessments counts with the tier that was stated. ``verdict_rows`` says the same in SQL.
    """
    approved = Purpose.objects.filter(key=purpose)
    made = RiskAssessment.objects.filter(use_case=OuterRef("use_case"))
    asked = Release.objects.filter(use_case=OuterRef("use_case"))
    if at is not None:
        known = Q(approved_at=None) | Q(approved_at__lte=at)
        approved = approved.filter(known, use_case__created_at__lte=at)
        made, asked = made.filter(assessed_at__lte=at), asked.filter(requested_at__lte=at)
        # A use case that was never assessed has its first tier still.
        newest = Subquery(made.order_by("-assessed_at", "-pk").values("tier")[:1])
        approved = approved.annotate(held=Coalesce(newest, "use_case__tier"))
    else:
        approved = approved.annotate(held=F("use_case__tier"))
    assessed = Exists(made.exclude(methodology=None))
    counted = approved.filter(Q(held__gt=STRICTEST) | assessed | Exists(asked))
    return int(counted.aggregate(strictest=Min("held"))["strictest"] or STRICTEST)


def tier_for(use_case: UseCase, purpose: str) -> int:
    """The tier of a release of ``use_case`` that is asked for now: its own counts, assessed or
    not."""
    return min(use_case.tier, strictest_tier(purpose))


def refuse_borrowed(keys: Iterable[str], *, actor: Actor, field: str) -> None:
    """Raises Conflict, naming ``field``, for a key that a use case approves which is none of
    ``actor``'s to write: who shares a purpose decides with its tier what runs for it elsewhere."""
    for purpose in Purpose.objects.filter(key__in=list(keys)).select_related("use_case"):
        if not actor.may("use_case.write", *purpose.use_case.scopes):
            raise Conflict(
                f"“{purpose.key}” is a purpose of a use case elsewhere in the house, and what runs "
                "there would be held to the tier of this one too. Choose another key, or have "
                "somebody approve it who may write both use cases.",
                code="purpose_taken",
                errors={field: f"“{purpose.key}” is taken"},
            )

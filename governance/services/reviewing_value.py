"""What a review of something that runs sees of its value: the promise, what came of it, and which
KPIs it has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils import timezone

from governance.models import Observation, UseCase
from governance.services import standings
from governance.services.value_documents import before
from governance.value import cases, words
from governance.value.standings import Reckoned
from lib.canonical import plain


@dataclass(frozen=True, slots=True)
class Reviewed:
    """``told`` are sentences on what came of the promise, ``points`` why a KPI is to be looked
    at."""

    told: list[str]
    points: list[str]


def seen(use_case: UseCase) -> Reviewed:
    """As of today."""
    return _seen(use_case, standings.standing_of(use_case))


def kept(use_case: UseCase) -> dict[str, Any]:
    """The same as a review keeps it: ``{on, case, told, points}``, and the figures where a value
    case is approved (amounts as text, in ``currency``)."""
    found = standings.standing_of(use_case)
    reviewed = _seen(use_case, found)
    document: dict[str, Any] = {
        "on": timezone.localdate(),
        "case": found.number,
        "told": reviewed.told,
        "points": reviewed.points,
    }
    if found.promise is not None and found.realised is not None:
        came = found.realised
        document |= {
            "currency": found.promise.currency,
            "gained": standings.cents(came.gained),
            "promised": standings.cents(came.promised),
            "covered": came.covered,
            "uncovered": came.uncovered,
        }
    kept: dict[str, Any] = plain(document)
    return kept


def replaced(use_case: UseCase, found: Reckoned) -> str:
    """What the version before promised, where it was another; empty otherwise."""
    earlier = before(use_case, found.number or 0)
    if earlier is None or found.promise is None:
        return ""
    return words.replaced(cases.promise_of(earlier.document), found.promise)


def verified(use_case: UseCase, found: Reckoned) -> str:
    """How many figures of the KPIs in ``found`` are verified, of those that no restatement
    replaced, as a sentence. One query."""
    rows = Observation.objects.filter(
        kpi__use_case=use_case, kpi__key__in=[one.key for one in found.measured], observation=None
    )
    counted = rows.aggregate(figures=Count("pk"), done=Count("verification"))
    return words.verified(counted["done"], counted["figures"])


def _seen(use_case: UseCase, found: Reckoned) -> Reviewed:
    points = [one.why for one in found.points]
    if found.promise is None or found.realised is None:
        return Reviewed(["No value case is approved, so nothing was promised."], points)
    came = words.came_of_it(found.promise, found.realised)
    told = [*came, replaced(use_case, found), verified(use_case, found)]
    return Reviewed([sentence for sentence in told if sentence], points)

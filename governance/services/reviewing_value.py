"""What a review of something that runs sees of its value: the promise, what came of it, and which
KPIs it has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from governance.models import UseCase
from governance.services import standings
from governance.value import words
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
    return _seen(standings.standing_of(use_case))


def kept(use_case: UseCase) -> dict[str, Any]:
    """The same as a review keeps it: ``{on, case, told, points}``, and the figures where a value
    case is approved (amounts as text, in ``currency``)."""
    found = standings.standing_of(use_case)
    reviewed = _seen(found)
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


def _seen(found: Reckoned) -> Reviewed:
    points = [one.why for one in found.points]
    if found.promise is None or found.realised is None:
        return Reviewed(["No value case is approved, so nothing was promised."], points)
    return Reviewed(words.came_of_it(found.promise, found.realised), points)

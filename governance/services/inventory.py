"""Every use case that somebody may see: what is known of it, what is missing, what is overdue."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from governance.completeness import Completeness, completeness
from governance.eu_act import STRICTEST_FIRST
from governance.models import (
    KPI,
    Classification,
    Determination,
    Methodology,
    RiskAssessment,
    UseCase,
    ValueCase,
)
from governance.services import overdue
from governance.services.risk import current_methodology
from lib.actor import Actor
from lib.errors import Invalid
from lib.http.query import whole_number

QUERY: Final = frozenset({"tier", "business_unit", "eu_class", "incomplete", "overdue", "words"})
COLUMNS: Final = (
    "slug",
    "name",
    "business_unit",
    "owner",
    "tier",
    "eu_class",
    "is_model",
    "assessed_at",
    "assess_again_by",
    "complete_percent",
    "gaps",
    "overdue",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; what is None or empty filters nothing."""

    tier: int | None = None
    business_unit: str = ""
    eu_class: str = ""
    incomplete: bool = False
    overdue: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One use case in the inventory. ``is_model`` is None until somebody has determined it."""

    use_case: UseCase
    eu_class: str
    is_model: bool | None
    assessed_at: datetime | None
    assess_again_by: datetime | None
    complete: Completeness
    overdue: tuple[str, ...]


def wanted_of(query: dict[str, str]) -> Wanted:
    """Raises Invalid naming a filter that filters by nothing there is. An empty one is none."""
    eu_class = query.get("eu_class", "")
    if eu_class and eu_class not in STRICTEST_FIRST:
        known = ", ".join(STRICTEST_FIRST)
        raise Invalid("There is no such class.", errors={"eu_class": f"one of {known}"})
    tier = query.get("tier", "")
    return Wanted(
        tier=whole_number("tier", tier, low=1, high=3) if tier else None,
        business_unit=query.get("business_unit", ""),
        eu_class=eu_class,
        incomplete=_yes("incomplete", query),
        overdue=_yes("overdue", query),
        words=query.get("words", ""),
    )


def _yes(name: str, query: dict[str, str]) -> bool:
    text = query.get(name, "")
    if text not in ("", "true", "false"):
        raise Invalid("Say true or false.", errors={name: "true or false"})
    return text == "true"


def inventory(
    *, actor: Actor, wanted: Wanted | None = None, at: datetime | None = None
) -> list[Line]:
    """The riskiest first, and of those what is overdue before what is not. Always the same number
    of queries; what is due is read from the clock (``at``, or now)."""
    wanted, now = wanted or Wanted(), at or timezone.now()
    methodology = current_methodology()
    rows = _filtered(_with_facts(UseCase.objects.visible_to(actor), now), wanted)
    late = _late(now)
    lines = [_line(row, methodology, late, now) for row in rows.select_related("owner")]
    kept = [
        line
        for line in lines
        if (line.complete.gaps or not wanted.incomplete)
        and (line.overdue or not wanted.overdue)
        and wanted.eu_class in ("", line.eu_class)
    ]
    return sorted(kept, key=lambda one: (one.use_case.tier, not one.overdue, one.use_case.slug))


def _filtered(rows: QuerySet[UseCase], wanted: Wanted) -> QuerySet[UseCase]:
    if wanted.tier is not None:
        rows = rows.filter(tier=wanted.tier)
    if wanted.business_unit:
        rows = rows.filter(business_unit=wanted.business_unit)
    for word in wanted.words.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(slug__icontains=word) | Q(objective__icontains=word)
        )
    return rows


def _with_facts(rows: QuerySet[UseCase], now: datetime) -> QuerySet[UseCase]:
    """Each use case with what else is known of it, in one query."""
    mine = {"use_case": OuterRef("pk")}
    class_ = Classification.objects.filter(**mine).order_by("-assessed_at", "-pk")
    model = Determination.objects.filter(**mine).order_by("-determined_at", "-pk")
    asked = RiskAssessment.objects.filter(**mine).exclude(methodology=None)
    newest = asked.order_by("-assessed_at", "-pk")
    return rows.annotate(
        found_class=Subquery(class_.values("eu_class")[:1]),
        found_model=Subquery(model.values("is_model")[:1]),
        found_assessed=Subquery(newest.values("assessed_at")[:1]),
        found_methodology=Subquery(newest.values("methodology")[:1]),
        has_kpi=Exists(KPI.objects.filter(**mine)),
        has_value_case=Exists(ValueCase.objects.filter(**mine)),
    )


def _late(now: datetime) -> list[tuple[str, dict[int, int]]]:
    """What can be overdue, and how many of it each use case has. Counted for all of them at once:
    asked of each, the database would go through the house as often as there are use cases."""
    return [
        ("re-certification", _count(overdue.reviews(now), "purpose__use_case")),
        ("condition", _count(overdue.conditions(now), "release__use_case")),
        ("finding", _count(overdue.findings(now), "use_case")),
    ]


def _count(rows: QuerySet[Any], by: str) -> dict[int, int]:
    """How many of ``rows`` there are for each use case in the column ``by``."""
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk")))


def _line(
    row: UseCase,
    methodology: Methodology | None,
    late: list[tuple[str, dict[int, int]]],
    now: datetime,
) -> Line:
    found = row.__dict__  # as annotated
    assessed: datetime | None = found["found_assessed"]
    again = _again_by(row.tier, assessed, methodology)
    known = {
        "objective": bool(row.objective.strip()),
        "archetype": bool(row.archetype),
        "determination": found["found_model"] is not None,
        "assessment": assessed is not None,
        "eu_class": bool(found["found_class"]),
        "users": bool(row.users.strip()),
        "hypothesis": bool(row.hypothesis.strip()),
        "kpi": found["has_kpi"],
        "value_case": found["has_value_case"],
    }
    past = [_many(counts.get(row.pk), what) for what, counts in late]
    if again is not None and again <= now:
        past.insert(0, "risk assessment")
    if methodology is not None and found["found_methodology"] not in (None, methodology.pk):
        past.append(f"assessment under methodology v{methodology.number}")
    return Line(
        use_case=row,
        eu_class=found["found_class"] or "",
        is_model=found["found_model"],
        assessed_at=assessed,
        assess_again_by=again,
        complete=completeness(row.tier, known),
        overdue=tuple(each for each in past if each),
    )


def _again_by(
    tier: int, assessed: datetime | None, methodology: Methodology | None
) -> datetime | None:
    if assessed is None or methodology is None:
        return None
    return assessed + timedelta(days=methodology.document["review"][str(tier)])


def _many(count: int | None, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""


@dataclass(frozen=True, slots=True)
class TierLine:
    """What is known of the use cases of one tier together. ``percent`` is the mean, cut."""

    tier: int
    count: int
    percent: int
    incomplete: int
    overdue: int


def by_tier(lines: Sequence[Line]) -> list[TierLine]:
    """One line for every tier that has use cases, the riskiest first."""
    found = []
    for tier in sorted({line.use_case.tier for line in lines}):
        those = [line for line in lines if line.use_case.tier == tier]
        found.append(
            TierLine(
                tier=tier,
                count=len(those),
                percent=sum(line.complete.percent for line in those) // len(those),
                incomplete=sum(bool(line.complete.gaps) for line in those),
                overdue=sum(bool(line.overdue) for line in those),
            )
        )
    return found


def as_csv(lines: Sequence[Line]) -> str:
    """With a heading; times in UTC; lists joined by “; ”."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        row = line.use_case
        is_model = {None: "", True: "yes", False: "no"}[line.is_model]
        writer.writerow(
            map(
                _cell,
                (
                    row.slug,
                    row.name,
                    row.business_unit,
                    row.owner.username,
                    str(row.tier),
                    line.eu_class,
                    is_model,
                    line.assessed_at.isoformat() if line.assessed_at else "",
                    line.assess_again_by.isoformat() if line.assess_again_by else "",
                    str(line.complete.percent),
                    "; ".join(line.complete.gaps),
                    "; ".join(line.overdue),
                ),
            )
        )
    return out.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet runs what begins like a formula: an apostrophe makes it text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

"""The use cases of a portfolio as lines to sum: from the standings that are kept, or as they were
known on a past day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.models import (
    KPI,
    Allocation,
    Authorization,
    RiskAssessment,
    Stop,
    UseCase,
    ValueCaseVersion,
)
from governance.services import overdue, standings
from governance.services.awaited_answers import end_of
from governance.value.lines import AMOUNTS, BANDS, Line
from governance.value.money import Money
from governance.value.portfolio import RETURNS, return_band
from governance.value.standings import Reckoned
from lib.errors import Invalid
from registry.models import RegisteredModel

_OWN: Final = ("pk", "slug", "name", "business_unit", "tier", "phase", "objective")
_STANDING: Final = (
    *("case_number", "currency", "promised_annual", "investment", "benefit", "gained"),
    *("promised", "cost", "covered", "uncovered", "roi", "promised_roi", "kpis", "points"),
    "on_day",
)
_AT_ONCE: Final = 200
_KNOWN: Final = "known"


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is the last moment of which something counts; ``is_now`` reads what is kept, else all
    is put together again from rows that never change."""

    at: datetime
    day: date
    is_now: bool = True


def now() -> Moment:
    at = timezone.now()
    return Moment(at, timezone.localdate(at))


def end_of_day(text: str) -> Moment:
    """The end of a day written 2026-06-30, in the house's time zone; of today, this moment.

    Raises Invalid for what is no day, for one to come, and for one before anything was kept.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("A day is written 2026-06-30.", errors={"on": "2026-06-30"}) from None
    present = now()
    if day > present.day:
        raise Invalid("Nobody knows yet: the day lies ahead.", errors={"on": "in the future"})
    if day.year < 2000:
        raise Invalid("Nothing was kept then.", errors={"on": "after 1999"})
    if day == present.day:
        return present
    return Moment(end_of(day) - timedelta(microseconds=1), day, is_now=False)


def lines(use_cases: QuerySet[UseCase], moment: Moment) -> list[Line]:
    """In the order of their slugs; always the same number of queries for what is kept."""
    if moment.is_now:
        columns = (*_OWN, *(f"standing__{name}" for name in _STANDING), "horizon")
        rows = use_cases.annotate(horizon=_horizon()).order_by("slug").values_list(*columns)
        given = ((row[:7], _kept(row[7:])) for row in rows)
        return list(_with_facts(given, moment))
    return list(_with_facts(_as_known(use_cases, moment), moment))


def _with_facts(
    given: Iterable[tuple[tuple[Any, ...], dict[str, Any]]], moment: Moment
) -> Iterator[Line]:
    shares, models = _shares(moment), _models(moment)
    reviews, findings = _late(moment)
    for (pk, slug, name, unit, tier, phase, objective), stands in given:
        yield Line(
            pk=pk,
            slug=slug,
            name=name,
            unit=unit,
            tier=tier,
            phase=phase,
            objective=objective,
            shares=shares.get(pk, {}),
            models=models.get(slug, 0),
            reviews=reviews.get(pk, 0),
            findings=findings.get(pk, 0),
            **stands,
        )


def _horizon() -> Subquery:
    """Over how many years the approved case promises its return."""
    rows = ValueCaseVersion.objects.filter(
        use_case=OuterRef("pk"), number=OuterRef("standing__case_number")
    )
    return Subquery(rows.values("document__horizon_years")[:1])


def _kept(row: tuple[Any, ...]) -> dict[str, Any]:
    """What a line takes of the standing that is kept; nothing where none was made yet."""
    number, currency, annual, investment, benefit, gained, promised, cost = row[:8]
    covered, uncovered, roi, promised_roi, kpis, points, on_day, horizon = row[8:]
    if number is None:
        return {"kpis": kpis or {}, "points": points or (), "on_day": on_day}
    amounts = zip(AMOUNTS, (annual, investment, benefit, gained, promised, cost), strict=True)
    return {
        "case": number,
        "currency": currency,
        **{name: None if a is None else Money(a, currency) for name, a in amounts},
        "covered": covered,
        "uncovered": uncovered,
        "roi": roi,
        "promised_roi": promised_roi,
        "horizon": horizon or 0,
        "band": band_of(roi),
        "kpis": kpis,
        "points": points,
        "on_day": on_day,
    }


def band_of(roi: Decimal | None) -> str:
    return BANDS[RETURNS.index(return_band(roi))]


def _as_known(
    use_cases: QuerySet[UseCase], moment: Moment
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    rated = RiskAssessment.objects.filter(
        use_case=OuterRef("pk"), assessed_at__lte=moment.at
    ).order_by("-assessed_at", "-pk")
    rows = list(
        use_cases.filter(created_at__lte=moment.at)
        .annotate(tier_then=Coalesce(Subquery(rated.values("tier")[:1]), "tier"))
        .order_by("slug")
        .values_list("pk", "slug", "name", "business_unit", "tier_then", "phase", "objective")
    )
    counted = _count(KPI.objects.filter(created_at__lte=moment.at), "use_case")
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        found = standings.reckoned([row[0] for row in some], today=moment.day, known_by=moment.at)
        for row in some:
            yield row, _told(found[row[0]], counted.get(row[0], 0), moment.day)


def _told(found: Reckoned, kpis: int, day: date) -> dict[str, Any]:
    """Of KPIs whose terms nobody had approved it is known that they were there, and no more."""
    statuses = found.statuses or ({_KNOWN: kpis} if kpis else {})
    points = [{"key": one.key, "name": one.name, "why": one.why} for one in found.points]
    told: dict[str, Any] = {"kpis": statuses, "points": points, "on_day": day}
    if found.promise is None or found.realised is None:
        return told
    promise, came = found.promise, found.realised
    amounts = {
        "annual": promise.annual_benefit,
        "investment": promise.investment,
        **{name: getattr(came, name) for name in ("benefit", "gained", "promised", "cost")},
    }
    kept = {name: standings.cents(money) for name, money in amounts.items()}
    return told | {
        "case": found.number,
        "currency": promise.currency,
        **{n: None if a is None else Money(a, promise.currency) for n, a in kept.items()},
        "covered": came.covered,
        "uncovered": came.uncovered,
        "roi": came.roi,
        "promised_roi": promise.roi,
        "horizon": promise.horizon_years,
        "band": band_of(came.roi),
    }


def _shares(moment: Moment) -> dict[int, Mapping[str, Decimal]]:
    rows = Allocation.objects.all()
    if not moment.is_now:
        rows = rows.filter(stated_at__lte=moment.at)
    newest = rows.order_by("use_case", "-number").distinct("use_case")
    return {
        pk: {unit: Decimal(part) for unit, part in parts.items()}
        for pk, parts in newest.values_list("use_case", "shares")
    }


def newest_shares(moment: Moment) -> Subquery:
    """By which shares a use case was split by ``moment``; null where it was not."""
    rows = Allocation.objects.filter(use_case=OuterRef("pk"), stated_at__lte=moment.at)
    return Subquery(rows.order_by("-number").values("shares")[:1])


def _models(moment: Moment) -> dict[str, int]:
    """How many models each use case has, by its slug."""
    rows = RegisteredModel.objects.exclude(use_case="")
    if moment.is_now:
        return _count(rows.filter(deleted_at=None), "use_case")
    there = Q(deleted_at=None) | Q(deleted_at__gt=moment.at)
    return _count(rows.filter(there, created_at__lte=moment.at), "use_case")


def _late(moment: Moment) -> tuple[dict[int, int], dict[int, int]]:
    """(overdue reviews, overdue findings) by use case."""
    return (
        _count(late_reviews(moment), "purpose__use_case"),
        _count(late_findings(moment), "use_case"),
    )


def late_reviews(moment: Moment) -> QuerySet[Any]:
    return overdue.reviews(moment.at) if moment.is_now else overdue.reviews_then(moment.at)


def late_findings(moment: Moment) -> QuerySet[Any]:
    return overdue.findings(moment.at) if moment.is_now else overdue.findings_then(moment.at)


def in_force(moment: Moment) -> QuerySet[Authorization]:
    """The authorizations whose own terms allowed something."""
    if moment.is_now:
        return Authorization.objects.on_own_terms()
    ended = Q(ends_at=None) | Q(ends_at__gt=moment.at)
    stops = Stop.objects.filter(ended, starts_at__lte=moment.at)
    rows = Authorization.objects.filter(issued_at__lte=moment.at, expires_at__gt=moment.at)
    ran = rows.filter(Q(ended_at=None) | Q(ended_at__gt=moment.at))
    return ran.exclude(pk__in=stops.values("authorization"))


def _count(rows: QuerySet[Any], by: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk")))

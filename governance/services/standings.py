"""What came of what was promised: the one place that reckons it, and keeps a copy to sum.

``standing_of`` reckons one use case on the spot. ``refresh`` keeps the copies (``ValueStanding``):
the services that write figures, KPIs and value cases call it last in their transaction, and the
clock once a day, since what is due changes with the day. Nothing is governed by the copies: they
follow from rows that are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.models import KPI, Observation, UseCase, ValueCaseVersion, ValueStanding
from governance.value.money import Money
from governance.value.portfolio import CENT, WIDEST
from governance.value.standings import Reckoned, reckon
from lib.canonical import plain

AT_ONCE: Final = 100  # use cases that share a transaction of the clock's
_STEEPEST: Final = Decimal("99999999.9999")
_TERMS: Final = (
    *("key", "name", "unit", "direction", "baseline", "target", "target_date", "hurdle"),
    *("cadence", "starts_on", "grace_days", "worth", "currency", "share"),
)
_KEPT: Final = [
    field.name for field in ValueStanding._meta.fields if field.name not in ("id", "use_case")
]
Figures = dict[int, dict[str, dict[str, Decimal]]]


def standing_of(use_case: UseCase, *, today: date | None = None) -> Reckoned:
    """Its promise, its KPIs, what it brought, and the points for the next review; of today, by the
    clock of the house."""
    return reckoned([use_case.pk], today=today)[use_case.pk]


def reckoned(
    use_cases: Iterable[int], *, today: date | None = None, known_by: datetime | None = None
) -> dict[int, Reckoned]:
    """The same of many, by their keys, in three queries. ``known_by`` leaves out what was approved
    or recorded after that moment; terms that nobody approved are then unknown, since they may have
    been others."""
    wanted, day = sorted(set(use_cases)), today or timezone.localdate()
    versions = _approved(wanted, known_by)
    kpis, figures = _kpis(wanted), _figures(wanted, known_by)
    found = {}
    for pk in wanted:
        number, document = versions.get(pk, (None, None))
        found[pk] = reckon(
            number=number,
            approved=document,
            live=[] if known_by else kpis.get(pk, []),
            figures=figures.get(pk, {}),
            today=day,
        )
    return found


@transaction.atomic
def refresh(use_cases: Iterable[int], *, today: date | None = None) -> int:
    """Makes the copies of these anew, and says of how many. Their rows are locked before anything
    is read, so that of two who write at once the second reads what the first wrote."""
    wanted, day = sorted(set(use_cases)), today or timezone.localdate()
    _lock(wanted, day)
    rows = [_row(pk, found, day) for pk, found in reckoned(wanted, today=day).items()]
    ValueStanding.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["use_case"], update_fields=_KEPT
    )
    return len(rows)


def refresh_stale(*, today: date | None = None, most: int | None = None) -> int:
    """Makes anew the copies of an earlier day, and those that were never made, some at a time;
    at most ``most``. Returns how many."""
    day, done = today or timezone.localdate(), 0
    while most is None or done < most:
        some = _stale(day, AT_ONCE if most is None else min(AT_ONCE, most - done))
        if not some:
            break
        done += refresh(some, today=day)
    return done


def _stale(day: date, most: int) -> list[int]:
    old = Q(standing__on_day__lt=day)
    has = Exists(KPI.objects.filter(use_case=OuterRef("pk"))) | Exists(
        ValueCaseVersion.objects.filter(use_case=OuterRef("pk"))
    )
    rows = UseCase.objects.filter(old | Q(has, standing=None)).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def _lock(wanted: Sequence[int], day: date) -> None:
    """Always in the order of keys. A row that is not there yet is made to be locked."""
    rows = ValueStanding.objects.select_for_update().filter(use_case__in=wanted)
    there = set(rows.order_by("use_case").values_list("use_case", flat=True))
    if missing := [pk for pk in wanted if pk not in there]:
        made = [ValueStanding(use_case_id=pk, on_day=day) for pk in missing]
        ValueStanding.objects.bulk_create(made, ignore_conflicts=True)
        list(rows.order_by("use_case").values_list("pk"))


def _approved(
    wanted: Sequence[int], known_by: datetime | None
) -> dict[int, tuple[int, dict[str, Any]]]:
    rows = ValueCaseVersion.objects.filter(use_case__in=wanted)
    if known_by is not None:
        rows = rows.filter(approved_at__lte=known_by)
    newest = rows.order_by("use_case", "-number").distinct("use_case")
    return {
        pk: (number, document)
        for pk, number, document in newest.values_list("use_case", "number", "document")
    }


def _kpis(wanted: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in KPI.objects.filter(use_case__in=wanted).order_by("key").values("use_case", *_TERMS):
        found[row["use_case"]].append({name: plain(row[name]) for name in _TERMS})
    return found


def _figures(wanted: Sequence[int], known_by: datetime | None) -> Figures:
    """The figure that stands for each period, the last restatement, by use case and key."""
    kpis = {
        pk: (use_case, key)
        for pk, use_case, key in KPI.objects.filter(use_case__in=wanted).values_list(
            "pk", "use_case", "key"
        )
    }
    rows = Observation.objects.filter(kpi__in=list(kpis))
    if known_by is not None:
        rows = rows.filter(recorded_at__lte=known_by)
    newest = rows.order_by("kpi", "period", "-pk").distinct("kpi", "period")
    found: Figures = defaultdict(lambda: defaultdict(dict))
    for pk, period, value in newest.values_list("kpi", "period", "value"):
        use_case, key = kpis[pk]
        found[use_case][key][period] = value
    return found


def _row(pk: int, found: Reckoned, day: date) -> ValueStanding:
    row = ValueStanding(
        use_case_id=pk,
        on_day=day,
        kpis=found.statuses,
        points=[
            {"key": one.key, "name": one.name, "why": one.why, "status": one.standing.status}
            for one in found.points
        ],
    )
    if found.promise is None or found.realised is None:
        return row
    promise, came = found.promise, found.realised
    row.case_number, row.currency = found.number, promise.currency
    row.promised_annual = cents(promise.annual_benefit)
    row.investment = cents(promise.investment)
    row.annual_run_cost = cents(promise.annual_run_cost)
    row.promised_roi = _ratio(promise.roi)
    row.promised_payback = promise.payback_month
    row.covered, row.uncovered = came.covered, came.uncovered
    row.benefit, row.gained = cents(came.benefit), cents(came.gained)
    row.promised, row.cost = cents(came.promised), cents(came.cost)
    row.roi, row.payback = _ratio(came.roi), came.payback_month
    return row


def cents(amount: Money) -> Decimal | None:
    """In whole cents, so that sums of what was kept add up; None for what no column holds."""
    return amount.amount.quantize(CENT) if abs(amount.amount) < WIDEST else None


def _ratio(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    return max(-_STEEPEST, min(_STEEPEST, value)).quantize(Decimal("0.0001"))

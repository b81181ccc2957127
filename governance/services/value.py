"""KPIs, what they were, and what was promised."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from governance.models import KPI, Observation, UseCase, ValueCase
from governance.models.value import Cadence
from governance.subjects import of_kpi, of_use_case
from lib.actor import Actor
from lib.errors import Conflict, Invalid

_PERIODS = {
    Cadence.MONTHLY: (re.compile(r"^20\d\d-(0[1-9]|1[0-2])\Z"), "2026-03"),
    Cadence.QUARTERLY: (re.compile(r"^20\d\d-Q[1-4]\Z"), "2026-Q1"),
}


@transaction.atomic
def create_kpi(use_case: UseCase, *, actor: Actor, **fields: Any) -> KPI:
    """``fields``: key, name, unit, direction, baseline, target, target_date, cadence."""
    actor.require("use_case.write", *use_case.scopes)
    try:
        with transaction.atomic():
            kpi = KPI.objects.create(use_case=use_case, **fields)
    except IntegrityError as error:
        raise Conflict(f"There is a KPI “{fields['key']}” already.", code="exists") from error
    record(
        actor=actor,
        action="kpi.create",
        subject=of_kpi(kpi),
        details={**fields, "use_case": use_case.slug},
        related=[of_use_case(use_case)],
    )
    return kpi


@transaction.atomic
def record_observation(
    kpi: KPI, *, period: str, value: Decimal, source: str, actor: Actor, restate: bool = False
) -> Observation:
    """Writes what the KPI was in ``period``; ``restate`` corrects an earlier figure by a new row.

    Raises Invalid for a period that does not fit the cadence or lies ahead, Conflict when the
    period has a figure and this is no restatement (or the other way round).
    """
    actor.require("value.record", *kpi.use_case.scopes)
    _check_period(period, Cadence(kpi.cadence))
    KPI.objects.select_for_update().get(pk=kpi.pk)
    latest = kpi.observations.filter(period=period).order_by("-pk").first()
    if latest is not None and not restate:
        raise Conflict(
            f"{kpi.name} has a figure for {period}: {latest.value:f}. Restate it to correct it.",
            code="exists",
        )
    if latest is None and restate:
        raise Conflict(f"{kpi.name} has no figure for {period} to restate.", code="nothing_there")
    observation = Observation.objects.create(
        kpi=kpi,
        period=period,
        value=value,
        source=source,
        restates=latest,
        recorded_by=actor.id,
    )
    details = {"period": period, "value": value, "source": source}
    if latest is not None:
        details["restates"] = latest.value
    record(
        actor=actor,
        action="observation.record",
        subject=of_kpi(kpi),
        details=details,
        related=[of_use_case(kpi.use_case)],
    )
    return observation


def _check_period(period: str, cadence: Cadence) -> None:
    pattern, example = _PERIODS[cadence]
    if not pattern.match(period):
        raise Invalid(
            f"A {cadence} KPI has periods such as {example}.",
            errors={"period": f"such as {example}"},
        )
    if _first_day(period) > timezone.now().date():
        raise Invalid(f"{period} has not begun.", errors={"period": "lies ahead"})


def _first_day(period: str) -> date:
    year, part = period.split("-")
    month = int(part[1:]) * 3 - 2 if part.startswith("Q") else int(part)
    return date(int(year), month, 1)


@transaction.atomic
def set_value_case(use_case: UseCase, *, actor: Actor, **fields: Any) -> ValueCase:
    """``fields``: currency, promised_annual_benefit, investment, annual_run_cost, narrative."""
    actor.require("use_case.write", *use_case.scopes)
    UseCase.objects.select_for_update().get(pk=use_case.pk)
    before = ValueCase.objects.filter(use_case=use_case).first()
    value_case, _ = ValueCase.objects.update_or_create(use_case=use_case, defaults=fields)
    earlier = {name: getattr(before, name) for name in fields} if before else None
    record(
        actor=actor,
        action="value_case.set",
        subject=of_use_case(use_case),
        details={"before": earlier, "after": fields},
    )
    return value_case

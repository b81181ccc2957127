"""A KPI and a value case as tests need them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from governance.models import KPI, PayoffMatrix
from governance.services import kpis, observations, payoffs, value_cases
from lib.actor import Actor
from tests.governance.make import ROBOT, Bank

HOURS: Final[dict[str, Any]] = {
    "key": "hours",
    "name": "Hours an application takes",
    "unit": "hours",
    "direction": "down",
    "baseline": Decimal(9),
    "target": Decimal(1),
    "target_date": date(2027, 1, 1),
    "starts_on": date(2026, 1, 1),
    "worth": Decimal(5_000),
    "currency": "EUR",
}
CASE: Final[dict[str, Any]] = {
    "currency": "EUR",
    "price_year": 2026,
    "promised_annual_benefit": Decimal(480_000),
    "investment": Decimal(250_000),
    "annual_run_cost": Decimal(60_000),
    "starts_on": date(2026, 1, 1),
    "approver": "bo",
}

PAYOFF: Final[dict[str, Any]] = {
    "currency": "EUR",
    "true_positive": Decimal(900),
    "false_positive": Decimal(-4_000),
    "false_negative": Decimal(-150),
    "true_negative": Decimal(0),
    "meaning": "The loan is granted",
    "cases_a_year": 20_000,
    "reason": "Margin and losses of the last three years, from the ledger.",
}


def make_payoff(bank: Bank, **fields: Any) -> PayoffMatrix:
    return payoffs.state_payoff(bank.use_case, actor=ROBOT, **(PAYOFF | fields))


def make_kpi(bank: Bank, **fields: Any) -> KPI:
    return kpis.create_kpi(bank.use_case, actor=ROBOT, **(HOURS | fields))


def make_value_case(bank: Bank, **fields: Any) -> str:
    """A complete draft with one KPI; the digest of what it says."""
    from lib.canonical import digest_of

    if not bank.use_case.kpis.exists():
        make_kpi(bank)
    case = value_cases.set_value_case(bank.use_case, actor=ROBOT, **(CASE | fields))
    case.refresh_from_db()
    return digest_of(value_cases.document_of(case))


def observe(kpi: KPI, period: str, value: object, *, by: Actor = ROBOT, **more: str) -> Any:
    return observations.record_observation(
        kpi, period=period, value=Decimal(str(value)), actor=by, **more
    )

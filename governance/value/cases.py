"""A value case as a document: what is frozen when it is approved, and what rules read from it.
Pure.

``{currency, price_year, promised_annual_benefit, investment, annual_run_cost, starts_on,
ramp_months, horizon_years, narrative, kpis: [{key, name, ...}]}``; amounts and dates as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from governance.value.kpis import Terms
from governance.value.money import Money
from governance.value.returns import Promise, Worth

Document = Mapping[str, Any]
NEEDED: Final = {
    "price_year": "of which year the amounts are",
    "starts_on": "when the promise begins",
    "approver": "who approves it",
    "kpis": "at least one KPI with a first period",
}


def promise_of(case: Document) -> Promise:
    """What the document promises."""
    currency = case["currency"]
    return Promise(
        annual_benefit=Money(Decimal(case["promised_annual_benefit"]), currency),
        investment=Money(Decimal(case["investment"]), currency),
        annual_run_cost=Money(Decimal(case["annual_run_cost"]), currency),
        starts=date.fromisoformat(case["starts_on"]),
        ramp_months=case["ramp_months"],
        horizon_years=case["horizon_years"],
    )


def terms_of(kpi: Document) -> Terms:
    """What was promised of one KPI of the document."""
    return Terms(
        direction=kpi["direction"],
        baseline=Decimal(kpi["baseline"]),
        target=Decimal(kpi["target"]),
        target_date=date.fromisoformat(kpi["target_date"]),
        start=date.fromisoformat(kpi["starts_on"]),
        cadence=kpi["cadence"],
        hurdle=None if kpi["hurdle"] is None else Decimal(kpi["hurdle"]),
        grace_days=kpi["grace_days"],
    )


def worth_of(kpi: Document) -> Worth | None:
    """What a unit of it is worth; None where it stands for no money."""
    if kpi["worth"] is None:
        return None
    return Worth(Money(Decimal(kpi["worth"]), kpi["currency"]), Decimal(kpi["share"]))


def problems(case: Document, *, approver: str, owner: str) -> dict[str, str]:
    """Why nobody could approve it as it stands, by field; empty when somebody could."""
    found = {name: NEEDED[name] for name in ("price_year", "starts_on") if not case[name]}
    if not approver:
        found["approver"] = NEEDED["approver"]
    elif approver == owner:
        found["approver"] = "somebody else than the owner of the use case"
    if not case["kpis"]:
        found["kpis"] = NEEDED["kpis"]
    for kpi in case["kpis"]:
        if not kpi["starts_on"]:
            found["kpis"] = f"{kpi['name']} has no first period"
        elif kpi["currency"] not in ("", case["currency"]):
            found["kpis"] = f"{kpi['name']} is worth {kpi['currency']}, the case {case['currency']}"
    return found

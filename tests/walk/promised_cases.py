"""The same for business value: KPIs, what they were, and what was promised."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from governance.services import kpis, observations, value_cases
from lib.actor import SYSTEM
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi, make_payoff, make_value_case, observe
from tests.walk.leaving import Act, leaves

TABLE: Final = b"kpi,period,value\nhours,2026-01,7\n"


@leaves("governance.kpis.create_kpi", "kpi.create")
def create_kpi(bank: Bank) -> Act:
    return lambda: make_kpi(bank)


@leaves("governance.kpis.change_kpi", "kpi.change")
def change_kpi(bank: Bank) -> Act:
    kpi = make_kpi(bank)
    return lambda: kpis.change_kpi(kpi, target=Decimal(2), reason="too hard", actor=SYSTEM)


@leaves("governance.observations.record_observation", "observation.record")
def record_observation(bank: Bank) -> Act:
    kpi = make_kpi(bank)
    return lambda: observe(kpi, "2026-01", 7, source="ledger")


@leaves("governance.observations.verify_observation", "observation.verify")
def verify_observation(bank: Bank) -> Act:
    row = observe(make_kpi(bank), "2026-01", 7)
    return lambda: observations.verify_observation(row, actor=bank.people.bo.actor, note="ledger")


@leaves(
    "governance.observations.take_table",
    "artifact.store",
    "observation.upload",
    "observation.record",
)
def take_table(bank: Bank) -> Act:
    make_kpi(bank)
    return lambda: observations.take_table(
        bank.use_case, data=TABLE, file_name="may.csv", keep="all", actor=SYSTEM
    )


@leaves("governance.value_cases.set_value_case", "value_case.set")
def set_value_case(bank: Bank) -> Act:
    make_kpi(bank)
    return lambda: make_value_case(bank)


@leaves("governance.value_cases.approve_value_case", "value_case.approve")
def approve_value_case(bank: Bank) -> Act:
    digest, bo = make_value_case(bank), bank.people.bo.actor
    return lambda: value_cases.approve_value_case(
        bank.use_case, digest=digest, reason="The board agreed.", actor=bo
    )


@leaves("governance.payoffs.state_payoff", "payoff.state")
def state_payoff(bank: Bank) -> Act:
    return lambda: make_payoff(bank)

"""A use case that meets the criteria of its phases, as tests need it."""

from __future__ import annotations

from typing import Any, Final

from governance.models import PayoffMatrix, Plan, Readiness, Release
from governance.services import readiness, use_cases, value_cases
from governance.value.dials import dials
from governance.value.phases import READY
from tests.by_hand import by_hand
from tests.governance.make import ROBOT, Bank
from tests.governance.make_value import make_value_case

TEXTS: Final = {
    "why": "It loses applicants who wait.",
    "decision_maker": "The head of lending",
    "domain_experts": "Two underwriters",
    "success": "Half the hours",
    "trust_hypothesis": "Nobody is refused for who they are",
    "workflow": "Clerks look at what is close",
    "protection": "Kept for two years",
}


def make_plan(bank: Bank, **fields: Any) -> Plan:
    """Everything that a plan holds, and what the use case itself says beside it."""
    use_cases.describe(bank.use_case, hypothesis="Faster", users="Clerks", actor=ROBOT)
    levels = {dial.component: 0 for dial in dials()}
    fields = TEXTS | {"product_manager": bank.people.petra, "dials": levels} | fields
    with by_hand():
        return Plan.objects.create(use_case=bank.use_case, **fields)


def make_payoff(bank: Bank) -> PayoffMatrix:
    amounts = {"true_positive": 100, "false_positive": -900, "false_negative": -50}
    said = {"reason": "The ledger of 2025.", "stated_by": "robot", "stated_name": "CI robot"}
    with by_hand():
        return PayoffMatrix.objects.create(
            use_case=bank.use_case, number=1, currency="EUR", true_negative=0, **amounts, **said
        )


def approve_case(bank: Bank) -> None:
    value_cases.approve_value_case(
        bank.use_case,
        digest=make_value_case(bank),
        reason="The board agreed on the 3rd.",
        actor=bank.people.bo.actor,
    )


def ready(release: Release, area: str, who: Any, *, is_ready: bool = True) -> Readiness:
    return readiness.state_ready(
        release, area=area, is_ready=is_ready, note="Looked at it.", actor=who.actor
    )


def all_ready(release: Release, who: Any) -> None:
    for area in READY:
        ready(release, area, who)

"""A plan as tests need it."""

from __future__ import annotations

from typing import Any, Final

from governance.models import Plan
from governance.services import plans
from lib.actor import Actor
from tests.governance.make import ROBOT, Bank

RACE: Final = {"attribute": "race", "reference": "white"}
OFF: Final = dict.fromkeys(
    ["fairness", "robustness", "privacy", "security", "accountability", "explainability"], 0
)


def set_plan(bank: Bank, *, by: Actor = ROBOT, **fields: Any) -> Plan:
    return plans.set_plan(bank.use_case, actor=by, **fields)


def fair(bank: Bank, level: int = 2, **fields: Any) -> Plan:
    """The fairness dial at ``level``, by race."""
    return set_plan(bank, **({"dials": {"fairness": level}, "protected": [RACE]} | fields))

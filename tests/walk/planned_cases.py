"""The same for what is planned before anything is built."""

from __future__ import annotations

from governance.services import plans
from tests.governance.make import Bank
from tests.walk.leaving import Act, leaves


@leaves("governance.plans.set_plan", "use_case.describe", "plan.set")
def set_plan(bank: Bank) -> Act:
    return lambda: plans.set_plan(
        bank.use_case,
        objective="Decide within a day",
        why="Applicants go elsewhere.",
        product_manager="petra",
        dials={"fairness": 2},
        protected=[{"attribute": "race", "reference": "white"}],
        actor=bank.people.ada.actor,
    )

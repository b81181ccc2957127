"""The same for the risk of a use case, and for what it is in law."""

from __future__ import annotations

from governance.services import classifying, risk, use_cases
from lib.actor import SYSTEM
from tests.governance.make import Bank, make_released
from tests.governance.make_risk import METHODOLOGY, assess, make_methodology
from tests.walk.leaving import Act, leaves

WHY = "It decides on credit for people."


@leaves("governance.risk.publish_methodology", "methodology.publish")
def publish_methodology(bank: Bank) -> Act:
    return lambda: risk.publish_methodology(source=METHODOLOGY, actor=SYSTEM)


@leaves("governance.risk.assess", "use_case.assess")
def assess_anew(bank: Bank) -> Act:
    make_methodology()
    return lambda: assess(bank, "medium")


@leaves("governance.use_cases.describe", "use_case.describe")
def describe(bank: Bank) -> Act:
    return lambda: use_cases.describe(bank.use_case, users="Credit officers", actor=SYSTEM)


@leaves("governance.use_cases.approve_purpose", "use_case.approve_purpose")
def approve_purpose(bank: Bank) -> Act:
    rita = bank.people.rita.actor
    return lambda: use_cases.approve_purpose(
        bank.use_case, key="review", name="Reviewing", reason=WHY, actor=rita
    )


@leaves("governance.use_cases.hand_over", "use_case.hand_over")
def hand_over(bank: Bank) -> Act:
    rita = bank.people.rita.actor
    return lambda: use_cases.hand_over(bank.use_case, owner="bo", reason=WHY, actor=rita)


@leaves("governance.classifying.determine", "use_case.determine")
def determine(bank: Bank) -> Act:
    rita = bank.people.rita.actor
    return lambda: classifying.determine(bank.use_case, is_model=True, rationale=WHY, actor=rita)


@leaves("governance.classifying.classify", "use_case.classify", "authorization.revoke")
def classify_as_prohibited(bank: Bank) -> Act:
    make_released(bank)
    rita = bank.people.rita.actor
    return lambda: classifying.classify(
        bank.use_case,
        eu_class="prohibited",
        articles="Art. 5(1)(c)",
        rationale=WHY,
        actor=rita,
    )

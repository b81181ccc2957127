"""The bank around the model: its use case, what the model promised, and what came of it.

The people, the amounts and the KPI figures are made up; the applications and the models are real.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from registering import MODEL, PURPOSE, USE_CASE

USE_CASE_BODY: dict[str, Any] = {
    "slug": USE_CASE,
    "name": "Mortgage lending",
    "objective": "Decide most mortgage applications within a day, on the same grounds for all",
    "hypothesis": "A model that underwriters can question decides faster than they do and as well, "
    "and approves applicants who are not white at no less than four fifths of the rate of "
    "applicants who are white",
    "users": "Underwriters of retail lending, who see what it recommends and why, and decide",
    "archetype": "scoring",
    "business_unit": "retail-lending",
    "owner": "ada",
    "tier": 1,
    "purposes": [{"key": PURPOSE, "name": "Deciding on mortgage applications"}],
}
# The bank's answers to the questionnaire that ships (governance/risk_methodologies/house.yaml).
RISK_ANSWERS = {
    "materiality": "high",
    "exposure": "direct",
    "autonomy": "confirmed",
    "complexity": "moderate",
    "regulation": "specific",
}
DETERMINATION = {
    "is_model": True,
    "rationale": "Estimates from past applications whether one will be approved, with uncertainty.",
}
CLASSIFICATION = {
    "preset": "credit_scoring",
    "rationale": "It weighs whether a person gets a mortgage, which is creditworthiness.",
}
MODEL_BODY = {
    "name": MODEL,
    "use_case": USE_CASE,
    "description": "Recommends whether to approve a mortgage application",
    "owner": "ada",
    "validator": "ravi",
    "task": "binary",
}
VALUE_CASE = {
    "currency": "USD",
    "promised_annual_benefit": "1450000.00",
    "investment": "620000.00",
    "annual_run_cost": "180000.00",
    "narrative": "Two thirds of the benefit are underwriters' hours, one third applicants who no "
    "longer leave for a faster lender. Falls short if over four in ten decisions are reviewed.",
}
# A yes is right when underwriters had approved as well. Invented, like all amounts here.
PAYOFFS = {
    "currency": "USD",
    "true_positive": "1900",
    "false_positive": "-9500",
    "false_negative": "-650",
    "true_negative": "40",
    "meaning": "The mortgage is recommended for approval",
    "cases_a_year": 12000,
    "reason": "Margin over the life of a loan less funding; expected loss on loans that "
    "underwriters would have refused; applicants who leave while a person looks again; an hour of "
    "work saved.",
}


def kpis(today: date) -> list[dict[str, Any]]:
    """Each KPI with ten months of values, oldest first."""
    target_date = (today + timedelta(days=180)).isoformat()
    return [
        {
            "key": key,
            "name": name,
            "unit": unit,
            "direction": direction,
            "baseline": str(baseline),
            "target": str(target),
            "target_date": target_date,
            "cadence": "monthly",
            "values": values,
        }
        for key, name, unit, direction, baseline, target, values in (
            ("time_to_decision", "Time to decision", "days", "down", 12.0, 4.0,
             (11.8, 11.9, 11.1, 9.6, 8.9, 8.2, 7.7, 7.9, 6.8, 6.1)),
            ("decided_without_rework", "Decided without rework", "%", "up", 61.0, 80.0,
             (60.5, 61.4, 62.8, 66.0, 68.1, 67.2, 70.9, 72.4, 73.0, 74.6)),
            ("cost_per_application", "Cost per application", "USD", "down", 412.0, 300.0,
             (410, 414, 409, 398, 391, 388, 379, 383, 376, 371)),
        )
    ]  # fmt: skip


def months_before(today: date, count: int) -> list[str]:
    """The last ``count`` whole months, oldest first: 2026-03."""
    last = today.year * 12 + today.month - 2
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - count + 1, last + 1)]

"""What mortgage lending promises: its plan, KPIs with a year of figures, amounts of decisions.

The amounts, the figures and the sentences are made up; they fit each other.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any

MONTHS = 12
PLAN: dict[str, Any] = {
    "why": "Applicants wait twelve days for an answer and one in nine leaves meanwhile. The board "
    "wants four days, without lending to whom the bank would have refused.",
    "decision_maker": "Head of retail lending; decides on limits and on switching it off",
    "domain_experts": "Two senior underwriters and the fair-lending counsel, every second week",
    "product_manager": "petra",
    "success": "Four days at the median, four in five decided without rework, no group approved "
    "less than four fifths as often as applicants who are white, complaints at five in 1,000.",
    "trust_hypothesis": "Without race among the inputs and with the mitigated training, approval "
    "rates stay within four fifths; an underwriter sees the three reasons that weighed most and "
    "reviews each refusal.",
    "dials": {
        "fairness": 1,  # the four fifths stand in the policy for credit
        "robustness": 1,
        "privacy": 1,
        "security": 1,
        "accountability": 1,
        "explainability": 2,
    },
    "protected": [{"attribute": "race", "reference": "white"}],
    "workflow": "Underwriters no longer key in applications: they read the recommendation with its "
    "reasons, confirm approvals in the lending system and decide all refusals themselves. Two days "
    "of training; the team leads sit in for a month.",
    "protection": "Race is kept apart from the application and is read by the fairness checks "
    "alone. Applications are deleted after seven years; nobody outside lending sees one.",
}
# A yes is right when underwriters had approved as well.
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
APPROVED = "The lending committee takes the promise as it stands; a look at it every half year."
READY = {
    "model": "Version, container and threshold are those that were validated; smoke test passed.",
    "data": "The nightly feed delivered all 13 columns for 30 days; late rows raise an alarm.",
    "infrastructure": "Two nodes, load-tested at five times the busiest hour; watched by the desk.",
    "systems": "The lending system shows the recommendation and its reasons; rolled back in a run.",
    "people": "All 46 underwriters were trained; four asked for a second session and had it.",
}
VERIFIED = ("time_to_decision", "cost_per_application")
"""KPIs whose figures somebody held against their source."""
REVIEW = (
    "The first year is short of the promise: growth took longer than nine months, and it has not "
    "paid back. It gains by the month, at shares that the control group bears out, so it goes on. "
    "Complaints are above the hurdle for two months; the product manager looks into the letters "
    "and reports before the next review."
)


def _levels(baseline: int, target: int, hurdle: int) -> dict[str, Any]:
    return {"baseline": str(baseline), "target": str(target), "hurdle": str(hurdle)}


def _worth(unit: str, share: str, attribution: str) -> dict[str, Any]:
    """Of one unit through a month, and how much of it is the model's."""
    return {"worth": unit, "currency": "USD", "share": share, "attribution": attribution}


KPIS: list[dict[str, Any]] = [
    {
        "key": "time_to_decision",
        "name": "Time to decision",
        "definition": "Median days from a complete application to the answer.",
        "category": "customer",
        "unit": "days",
        "direction": "down",
        **_levels(12, 4, 8),
        **_worth("9500", "0.6", "before_after"),
        "values": (11.8, 11.9, 11.1, 9.6, 8.9, 8.2, 7.7, 7.9, 6.8, 6.1, 5.8, 5.5),
    },
    {
        "key": "decided_without_rework",
        "name": "Decided without rework",
        "definition": "Applications that no underwriter sent back, of all that were decided.",
        "category": "people",
        "unit": "%",
        "direction": "up",
        **_levels(61, 80, 68),
        **_worth("2600", "1", "before_after"),
        "values": (60.5, 61.4, 62.8, 66.0, 68.1, 67.2, 70.9, 72.4, 73.0, 74.6, 75.4),
    },
    {
        "key": "cost_per_application",
        "name": "Cost per application",
        "definition": "Hours of underwriting times their rate, by application decided.",
        "category": "cost",
        "unit": "USD",
        "direction": "down",
        **_levels(412, 300, 400),
        **_worth("1000", "0.8", "control"),
        "values": (410, 414, 409, 398, 391, 388, 379, 383, 376, 371, 368, 366),
    },
    {
        "key": "complaints",
        "name": "Complaints",
        "definition": "Letters about a decision, in 1,000 decisions.",
        "category": "customer",
        "unit": "per 1,000",
        "direction": "down",
        **_levels(9, 5, 7),
        "values": (9.1, 8.8, 8.4, 7.9, 7.2, 6.8, 6.6, 6.9, 6.7, 6.9, 7.4, 7.6),
    },
]


def value_case(today: date) -> dict[str, Any]:
    """What a year of it is worth and costs; the promise began a year ago."""
    starts = first_month(today)
    return {
        "currency": "USD",
        "price_year": starts.year,
        "promised_annual_benefit": "1450000.00",
        "investment": "620000.00",
        "annual_run_cost": "180000.00",
        "starts_on": starts.isoformat(),
        "ramp_months": 9,
        "horizon_years": 3,
        "approver": "bo",
        "narrative": "A third of the benefit are underwriters' hours, a third applicants who no "
        "longer leave for a faster lender, a third files that are not done twice. Falls short if "
        "over four in ten decisions are reviewed.",
    }


def kpis(today: date) -> list[dict[str, Any]]:
    """Each KPI with a year of values, oldest first; the last of one is not in yet."""
    return [kpi | _shared(today) for kpi in KPIS]


def _shared(today: date) -> dict[str, Any]:
    return {
        "baseline_window": "the year before",
        "baseline_source": "Lending operations report",
        "target_date": (today + timedelta(days=180)).isoformat(),
        "starts_on": first_month(today).isoformat(),
        "grace_days": 10,
        "cadence": "monthly",
        "owner": "petra",
    }


def months(today: date) -> list[date]:
    """The first days of the last twelve whole months, oldest first."""
    last = today.year * 12 + today.month - 2
    return [date(each // 12, each % 12 + 1, 1) for each in range(last - MONTHS + 1, last + 1)]


def first_month(today: date) -> date:
    return months(today)[0]


def figures(today: date) -> str:
    """The year of all KPIs as a CSV file."""
    file = StringIO()
    write = csv.writer(file).writerow
    write(["kpi", "period", "value", "unit", "source"])
    for kpi in kpis(today):
        for month, value in zip(months(today), kpi["values"], strict=False):
            write([kpi["key"], f"{month:%Y-%m}", value, kpi["unit"], kpi["baseline_source"]])
    return file.getvalue()

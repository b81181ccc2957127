"""The bank around the model: its use case, and what that is in risk and in law.

The people are made up; the applications and the models are real.
"""

from __future__ import annotations

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

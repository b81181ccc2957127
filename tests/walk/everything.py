"""Every scenario: they register themselves when they are imported."""

from tests.walk import (  # noqa: F401
    between,
    cases,
    phases_cases,
    planned_cases,
    promised_cases,
    promises,
    risk_cases,
    scenarios,
    scenarios_files,
    scenarios_mlflow,
    shared_cases,
    telling_cases,
)

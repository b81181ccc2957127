"""How governed things are named in the audit trail."""

from __future__ import annotations

from audit.subjects import Subject
from governance.models import (
    KPI,
    Authorization,
    Explanation,
    Finding,
    Methodology,
    Policy,
    Release,
    UseCase,
)
from registry.models import ModelVersion


def of_use_case(use_case: UseCase) -> Subject:
    return Subject("use_case", use_case.slug, use_case.name)


def of_methodology(methodology: Methodology) -> Subject:
    return Subject("methodology", str(methodology.number), str(methodology))


def of_policy(policy: Policy) -> Subject:
    return Subject("policy", policy.slug, policy.title)


def of_release(release: Release) -> Subject:
    return Subject("release", str(release.id), release.label)


def of_version(version: ModelVersion) -> Subject:
    return Subject("model_version", version.key, version.label)


def of_authorization(authorization: Authorization) -> Subject:
    return Subject("authorization", authorization.digest, authorization.digest[:12])


def of_kpi(kpi: KPI) -> Subject:
    return Subject("kpi", str(kpi.id), kpi.name)


def of_explanation(explanation: Explanation) -> Subject:
    """By what it explains; whom it is about stands nowhere."""
    return Subject(
        "explanation", str(explanation.id), f"one decision of {explanation.version.label}"
    )


def of_finding(finding: Finding) -> Subject:
    return Subject("finding", str(finding.number), finding.label)


def of_calendar() -> Subject:
    return Subject("calendar", "business", "business calendar")

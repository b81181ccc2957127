"""The roles a new installation starts with. From then on they are rows."""

from __future__ import annotations

from dataclasses import dataclass

READ = ("registry.read", "governance.read", "verdict.read")
# Explaining one decision takes the data of one person, so only those do it who answer complaints:
# the business line whose customer it is, the owner who answers for the model, and the second line
# that examines appeals. Auditors read what was answered.
EXPLAIN = ("explanation.read", "explanation.make")
PERMISSIONS: dict[str, str] = {
    "registry.read": "see models, versions, datasets, runs, deployments and lineage",
    "registry.write": "register models, versions, datasets, runs and artefacts",
    "deployment.record": "say what runs where",
    "governance.read": "see use cases, policies, releases, evidence and value",
    "use_case.write": "create and change use cases and their value case",
    "policy.write": "draft policies, and take drafts back",
    "policy.publish": "publish policies that somebody else drafted",
    "release.request": "ask for, revise and withdraw releases",
    "validation.cancel": "stop the checks of a release while they run",
    "decision.sign": "fill a decision slot, as far as the rules allow",
    "promise.answer": "say that what was asked of you is done: findings and conditions you own",
    "finding.raise": "raise findings, and close what somebody else mended",
    "calendar.manage": "say which days are no business days",
    "authorization.revoke": "end an authorization at once",
    "explanation.read": "see explanations of single decisions, with the data they are about",
    "explanation.make": "have a single decision explained, for a complaint or an appeal",
    "value.record": "record KPI observations",
    "verdict.read": "ask whether an artefact may run",
    "audit.read": "read the audit trail",
    "audit.export": "download bundles of the audit trail",
    "log.manage": "change the log's keys; no role carries it, the server's shell does",
    "people.manage": "create people and assign roles",
    "token.manage": "issue and revoke service tokens",
    "webhook.manage": "say which addresses outside are told of events",
    "operations.read": "see queues, workers and health",
    "operations.manage": "try failed work again, put it aside, wake workers",
}
FOR_PEOPLE = frozenset(
    {
        "decision.sign",
        "policy.publish",
        "authorization.revoke",
        "people.manage",
        "token.manage",
    }
)
"""What is decided by somebody who answers for it: a machine's key reads and requests."""


@dataclass(frozen=True, slots=True)
class RoleSpec:
    key: str
    name: str
    line: int | None
    permissions: tuple[str, ...]


SPECS = (
    RoleSpec(
        "owner",
        "Model owner",
        1,
        (
            *READ,
            *EXPLAIN,
            "registry.write",
            "deployment.record",
            "use_case.write",
            "release.request",
            "validation.cancel",
            "value.record",
            "promise.answer",
            "audit.read",
        ),
    ),
    RoleSpec(
        "developer",
        "Model developer",
        1,
        (
            *READ,
            "registry.write",
            "release.request",
            "validation.cancel",
            "promise.answer",
            "audit.read",
        ),
    ),
    RoleSpec(
        "validator",
        "Validator",
        2,
        (
            *READ,
            *EXPLAIN,
            "policy.write",
            "decision.sign",
            "finding.raise",
            "promise.answer",
            "audit.read",
        ),
    ),
    RoleSpec(
        "officer",
        "Model risk officer",
        2,
        (
            *READ,
            *EXPLAIN,
            "decision.sign",
            "finding.raise",
            "calendar.manage",
            "webhook.manage",
            "authorization.revoke",
            "validation.cancel",
            "operations.read",
            "use_case.write",
            "policy.write",
            "policy.publish",
            "promise.answer",
            "audit.read",
            "audit.export",
        ),
    ),
    RoleSpec(
        "business",
        "Business owner",
        1,
        (
            *READ,
            *EXPLAIN,
            "decision.sign",
            "use_case.write",
            "value.record",
            "promise.answer",
            "audit.read",
        ),
    ),
    RoleSpec(
        "product",
        "Model product manager",
        1,
        (
            *READ,
            "use_case.write",
            "value.record",
            "release.request",
            "validation.cancel",
            "promise.answer",
            "audit.read",
        ),
    ),
    RoleSpec("executive", "Executive", None, READ),
    RoleSpec(
        "auditor",
        "Auditor",
        3,
        (*READ, "explanation.read", "audit.read", "audit.export", "operations.read"),
    ),
    RoleSpec(
        "operator",
        "Operator",
        None,
        (
            *READ,
            "people.manage",
            "token.manage",
            "webhook.manage",
            "validation.cancel",
            "operations.read",
            "operations.manage",
            "audit.read",
        ),
    ),
    RoleSpec(
        "ci",
        "CI pipeline",
        None,
        (*READ, "registry.write", "deployment.record", "release.request", "validation.cancel"),
    ),
)

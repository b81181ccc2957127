"""What stands in the rows, read column by column: no property or method of a model is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextField
from django.db.models.functions import MD5, Cast

from accounts.models import RoleAssignment
from audit.models import Entry
from governance import models
from registry.models import Alias, RegisteredModel

Row = dict[str, Any]
Rows = dict[str, Row]


@dataclass(frozen=True)
class Seen:
    """Rows by key. Of people there are names, of what is long there are digests."""

    releases: Rows = field(default_factory=dict)
    decisions: Rows = field(default_factory=dict)
    authorizations: Rows = field(default_factory=dict)
    stops: Rows = field(default_factory=dict)
    waivers: Rows = field(default_factory=dict)
    questions: Rows = field(default_factory=dict)
    findings: Rows = field(default_factory=dict)
    conditions: Rows = field(default_factory=dict)
    delegations: Rows = field(default_factory=dict)
    emergencies: Rows = field(default_factory=dict)
    reviews: Rows = field(default_factory=dict)
    readiness: Rows = field(default_factory=dict)
    policies: Rows = field(default_factory=dict)
    requirements: Rows = field(default_factory=dict)
    aliases: Rows = field(default_factory=dict)
    models: Rows = field(default_factory=dict)
    use_cases: Rows = field(default_factory=dict)
    purposes: Rows = field(default_factory=dict)
    roles: Rows = field(default_factory=dict)
    issues: dict[str, int] = field(default_factory=dict)
    """Authorization -> how many entries tell of its issue."""


_RELEASE = (
    "id", "number", "state", "revision", "tier", "requirement_set_id", "evidence_digest",
    "version_id", "version_digest", "environment__name", "purpose__key", "version__model__name",
    "use_case__slug", "requested_at", "due_at", "closed_at",
)  # fmt: skip
_DECISION = (
    "id", "release_id", "revision", "slot", "outcome", "signer__username", "for_whom__username",
    "version_digest", "requirement_digest", "tier", "evidence_digest", "signed_at",
)  # fmt: skip
_AUTHORIZATION = (
    "digest", "release_id", "state", "kind", "version_id", "version_digest", "model__name",
    "environment__name", "environment__protected", "purpose__key", "document", "limits",
    "issued_at", "expires_at", "ended_at", "review_due_at", "review_grace_days",
)  # fmt: skip
_WAIVER = (
    "id", "number", "release_id", "version_id", "gate", "state", "days",
    "requested_by__username", "decided_by__username", "decided_at", "expires_at",
)  # fmt: skip
_QUESTION = ("id", "number", "release_id", "state", "blocking", "asked_by__username")
_FINDING = (
    "id", "number", "state", "severity", "version_id", "model__name", "owner__username", "due_on",
    "cause",
)  # fmt: skip
_CONDITION = (
    "id", "number", "release_id", "decision__revision", "state", "due_at", "owner__username",
    "verified_by__username",
)  # fmt: skip
_DELEGATION = (
    "id", "delegator__username", "delegate__username", "role", "starts_at", "ends_at", "ended_at",
)  # fmt: skip
_EMERGENCY = ("id", "release_id", "state", "asked_by__username", "decided_by__username")
_REVIEW = (
    "id", "authorization_id", "state", "asked_by__username", "approved_by__username",
    "decided_by__username",
)  # fmt: skip


def look() -> Seen:
    """Everything, as it stands now. Nineteen queries."""
    issued = Entry.objects.filter(action="authorization.issue").values_list(
        "subject_key", flat=True
    )
    counts: dict[str, int] = {}
    for key in issued:
        counts[key] = counts.get(key, 0) + 1
    text = MD5(Cast("document", TextField()))
    return Seen(
        releases=_rows(models.Release, *_RELEASE),
        decisions=_rows(models.Decision, *_DECISION),
        authorizations=_rows(models.Authorization, *_AUTHORIZATION),
        stops=_rows(
            models.Stop, "id", "authorization_id", "code", "starts_at", "ends_at", "condition_id"
        ),
        waivers=_rows(models.Waiver, *_WAIVER),
        questions=_rows(models.Question, *_QUESTION),
        findings=_rows(models.Finding, *_FINDING),
        conditions=_rows(models.Condition, *_CONDITION),
        delegations=_rows(models.Delegation, *_DELEGATION),
        emergencies=_rows(models.EmergencyRequest, *_EMERGENCY),
        reviews=_rows(models.EmergencyReview, *_REVIEW),
        readiness=_rows(models.Readiness, "id", "release_id", "area", "is_ready"),
        policies=_rows(
            models.PolicyVersion, "id", "policy__slug", "number", "state", "digest", "created_by",
            "published_by", text=text,
        ),
        requirements=_rows(models.RequirementSet, "digest", "document", text=text),
        aliases=_rows(Alias, "id", "model__name", "name", "version_id", "protected"),
        models=_rows(RegisteredModel, "name", "owner__username", "use_case"),
        use_cases=_rows(models.UseCase, "slug", "owner__username", "tier", "business_unit"),
        purposes=_rows(models.Purpose, "id", "key", "use_case__slug"),
        roles=_rows(RoleAssignment, "id", "user__username", "role_id", "scope_key"),
        issues=counts,
    )  # fmt: skip


def _rows(model: Any, key: str, *names: str, **computed: Any) -> Rows:
    found = model.objects.annotate(**computed).order_by()
    return {str(row[key]): row for row in found.values(key, *names, *computed)}

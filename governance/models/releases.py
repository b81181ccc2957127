"""The case "put this version into this environment for this purpose", and its gates."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from governance.models.policies import RequirementSet
from governance.models.use_cases import Purpose, UseCase, scope_filter
from lib.actor import Actor, Scope
from registry.models import Environment, ModelVersion


class ReleaseState(models.TextChoices):
    VALIDATING = "validating", "Validating"
    BLOCKED = "blocked", "Blocked"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    RELEASED = "released", "Released"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATES = (
    ReleaseState.VALIDATING,
    ReleaseState.BLOCKED,
    ReleaseState.IN_REVIEW,
    ReleaseState.CHANGES_REQUESTED,
)


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(
            scope_filter(
                actor,
                "governance.read",
                slug="use_case__slug",
                unit="use_case__business_unit",
            )
        )

    def with_names(self) -> Self:
        """Everything that a line about a release shows, in one query."""
        return self.select_related(
            "version__model", "environment", "purpose", "use_case__owner", "requester"
        )


class Release(models.Model):
    """Pins version digest, requirement set, tier and evidence; a new revision when one changes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, help_text="For people: R-12.")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="releases")
    version_digest = models.CharField(max_length=64)
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="releases")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="releases")
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="releases")
    tier = models.PositiveSmallIntegerField()
    requirement_set = models.ForeignKey(
        RequirementSet, on_delete=models.PROTECT, related_name="releases"
    )
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(
        max_length=20, choices=ReleaseState, default=ReleaseState.VALIDATING, db_index=True
    )
    evidence = models.JSONField(default=dict, help_text="The evidence manifest: name -> digest.")
    evidence_digest = models.CharField(max_length=64, blank=True)
    requester_kind = models.CharField(max_length=10)
    requester_pseudonym = models.CharField(max_length=64)
    requester_name = models.CharField(max_length=200)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="requested_releases",
    )
    stakes = models.JSONField(
        default=dict,
        help_text="Pseudonyms of all who asked for a revision, and of the owners at that time.",
    )
    reason = models.TextField(blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    review_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="release_state", condition=models.Q(state__in=ReleaseState.values)
            ),
            models.UniqueConstraint(
                "version",
                "environment",
                "purpose",
                name="release_once_while_open",
                condition=models.Q(state__in=OPEN_STATES),
            ),
        ]
        indexes = [GinIndex(fields=["stakes"], name="release_stakes", opclasses=["jsonb_path_ops"])]

    def __str__(self) -> str:
        return f"{self.label}: {self.version.label} → {self.environment.name}"

    @property
    def label(self) -> str:
        return f"R-{self.number}"

    @property
    def scopes(self) -> tuple[Scope, ...]:
        return self.use_case.scopes

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class GateState(models.TextChoices):
    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class Gate(models.Model):
    """One requirement of one revision of a release, and whether it is open, with reasons."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="gates")
    revision = models.PositiveIntegerField()
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=GateState, default=GateState.PENDING)
    verdict = models.CharField(max_length=14, blank=True)
    reasons = models.JSONField(default=list)
    requirement = models.JSONField(default=dict)
    source = models.CharField(max_length=200, blank=True, help_text="Which policy asks for it.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("release", "revision", "key", name="gate_once"),
            models.CheckConstraint(
                name="gate_state", condition=models.Q(state__in=GateState.values)
            ),
        ]

    def __str__(self) -> str:
        return self.title

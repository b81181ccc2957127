"""Defects of a model, to be mended by a day."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from governance.models.releases import Release
from governance.models.use_cases import UseCase, scope_filter
from lib.actor import Actor
from registry.models import ModelVersion, RegisteredModel


class Severity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class FindingState(models.TextChoices):
    OPEN = "open"
    PLANNED = "planned"
    REBUTTED = "rebutted"
    RESOLVED = "resolved"
    CLOSED = "closed"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(
            scope_filter(
                actor,
                "governance.read",
                slug="use_case__slug",
                unit="use_case__business_unit",
            )
        )


class Finding(models.Model):
    """What is wrong with a model, or with one version of it, and who mends it by when.

    It is closed by somebody who neither owns nor resolved it, and rebutted once at most.
    """

    number = models.PositiveIntegerField(unique=True, help_text="For people: F-12.")
    model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="findings")
    version = models.ForeignKey(
        ModelVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="findings",
        help_text="None: every version of the model.",
    )
    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="findings")
    release = models.ForeignKey(
        Release, null=True, on_delete=models.PROTECT, related_name="findings", help_text="Where."
    )
    cause = models.CharField(
        max_length=40, default="review", help_text="What raised it: review, emergency, deployment."
    )
    title = models.CharField(max_length=200)
    text = models.TextField()
    severity = models.CharField(max_length=10, choices=Severity)
    state = models.CharField(
        max_length=10, choices=FindingState, default=FindingState.OPEN, db_index=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="findings"
    )
    due_on = models.DateField()
    plan = models.TextField(blank=True)
    raised_by = models.CharField(max_length=64, help_text="The actor's pseudonym.")
    raised_at = models.DateTimeField()
    resolved_by = models.CharField(max_length=64, blank=True)
    rebutted_at = models.DateTimeField(null=True, help_text="Once in its life.")
    closed_at = models.DateTimeField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="finding_state", condition=models.Q(state__in=FindingState.values)
            ),
            models.CheckConstraint(
                name="finding_severity", condition=models.Q(severity__in=Severity.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.title}"

    @property
    def label(self) -> str:
        return f"F-{self.number}"

    @property
    def is_overdue(self) -> bool:
        """By the clock: its day is over and it is not closed."""
        return self.state != FindingState.CLOSED and self.due_on < timezone.localdate()


class FindingNote(models.Model):
    """What happened to a finding, in the words of who did it. Append-only."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    state = models.CharField(max_length=10, choices=FindingState, help_text="What it became.")
    text = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.state}"

"""Exceptions for a while, approved by somebody else."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.lookups import LessThanOrEqual

from governance.models.releases import Release
from registry.models import ModelVersion


class WaiverState(models.TextChoices):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Waiver(models.Model):
    """One requirement of one version that need not be met until a day (R9). Never renewed: the
    next one is a new request. Its end is read from the clock."""

    number = models.PositiveIntegerField(unique=True, help_text="For people: W-12.")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="waivers")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="waivers")
    gate = models.CharField(max_length=160, help_text="The requirement's key among the gates.")
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=WaiverState, default=WaiverState.REQUESTED, db_index=True
    )
    days = models.PositiveSmallIntegerField(help_text="As asked for, within the policy's most.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="waivers_requested"
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="waivers_decided",
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    statement = models.TextField(blank=True, help_text="The words that it was decided with.")
    end_statement = models.TextField(blank=True, help_text="The words that it was revoked with.")
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="waiver_state", condition=models.Q(state__in=WaiverState.values)
            ),
            models.CheckConstraint(
                name="waiver_granted_until",
                condition=~models.Q(state="granted") | models.Q(expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="waiver_by_somebody_else",
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("requested_by")),
            ),
            models.CheckConstraint(
                name="waiver_no_longer_than_decided",
                condition=models.Q(expires_at__isnull=True)
                | models.Q(ended_at__isnull=False)
                | models.Q(
                    LessThanOrEqual(
                        models.F("expires_at") - models.F("decided_at"),
                        models.ExpressionWrapper(
                            models.F("days") * models.Value(timedelta(days=1)),
                            models.DurationField(),
                        ),
                    ),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                "version",
                "release",
                "gate",
                name="waiver_asked_once",
                condition=models.Q(state="requested"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.gate}"

    @property
    def label(self) -> str:
        return f"W-{self.number}"

"""Strings attached to an approval."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from governance.models.decisions import Decision
from governance.models.releases import Release


class ConditionState(models.TextChoices):
    OPEN = "open"
    MET = "met"
    VERIFIED = "verified"
    DROPPED = "dropped"


class Condition(models.Model):
    """What has to be done by a day for the authorization to hold on. Past that day, and not
    verified by somebody who does not own it, the authorization allows nothing (R10)."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="conditions")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField(help_text="Within the release, from 1.")
    text = models.TextField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conditions"
    )
    state = models.CharField(
        max_length=10, choices=ConditionState, default=ConditionState.OPEN, db_index=True
    )
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    met_with = models.TextField(blank=True, help_text="What shows that it was done.")
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["release", "number"]
        constraints = [
            models.UniqueConstraint("release", "number", name="condition_number"),
            models.CheckConstraint(
                name="condition_state", condition=models.Q(state__in=ConditionState.values)
            ),
            models.CheckConstraint(
                name="condition_verified_by_somebody_else",
                condition=models.Q(verified_by__isnull=True)
                | ~models.Q(verified_by=models.F("owner")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release.label} condition {self.number}"

"""What happens to an authorization between its issue and its end."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from governance.models.authorizations import Authorization
from governance.models.findings import Finding
from governance.models.releases import Release


class Certification(models.TextChoices):
    """What a review comes to."""

    CONTINUE = "continue", "Continue"
    MODIFY = "modify", "Modify"
    RETRAIN = "retrain", "Retrain"
    RESTRICT = "restrict", "Restrict"
    RETIRE = "retire", "Retire"


class Recertification(models.Model):
    """A review of something that runs: what came of it, and when the next one is due."""

    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="recertifications"
    )
    outcome = models.CharField(max_length=10, choices=Certification)
    rationale = models.TextField()
    was_due_at = models.DateTimeField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recertifications"
    )
    reviewed_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, help_text="None when it was retired.")
    restrictions = models.JSONField(default=list, help_text="[{key, value, text}] added by it.")
    value = models.JSONField(
        default=dict, help_text="How its use case stood against its promise; see reviewing_value."
    )

    class Meta:
        ordering = ["reviewed_at"]
        constraints = [
            models.CheckConstraint(
                name="recertification_outcome", condition=models.Q(outcome__in=Certification.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.authorization_id}"


class EmergencyRequestState(models.TextChoices):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


class EmergencyRequest(models.Model):
    """One person asks that an open release run before its gates are open; a second decides."""

    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="emergency_requests"
    )
    incident = models.CharField(max_length=120, help_text="As the firm's own records name it.")
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=EmergencyRequestState, default=EmergencyRequestState.ASKED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    statement = models.TextField(blank=True, help_text="The words that were signed.")

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                name="emergency_request_state",
                condition=models.Q(state__in=EmergencyRequestState.values),
            ),
            models.CheckConstraint(
                name="emergency_request_takes_two",
                condition=models.Q(decided_by=None) | ~models.Q(asked_by=models.F("decided_by")),
            ),
            models.UniqueConstraint(
                "release",
                name="emergency_asked_once",
                condition=models.Q(state=EmergencyRequestState.ASKED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident}: {self.state}"


class EmergencyState(models.TextChoices):
    OPEN = "open"
    RATIFIED = "ratified"
    REFUSED = "refused"


class EmergencyReview(models.Model):
    """Opened with every emergency authorization, together with its finding."""

    authorization = models.OneToOneField(
        Authorization, on_delete=models.PROTECT, related_name="emergency"
    )
    request = models.OneToOneField(
        EmergencyRequest, null=True, on_delete=models.PROTECT, related_name="review"
    )
    incident = models.CharField(max_length=120, help_text="As the firm's own records name it.")
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=EmergencyState, default=EmergencyState.OPEN, db_index=True
    )
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="emergency")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    statement = models.TextField(blank=True, help_text="The words that were signed.")

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                name="emergency_state", condition=models.Q(state__in=EmergencyState.values)
            ),
            models.CheckConstraint(
                name="emergency_takes_two", condition=~models.Q(asked_by=models.F("approved_by"))
            ),
            models.CheckConstraint(
                name="emergency_looked_at_by_a_third",
                condition=models.Q(decided_by__isnull=True)
                | (
                    ~models.Q(decided_by=models.F("asked_by"))
                    & ~models.Q(decided_by=models.F("approved_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"emergency {self.incident}"

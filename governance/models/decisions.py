"""What people signed. A decision is written once and never touched again."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models

from governance.models.releases import Release


class Outcome(models.TextChoices):
    APPROVE = "approve", "Approved"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions", "Approved with conditions"
    ABSTAIN = "abstain", "Abstained"
    REJECT = "reject", "Rejected"
    REQUEST_CHANGES = "request_changes", "Changes requested"


class Meaning(models.TextChoices):
    """What the signature stands for (21 CFR 11.50)."""

    APPROVAL = "approval", "Approval"
    REVIEW = "review", "Review"
    RESPONSIBILITY = "responsibility", "Responsibility"


class Decision(models.Model):
    """One person's signature in one slot, bound to the digest of exactly what they saw (R2)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="decisions")
    revision = models.PositiveIntegerField()
    slot = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    outcome = models.CharField(max_length=24, choices=Outcome)
    meaning = models.CharField(max_length=20, choices=Meaning)
    reason = models.TextField()
    statement = models.TextField(help_text="The words that were signed.")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    for_whom = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="decisions_delegated",
        help_text="Whose place the signer took, under a delegation.",
    )
    for_whom_name = models.CharField(max_length=200, blank=True)
    signer_pseudonym = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=200)
    line = models.PositiveSmallIntegerField(null=True)
    version_digest = models.CharField(max_length=64)
    requirement_digest = models.CharField(max_length=64)
    tier = models.PositiveSmallIntegerField()
    evidence_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                "release", "revision", "signer", name="decision_one_slot_per_person"
            ),
        ]
        indexes = [models.Index("signed_at", name="decision_by_time")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} by {self.signer_name}"

"""Policies as data: drafts, published versions frozen by digest, and what they add up to."""

from __future__ import annotations

from typing import Any

from django.db import models


class Policy(models.Model):
    slug = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.title


class PolicyVersion(models.Model):
    """One text of a policy. Published, it never changes again (R8; a trigger says so too)."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField(help_text="YAML, exactly as it was handed in.")
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="draft")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["policy", "-number"]
        constraints = [
            models.UniqueConstraint("policy", "number", name="policy_version_number"),
            models.CheckConstraint(
                name="policy_version_state",
                condition=models.Q(state="draft", published_at=None, withdrawn_at=None)
                | models.Q(state="published", published_at__isnull=False)
                | models.Q(state="withdrawn", withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_version_by_two",
                condition=~models.Q(state="published")
                | (~models.Q(published_by="") & ~models.Q(published_by=models.F("created_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.policy.slug} v{self.number}"


class DryRunState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class DryRun(models.Model):
    """Which released versions would not get through under this draft. A forecast, no evidence."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="dry_runs")
    state = models.CharField(max_length=10, choices=DryRunState, default=DryRunState.QUEUED)
    progress = models.FloatField(default=0.0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"dry run of {self.version_id}"


class RequirementSet(models.Model):
    """All that the matching policies demand of a release, frozen by digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def requirements(self) -> dict[str, Any]:
        document: dict[str, Any] = self.document
        return document

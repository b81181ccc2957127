"""The one table of work. A row is the queue; a Celery message only wakes somebody up."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class JobState(models.TextChoices):
    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(models.Model):
    """One piece of work: leased by one worker at a time, fenced by its attempt number."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField(null=True)
    progress = models.FloatField(null=True)
    note = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "kind",
                "key",
                name="job_once_while_open",
                condition=models.Q(state__in=[JobState.QUEUED, JobState.LEASED]),
            )
        ]
        indexes = [
            models.Index(
                "created_at",
                name="job_open",
                condition=models.Q(state__in=[JobState.QUEUED, JobState.LEASED]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

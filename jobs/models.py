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
    DISMISSED = "dismissed"


class Job(models.Model):
    """One piece of work: leased by one worker at a time, fenced by its attempt number."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    forgiven = models.PositiveIntegerField(
        default=0, help_text="Attempts that count no more: an operator had it tried again."
    )
    worker = models.CharField(max_length=40, blank=True, help_text="Who leased it last.")
    pid = models.PositiveIntegerField(
        null=True, help_text="The worker's process that holds it; none once that let go."
    )
    leased_at = models.DateTimeField(null=True)
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
            ),
            models.Index("worker", name="job_held", condition=models.Q(pid__isnull=False)),
            models.Index("finished_at", name="job_ended"),
            models.Index("finished_at", name="job_dead", condition=models.Q(state=JobState.DEAD)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def tries(self) -> int:
        """Attempts that count."""
        return self.attempt - self.forgiven


class Worker(models.Model):
    """A running worker, as it tells of itself every few seconds; gone once it has ended."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    pid = models.PositiveIntegerField()
    concurrency = models.PositiveIntegerField()
    queues = models.JSONField(default=list)
    facts = models.JSONField(default=dict, help_text="What the rooms above say of it.")
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["started_at", "id"]

    def __str__(self) -> str:
        return self.name

"""One execution of a suite, and of each check in it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from governance.models.releases import Release
from lib.canonical import PlainDecoder


class RunState(models.TextChoices):
    QUEUED = "queued"
    SCORING = "scoring"
    CHECKING = "checking"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ValidationRun(models.Model):
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="runs")
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    seed = models.PositiveIntegerField()
    progress = models.FloatField(default=0.0)
    note = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    facts = models.JSONField(default=dict, help_text="Sandbox tier, library versions, timings.")
    scores_digest = models.CharField(max_length=64, blank=True)
    explanations_digest = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint("release", "revision", name="validation_run_once"),
        ]

    def __str__(self) -> str:
        return f"validation of {self.release_id} revision {self.revision}"


class CheckState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class CheckRun(models.Model):
    """One check: its frozen parameters and threshold, then its evidence and verdict."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    run = models.ForeignKey(ValidationRun, on_delete=models.PROTECT, related_name="checks")
    key = models.CharField(max_length=160, help_text="The requirement that asks for it.")
    check_id = models.CharField(max_length=120)
    check_version = models.CharField(max_length=20)
    parameters = models.JSONField(default=dict)
    threshold = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.QUEUED)
    verdict = models.CharField(max_length=14, blank=True)
    sentence = models.TextField(blank=True)
    judgement = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict, decoder=PlainDecoder)
    evidence_digest = models.CharField(max_length=64, blank=True)
    charts = models.JSONField(default=list, help_text="[{title, alt, svg}]")
    error = models.TextField(blank=True)
    attempt = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint("run", "key", name="check_run_once")]
        indexes = [
            models.Index(  # how what is in force was judged, read from the index alone
                fields=["run"],
                include=["check_id", "verdict"],
                name="check_run_judged",
                condition=~models.Q(verdict="") & ~models.Q(threshold__has_key="recorded"),
            )
        ]

    def __str__(self) -> str:
        return self.check_id

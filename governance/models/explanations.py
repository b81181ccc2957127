"""One decision explained, for the person it was about. Personal data, so kept for a while only."""

from __future__ import annotations

from typing import Self

from django.db import models

from governance.models.use_cases import scope_filter
from jobs.models import Job
from lib.actor import Actor
from registry.models import DatasetVersion, ModelVersion
from registry.models.identifiers import uuid7

EXPLAIN = "explanation.make"
"""The kind of its job."""


class ExplanationState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(
            scope_filter(
                actor,
                "explanation.read",
                slug="version__model__use_case",
                unit="version__model__business_unit",
            )
        )

    def with_names(self) -> Self:
        """Everything that a line about an explanation shows, in one query."""
        return self.select_related("version__model", "background__dataset")


class Explanation(models.Model):
    """What was asked, of which version, and what came out.

    ``inputs`` is {values: {feature: value}} or {row: number}, counted from 0. ``salt`` opens the
    commitment that stands in the trail and goes with the row, so that nobody can check a guess
    once the explanation has expired. ``result`` is described in ``services.explained``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="explanations")
    version_digest = models.CharField(max_length=64)
    background = models.ForeignKey(
        DatasetVersion,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The validation data that the decision is held against.",
    )
    state = models.CharField(
        max_length=10, choices=ExplanationState, default=ExplanationState.QUEUED
    )
    reference = models.CharField(max_length=200, help_text="The complaint or application.")
    inputs = models.JSONField()
    salt = models.BinaryField()
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    requested_by = models.CharField(max_length=64, help_text="The actor's pseudonym.")
    requested_name = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("version", "id", name="explanation_by_version"),
            models.Index("expires_at", name="explanation_by_end"),
        ]

    def __str__(self) -> str:
        return f"explanation of {self.version_id}"

    @property
    def is_open(self) -> bool:
        return self.state in (ExplanationState.QUEUED, ExplanationState.RUNNING)

    @property
    def job(self) -> Job | None:
        """Who is at work on it, while it is open."""
        if not self.is_open:
            return None
        return Job.objects.filter(kind=EXPLAIN, key=str(self.id)).order_by("-created_at").first()

"""Runs: one execution of a job, and what went in."""

from __future__ import annotations

from django.db import models

from lib.actor import Actor
from registry.models.datasets import DatasetVersion
from registry.models.identifiers import uuid7
from registry.models.visibility import model_in_scope, sees_everything


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, actor: Actor) -> RunQuerySet:
        if sees_everything(actor):
            return self.all()
        seen = self.model.objects.filter(model_in_scope(actor, "versions__model__"))
        return self.filter(pk__in=seen.values("pk"))


class Run(models.Model):
    """One execution of a job (training, scoring, feature building). Never changes (trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    namespace = models.CharField(max_length=200)
    job = models.CharField(max_length=200)
    code_commit = models.CharField(max_length=120, blank=True)
    parameters = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(started_at=None)
                | models.Q(ended_at=None)
                | models.Q(ended_at__gte=models.F("started_at")),
                name="run_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.job}"


class RunInput(models.Model):
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="inputs")
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, related_name="run_inputs"
    )
    role = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint("run", "dataset_version", "role", name="run_input_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.role}"

"""What becomes of asking that a version be sealed. The version itself says whether it is."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q

from jobs.models import Job
from registry.models.identifiers import uuid7
from registry.models.versions import ModelVersion

SEAL: Final = "model_version.seal"
"""The kind of its job."""


class SealingState(models.TextChoices):
    WAITING = "waiting"
    FETCHING = "fetching"
    SEALED = "sealed"
    FAILED = "failed"


OPEN: Final = (SealingState.WAITING, SealingState.FETCHING)


class Sealing(models.Model):
    """One request to seal a version, and how far it has come.

    ``files`` are those that are here already, {path, digest, size}: a job that is taken up again
    fetches the others. ``given`` is {format, signature} where whoever asked said so. ``note`` says
    what a sealed version is short of; ``error`` why a failed one was not sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="sealings")
    state = models.CharField(max_length=10, choices=SealingState, default=SealingState.WAITING)
    given = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    note = models.TextField(blank=True)
    error = models.TextField(blank=True)
    requested_by = models.CharField(max_length=64, help_text="The actor's pseudonym.")
    requested_name = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "version", name="sealing_one_open", condition=Q(state__in=OPEN)
            ),
            models.CheckConstraint(
                condition=Q(state__in=SealingState.values), name="sealing_state"
            ),
        ]
        indexes = [models.Index(fields=["version", "-id"], name="sealing_by_version")]

    def __str__(self) -> str:
        return f"sealing of {self.version_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def job(self) -> Job | None:
        """Who is at work on it, while it is open."""
        if not self.is_open:
            return None
        return Job.objects.filter(kind=SEAL, key=str(self.id)).order_by("-created_at").first()

"""Exports that a worker makes: what was asked for, how far it is, and the file while it is kept."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils import timezone

from audit.ids import new_id
from jobs.models import Job


class ExportKind(models.TextChoices):
    BUNDLE = "bundle", "Bundle with its verifier"
    JSONL = "jsonl", "JSON lines"
    CSV = "csv", "CSV table"


def in_order_of_time() -> UUID:
    return new_id(timezone.now())


class Export(models.Model):
    """Neither a part of the trail nor governed: it may be lost, and asked for again. What counts
    is told by entries: that it was made, and each download."""

    id = models.UUIDField(primary_key=True, default=in_order_of_time, editable=False)
    actor_id = models.CharField(
        max_length=64, help_text="Who asked (a pseudonym), and may have it."
    )
    kind = models.CharField(max_length=10, choices=ExportKind)
    subject = models.CharField(max_length=241, blank=True, help_text="type:key; blank is all.")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    first = models.BigIntegerField(null=True, help_text="The first leaf, once it is settled.")
    end = models.BigIntegerField(null=True, help_text="The leaf after the last.")
    previous = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    entry_id = models.UUIDField(null=True, help_text="The entry that tells of it.")

    reached = models.BigIntegerField(
        null=True, help_text="Leaves below are in the unfinished file."
    )
    length = models.BigIntegerField(default=0, help_text="Bytes of it that are sure.")
    part = models.CharField(max_length=100, blank=True, help_text="The unfinished file.")

    file = models.CharField(max_length=100, blank=True, help_text="Blank before and after.")
    filename = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("actor_id", "id", name="export_by_actor")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject or 'the log'}"

    @property
    def state(self) -> str:
        """queued, running, done, failed or expired."""
        if self.file:
            return "done"
        if self.expires_at:
            return "expired"
        state = self.job.state if self.job else "dead"
        return {"queued": "queued", "leased": "running", "done": "running"}.get(state, "failed")

    @property
    def percent(self) -> int:
        if self.expires_at:
            return 100
        return int(100 * (self.job.progress or 0.0)) if self.job else 0

    @property
    def error(self) -> str:
        """What stopped it, or what is being tried again."""
        return self.job.error.partition(": ")[2] if self.job else "Its job is gone."

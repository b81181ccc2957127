"""Printed board packs: the portfolio as one person may see it, as of a day."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models

from registry.models import Artifact


class BoardPack(models.Model):
    """One printing: asked for, then an artefact, or the problem that kept it from being made.

    ``basis`` says what the person might see when they asked: with other roles they get another.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    on_day = models.DateField()
    wanted = models.JSONField(default=dict, help_text="{business_unit, currency}")
    basis = models.CharField(max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="board_packs"
    )
    asked_at = models.DateTimeField()
    artifact = models.ForeignKey(
        Artifact, null=True, on_delete=models.PROTECT, related_name="board_packs"
    )
    problem = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index("asked_by", "on_day", "basis", name="board_pack_of_person"),
        ]

    def __str__(self) -> str:
        return f"board pack of {self.on_day}"

"""Blobs, named by their SHA-256."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lib.actor import Actor
from registry.models.visibility import NOTHING, sees_everything

DIGEST = r"^[0-9a-f]{64}$"


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    def visible_to(self, actor: Actor) -> ArtifactQuerySet:
        """All rows for those who read everything. An artefact has no scope of its own, so for
        scoped roles ``services.artifacts.find`` asks who refers to one particular digest."""
        return self.all() if sees_everything(actor) else self.filter(NOTHING)


class Artifact(models.Model):
    """One stored blob. The row never changes (trigger); the bytes are checked on each read."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArtifactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=DIGEST), name="artifact_digest"),
            models.CheckConstraint(condition=Q(size__gte=0), name="artifact_size"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]

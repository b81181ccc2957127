"""Environments, and what ran in them from when to when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from lib.actor import Actor
from registry.models.identifiers import uuid7
from registry.models.versions import ModelVersion
from registry.models.visibility import model_in_scope


class Environment(models.Model):
    """Where versions run. ``rank`` orders them; ``protected`` ones need an authorization."""

    name = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField(default=0)
    protected = models.BooleanField(default=False)

    class Meta:
        ordering = ["rank", "name"]

    def __str__(self) -> str:
        return self.title


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def visible_to(self, actor: Actor) -> DeploymentQuerySet:
        return self.filter(model_in_scope(actor, "version__model__"))

    def running(self) -> DeploymentQuerySet:
        return self.filter(ended_at=None)


class Deployment(models.Model):
    """A version that runs or ran somewhere, and the authorization that covered its start.

    ``authorization_digest`` is empty when none did: a fact to be found, not to be refused.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="deployments")
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="deployments"
    )
    purpose = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    authorization_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64)

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "version",
                "environment",
                "purpose",
                condition=Q(ended_at=None),
                name="deployment_once_while_running",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="deployment_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["-started_at", "-id"], name="deployment_by_start")]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.environment_id}"

"""Datasets and their immutable versions."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from lib.actor import Actor
from registry.models.artifacts import DIGEST
from registry.models.visibility import model_in_scope, sees_everything


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def visible_to(self, actor: Actor) -> DatasetQuerySet:
        if sees_everything(actor):
            return self.all()
        seen = DatasetVersion.objects.visible_to(actor).values("dataset")
        return self.filter(pk__in=seen)


class Dataset(models.Model):
    name = models.CharField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class DatasetVersionQuerySet(models.QuerySet["DatasetVersion"]):
    def visible_to(self, actor: Actor) -> DatasetVersionQuerySet:
        """Data has no scope of its own: a scoped role sees what it registered itself and what
        the models in its scopes were made from."""
        if sees_everything(actor):
            return self.all()
        used = self.model.objects.filter(model_in_scope(actor, "uses__version__model__"))
        if not actor.may("registry.read"):
            return self.none()
        return self.filter(Q(pk__in=used.values("pk")) | Q(created_by=actor.id))


class DatasetVersion(models.Model):
    """One frozen state of a dataset: files, schema, column roles, and what it may be used for.

    ``manifest``: list of {path, digest, size}, sorted by path; ``digest`` is its SHA-256.
    ``schema``: list of {name, type, title, description} with what ``rules.check_column`` knows
    besides. ``roles``: {label, score, prediction, identifier, weight, favourable, features: [],
    sensitive: []}. ``retention`` says how long the data are kept, ``retain_until`` until when.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    manifest = models.JSONField()
    schema = models.JSONField()
    roles = models.JSONField()
    description = models.TextField(blank=True)
    purpose = models.TextField(blank=True)
    consent = models.TextField(blank=True)
    personal_data = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    retention = models.CharField(max_length=500, blank=True)
    retain_until = models.DateField(null=True)
    rows = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64)

    objects = DatasetVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("dataset", "number", name="dataset_version_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="dataset_version_from_one"),
            models.CheckConstraint(
                condition=Q(digest__regex=DIGEST), name="dataset_version_digest"
            ),
            models.CheckConstraint(
                condition=Q(rows__isnull=True) | Q(rows__gte=0), name="dataset_version_rows"
            ),
        ]
        indexes = [
            GinIndex(
                fields=["manifest"], name="dataset_version_files", opclasses=["jsonb_path_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.dataset.name} v{self.number}"

    @property
    def key(self) -> str:
        return f"{self.dataset.name}/{self.number}"

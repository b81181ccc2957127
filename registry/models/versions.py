"""Registered models, their versions, and the names that point at them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from lib.actor import Actor, Scope
from registry.models.artifacts import DIGEST, Artifact
from registry.models.datasets import DatasetVersion
from registry.models.runs import Run
from registry.models.visibility import model_in_scope
from registry.models.words import words_of


class RegisteredModelQuerySet(models.QuerySet["RegisteredModel"]):
    def visible_to(self, actor: Actor) -> RegisteredModelQuerySet:
        return self.living().filter(model_in_scope(actor))

    def living(self) -> RegisteredModelQuerySet:
        """All but the deleted ones, whose names are free again."""
        return self.filter(deleted_at=None)


class RegisteredModel(models.Model):
    """A name under which versions are registered. ``use_case`` and ``business_unit`` are its
    scopes: text, not foreign keys, because the rooms above own those rows. One that is not
    ``governed`` asks for no authorization and can have none. ``created_by`` is a pseudonymous id.
    """

    name = models.CharField(max_length=256, db_index=True)
    description = models.TextField(blank=True)
    use_case = models.CharField(max_length=120, blank=True, db_index=True)
    business_unit = models.CharField(max_length=120, blank=True, db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="owned_models"
    )
    validator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="validated_models",
        help_text="Who challenges the model: neither its owner nor its developer.",
    )
    task = models.CharField(max_length=40, default="binary")
    governed = models.BooleanField(default=True)
    tags = models.JSONField(default=dict)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("name", condition=Q(deleted_at=None), name="model_name_once")
        ]
        indexes = [
            GinIndex(fields=["tags"], name="model_tags"),
            GinIndex(words_of("name", "description"), name="model_words"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Where roles over this model hold. Without a use case only unscoped roles reach it."""
        return (("use_case", self.use_case), ("business_unit", self.business_unit))


class VersionState(models.TextChoices):
    UNSEALED = "unsealed"
    SEALED = "sealed"
    DELETED = "deleted"


class Stage(models.TextChoices):
    """MLflow's, which gave them up for aliases."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def visible_to(self, actor: Actor) -> ModelVersionQuerySet:
        return self.filter(model_in_scope(actor, "model__"), model__deleted_at=None)

    def living(self) -> ModelVersionQuerySet:
        """All but the tombstones."""
        return self.exclude(state=VersionState.DELETED)


class ModelVersion(models.Model):
    """One version. Sealed, only description, tags, stage and state (to deleted) may change; a
    deleted one is a tombstone that keeps its number for ever. Triggers hold both.

    ``manifest``: list of {path, digest, size}, sorted by path; ``digest`` is its SHA-256.
    ``signature``: {inputs: [{name, type}], outputs: [...], decision_threshold}.
    ``source`` is where the files were before they came here, and ``tracking_run``, ``run_link`` and
    ``logged_model`` what a tracking server calls its origin: text of others, as it was told.
    ``created_by`` is the pseudonymous id of the actor who registered it.
    """

    model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=VersionState, default=VersionState.UNSEALED, editable=False
    )
    digest = models.CharField(max_length=64, null=True, db_index=True, editable=False)
    manifest = models.JSONField(default=list)
    format = models.CharField(max_length=40, blank=True)
    signature = models.JSONField(default=dict)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="versions")
    source = models.TextField(blank=True)
    tracking_run = models.CharField(max_length=250, blank=True)
    run_link = models.TextField(blank=True)
    logged_model = models.CharField(max_length=250, blank=True)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.NONE)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict)
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="developed_versions",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64)
    updated_at = models.DateTimeField(auto_now=True)
    sealed_at = models.DateTimeField(null=True, editable=False)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("model", "number", name="model_version_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="model_version_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=VersionState.values), name="model_version_state"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="model_version_stage"),
            models.CheckConstraint(
                condition=Q(digest=None) | Q(digest__regex=DIGEST), name="model_version_digest"
            ),
            models.CheckConstraint(
                condition=Q(digest=None, sealed_at=None)
                | Q(digest__isnull=False, sealed_at__isnull=False),
                name="model_version_seal_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DELETED)
                | Q(state=VersionState.SEALED, digest__isnull=False)
                | Q(state=VersionState.UNSEALED, digest=None),
                name="model_version_sealed_has_digest",
            ),
        ]
        indexes = [
            GinIndex(fields=["manifest"], name="model_version_files", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["tags"], name="model_version_tags"),
            GinIndex(words_of("description"), name="model_version_words"),
            models.Index(fields=["model", "stage", "-number"], name="model_version_by_stage"),
            models.Index(fields=["model", "-updated_at", "-number"], name="model_version_changed"),
            models.Index(fields=["-updated_at"], name="model_version_newest"),
            models.Index(fields=["created_by", "model"], name="model_version_makers"),
            models.Index(
                fields=["tracking_run"], condition=~Q(tracking_run=""), name="model_version_run"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.model.name} v{self.number}"

    @property
    def key(self) -> str:
        return f"{self.model.name}/{self.number}"

    @property
    def is_sealed(self) -> bool:
        return self.state == VersionState.SEALED

    @property
    def is_deleted(self) -> bool:
        return self.state == VersionState.DELETED


class VersionDataset(models.Model):
    """Which data a version was made with, and in which role."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="datasets")
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, related_name="uses"
    )
    role = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "version", "dataset_version", "role", name="version_dataset_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["training", "validation", "reference"]),
                name="version_dataset_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.role}"


class VersionDocument(models.Model):
    """A document filed with a version (model card, validation report). Rows are only added."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    artifact = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="documents")
    responsible = models.CharField(
        max_length=200, blank=True, help_text="Who carries out what a plan says."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.title


class Alias(models.Model):
    """A movable name such as ``champion``. A protected one moves only with an authorization."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=255)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="aliases")
    protected = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint("model", "name", name="alias_once")]

    def __str__(self) -> str:
        return self.name

"""Printed dossiers: which PDF says what a release was at which moment."""

from __future__ import annotations

from django.db import models

from governance.models.releases import Release
from registry.models import Artifact


class Dossier(models.Model):
    """One attempt to print: an artefact, or the problem that kept it from being made.

    ``basis`` says what of the release it shows (revision, state, signatures, authorization): a
    dossier is current while the release's basis is the same.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="dossiers")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    basis = models.CharField(max_length=80)
    artifact = models.ForeignKey(
        Artifact, null=True, on_delete=models.PROTECT, related_name="dossiers"
    )
    problem = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="dossier_or_problem",
                condition=models.Q(artifact=None) ^ models.Q(problem=""),
            )
        ]
        indexes = [models.Index("release", "basis", name="dossier_of_release")]

    def __str__(self) -> str:
        return f"dossier of {self.release_id} ({self.basis})"

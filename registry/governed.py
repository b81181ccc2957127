"""The tables of this room whose every change is told by an entry."""

from __future__ import annotations

from audit.rows import Governed
from registry import models

ROWS = tuple(
    Governed(model)
    for model in (
        models.Alias,
        models.Artifact,
        models.Dataset,
        models.DatasetVersion,
        models.Deployment,
        models.ModelVersion,
        models.RegisteredModel,
        models.Run,
        models.RunInput,
        models.VersionDataset,
        models.VersionDocument,
    )
)
GOVERNED = (*ROWS, Governed(models.Environment, seeded=True))

"""The rows of the registry, one module a noun."""

from registry.models.artifacts import Artifact
from registry.models.datasets import Dataset, DatasetVersion
from registry.models.deployments import Deployment, Environment
from registry.models.runs import Run, RunInput
from registry.models.sealing import Sealing, SealingState
from registry.models.versions import (
    Alias,
    ModelVersion,
    RegisteredModel,
    Stage,
    VersionDataset,
    VersionDocument,
    VersionState,
)

__all__ = [
    "Alias",
    "Artifact",
    "Dataset",
    "DatasetVersion",
    "Deployment",
    "Environment",
    "ModelVersion",
    "RegisteredModel",
    "Run",
    "RunInput",
    "Sealing",
    "SealingState",
    "Stage",
    "VersionDataset",
    "VersionDocument",
    "VersionState",
]

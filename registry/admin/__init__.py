"""The lists of the registry."""

from __future__ import annotations

from django.db.models import Model

from lib.http.lists import ReadOnlyList
from registry.admin.datasets import DatasetList
from registry.admin.deployments import DeploymentList
from registry.admin.models import RegisteredModelList
from registry.models import Dataset, Deployment, RegisteredModel

LISTS: tuple[tuple[type[Model], type[ReadOnlyList]], ...] = (
    (RegisteredModel, RegisteredModelList),
    (Dataset, DatasetList),
    (Deployment, DeploymentList),
)

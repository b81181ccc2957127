"""The lists of the registry."""

from __future__ import annotations

from django.db.models import Model

from lib.http.lists import ReadOnlyList
from registry.admin.datasets import DatasetList
from registry.admin.deployments import DeploymentList
from registry.models import Dataset, Deployment

LISTS: tuple[tuple[type[Model], type[ReadOnlyList]], ...] = (
    (Dataset, DatasetList),
    (Deployment, DeploymentList),
)

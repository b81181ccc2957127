"""Makes registry objects through the services, as SYSTEM unless told otherwise."""

from __future__ import annotations

from typing import Any

from lib.actor import SYSTEM, Actor, Grant
from registry.models import (
    Artifact,
    DatasetVersion,
    Deployment,
    Environment,
    ModelVersion,
    RegisteredModel,
)
from registry.services import artifacts, datasets, deployments, models, versions

SIGNATURE = {
    "inputs": [{"name": "income", "type": "double"}],
    "outputs": [{"name": "score", "type": "double"}],
    "decision_threshold": 0.5,
}
SCHEMA = [
    {"name": "income", "type": "double"},
    {"name": "race", "type": "string"},
    {"name": "approved", "type": "integer"},
]
ROLES = {"label": "approved", "features": ["income"], "sensitive": ["race"]}
RUN = {"namespace": "bank", "job": "train", "code_commit": "abc123", "metrics": {"auc": 0.8}}


def make_artifact(data: bytes = b"weights", *, actor: Actor = SYSTEM) -> Artifact:
    return artifacts.keep(data, actor=actor)


def make_manifest(data: bytes = b"weights", path: str = "model.onnx") -> list[dict[str, Any]]:
    artifact = make_artifact(data)
    return [{"path": path, "digest": artifact.digest, "size": artifact.size}]


def make_dataset_version(
    name: str = "applications", *, actor: Actor = SYSTEM, **fields: Any
) -> DatasetVersion:
    fields = {"schema": SCHEMA, "roles": ROLES, "rows": 3} | fields
    fields.setdefault("manifest", make_manifest(b"a,b\n1,2\n", "data.csv"))
    return datasets.register_dataset_version(name, actor=actor, **fields)


def make_model(
    name: str = "credit", *, use_case: str = "mortgage", actor: Actor = SYSTEM, **fields: Any
) -> RegisteredModel:
    return models.register_model(name=name, use_case=use_case, actor=actor, **fields)


def make_version(model: RegisteredModel, *, actor: Actor = SYSTEM, **fields: Any) -> ModelVersion:
    fields = {"format": "onnx", "signature": SIGNATURE} | fields
    fields.setdefault("manifest", make_manifest())
    return versions.register_version(model, actor=actor, **fields)


def make_deployment(
    version: ModelVersion, *, environment: str = "production", actor: Actor = SYSTEM, **more: Any
) -> Deployment:
    where = Environment.objects.get(name=environment)
    more.setdefault("purpose", "decide")
    return deployments.start_deployment(version, environment=where, actor=actor, **more)


def scoped_actor(*permissions: str, scope: tuple[str, str] = ("use_case", "mortgage")) -> Actor:
    """A person who holds the permissions in one scope only."""
    grant = Grant(role="developer", permissions=frozenset(permissions), line=1, scope=scope)
    return Actor(kind="person", id="f" * 32, name="Scoped", grants=(grant,))


def scoped_api(role: str, key: str, *, kind: str = "use_case") -> Any:
    """A client whose token holds ``role`` in one scope."""
    from rest_framework.test import APIClient

    from accounts.services.tokens import issue_token

    _, text = issue_token(name="scoped", role=role, scope=(kind, key), actor=SYSTEM)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client

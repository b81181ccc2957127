"""The registry's ports: what has been decided about a model holds it where it is."""

from __future__ import annotations

from governance.models import Finding, Release
from lib.actor import Actor
from lib.errors import Refused
from registry.models import Deployment, ModelVersion, RegisteredModel


def may_change_use_case(model: RegisteredModel, actor: Actor) -> None:
    """The registry's port: once a release was asked for, its rules follow the model. Raises
    Refused."""
    if Release.objects.filter(version__model=model).exists():
        raise Refused(
            f"{model.name} has been through a release under the use case “{model.use_case}”; for "
            "another use register it as another model.",
            code="governed_model",
        )


def may_let_go(model: RegisteredModel, actor: Actor) -> None:
    """The registry's port: a model that decisions, findings or deployments name keeps its name and
    its rules. Raises Refused."""
    if (
        Release.objects.filter(version__model=model).exists()
        or Finding.objects.filter(model=model).exists()
        or Deployment.objects.filter(version__model=model).exists()
    ):
        raise Refused(
            f"Releases, findings or deployments of {model.name} are on record under its name, so "
            "it stays as it is.",
            code="governed_model",
        )


def may_delete(version: ModelVersion, actor: Actor) -> None:
    """The registry's port: what governance has dealt with stays. Raises Refused."""
    if version.releases.exists():
        raise Refused(
            f"{version.label} has been through a release, so it stays on record.",
            code="governed_version",
        )

"""The model page: what it is for, what of it runs where, and every version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.models import Authorization, Gate, Release, UseCase
from governance.models.authorizations import RUNNING_STATES
from governance.services.finding_list import open_against
from governance.web.kpis import KPILine, kpi_lines
from lib.actor import Actor
from registry.models import Deployment, ModelVersion, RegisteredModel, VersionDocument
from registry.services import models
from registry.web.drawings import of_model

SHOWN = 100


@dataclass(frozen=True)
class Running:
    """What runs in one place; ``authorization`` is None when nothing covers it."""

    deployment: Deployment | None
    authorization: Authorization | None

    @property
    def place(self) -> Any:
        return (self.deployment or self.authorization).environment  # type: ignore[union-attr]

    @property
    def purpose(self) -> str:
        if self.authorization:
            return self.authorization.purpose.name
        return self.deployment.purpose if self.deployment else ""

    @property
    def version(self) -> ModelVersion:
        return (self.deployment or self.authorization).version  # type: ignore[union-attr]


def show(request: HttpRequest, name: str) -> HttpResponse:
    user: Any = request.user
    model = models.find(name, actor=user.actor)
    use_case = UseCase.objects.visible_to(user.actor).filter(slug=model.use_case).first()
    running = running_of(model)
    champions = {row.version.pk for row in running if row.authorization}
    versions = list(versions_of(model, user.actor)[:SHOWN])
    context = {
        "title": model.name,
        "crumbs": [("Models", "/models/")],
        "model": model,
        "use_case": use_case,
        "running": running,
        "champions": champions,
        "versions": sorted(versions, key=lambda version: version.pk not in champions),
        "kpis": kpis_of(use_case),
        "documents": VersionDocument.objects.filter(version__model=model)
        .select_related("version__model", "artifact")
        .order_by("-created_at")[:20],
        "lineage": of_model(model),
        "findings": open_against(actor=user.actor, model=model.pk),
    }
    return TemplateResponse(request, "governance/model.html", context)


def kpis_of(use_case: UseCase | None) -> list[KPILine]:
    return kpi_lines(use_case) if use_case else []


def versions_of(model: RegisteredModel, actor: Actor) -> QuerySet[ModelVersion]:
    """Newest first, each with its aliases and its releases with their gates."""
    releases = (
        Release.objects.visible_to(actor)
        .select_related("environment", "purpose")
        .prefetch_related(Prefetch("gates", Gate.objects.filter(kind="check")))
        .order_by("-number")
    )
    return (
        model.versions.order_by("-number")
        .select_related("model", "developer")
        .prefetch_related("aliases", Prefetch("releases", releases))
    )


def running_of(model: RegisteredModel) -> list[Running]:
    """Each deployment that runs with its authorization, then what is authorized but not running."""
    active = list(
        Authorization.objects.filter(model=model, state__in=RUNNING_STATES)
        .select_related("version__model", "environment", "purpose", "release")
        .prefetch_related("stops")
    )
    deployed = list(
        Deployment.objects.running()
        .filter(version__model=model)
        .select_related("version__model", "environment")
        .order_by("-environment__rank", "started_at")
    )
    by_place = {(a.version_id, a.environment_id, a.purpose.key): a for a in active}
    rows = [
        Running(d, by_place.pop((d.version_id, d.environment_id, d.purpose), None))
        for d in deployed
    ]
    return rows + [Running(None, authorization) for authorization in by_place.values()]

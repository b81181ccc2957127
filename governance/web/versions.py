"""The version page: what exactly it is, made from what, and where it was asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.models import Gate, Release
from governance.services.finding_list import open_against
from registry.models import Deployment
from registry.services import versions
from registry.web import sealing
from registry.web.drawings import of_version


def show(request: HttpRequest, name: str, number: int) -> HttpResponse:
    user: Any = request.user
    version = versions.find(name, number, actor=user.actor)
    prefetch_related_objects(
        [version],
        "run",
        "aliases",
        "documents__artifact",
        "datasets__dataset_version__dataset",
        Prefetch("deployments", Deployment.objects.select_related("environment")),
    )
    releases = (
        Release.objects.visible_to(user.actor)
        .filter(version=version)
        .with_names()
        .prefetch_related(Prefetch("gates", Gate.objects.filter(kind="check")))
    )
    context = {
        "title": version.label,
        "crumbs": [("Models", "/models/"), (name, f"/models/{name}/")],
        "crumb_title": f"v{version.number}",
        "model": version.model,
        "version": version,
        "releases": releases,
        "bytes": sum(item.get("size", 0) for item in version.manifest),
        "lineage": of_version(version),
        "sealing": sealing.about(version, user.actor),
        "findings": open_against(actor=user.actor, model=version.model_id, version=version.pk),
    }
    return TemplateResponse(request, "governance/version.html", context)

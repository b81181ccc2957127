"""The dataset page: one version, its schema and roles, and what was made from it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from lib.errors import NotFound
from registry.models import DatasetVersion, ModelVersion


def newest(request: HttpRequest, name: str) -> HttpResponse:
    user: Any = request.user
    rows = DatasetVersion.objects.visible_to(user.actor).filter(dataset__name=name)
    number = rows.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        raise NotFound(f"There is no dataset “{name}”, or you may not see it.")
    return redirect("admin:dataset_version", name=name, number=number)


def show(request: HttpRequest, name: str, number: int) -> HttpResponse:
    user: Any = request.user
    rows = DatasetVersion.objects.visible_to(user.actor).select_related("dataset")
    versions = list(rows.filter(dataset__name=name).order_by("-number")[:100])
    version = next((row for row in versions if row.number == number), None)
    if version is None:
        raise NotFound(f"There is no version {number} of “{name}”, or you may not see it.")
    used_by = (
        ModelVersion.objects.visible_to(user.actor)
        .filter(datasets__dataset_version=version)
        .select_related("model")
        .distinct()
        .order_by("model__name", "-number")[:50]
    )
    context = {
        "title": version.label,
        "crumbs": [("Datasets", "/datasets/")],
        "version": version,
        "versions": versions,
        "columns": _columns(version),
        "used_by": used_by,
        "bytes": sum(item.get("size", 0) for item in version.manifest),
    }
    return TemplateResponse(request, "registry/dataset.html", context)


def _columns(version: DatasetVersion) -> list[dict[str, Any]]:
    """The schema with each column's roles in words."""
    roles: dict[str, list[str]] = {}
    for role, named in version.roles.items():
        for column in named if isinstance(named, list) else [named]:
            if isinstance(column, str) and column:
                roles.setdefault(column, []).append("feature" if role == "features" else role)
    return [{**column, "roles": roles.get(column.get("name", ""), [])} for column in version.schema]

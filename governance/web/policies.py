"""The policy page: the YAML beside what it says in plain English."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.models import Policy
from governance.policy import reading
from lib.errors import NotFound


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """``?version=3`` shows an earlier text; without it the newest published one."""
    policy = Policy.objects.prefetch_related("versions").filter(slug=slug).first()
    if policy is None:
        raise NotFound(f"There is no policy “{slug}”.")
    versions: list[Any] = list(policy.versions.all())
    wanted = request.GET.get("version", "")
    shown = _chosen(versions, wanted)
    if shown is None:
        raise NotFound(f"{policy.title} has no version “{wanted}”.")
    context = {
        "title": policy.title,
        "crumbs": [("Policies", "/policies/")],
        "policy": policy,
        "versions": versions,
        "shown": shown,
        "reading": reading(shown.document),
    }
    return TemplateResponse(request, "governance/policy.html", context)


def _chosen(versions: list[Any], wanted: str) -> Any:
    if wanted:
        return next((row for row in versions if str(row.number) == wanted), None)
    published = (row for row in versions if row.state == "published")
    return next(published, versions[0] if versions else None)

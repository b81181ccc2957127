"""The part of the version page that says where a version's files are, and has them sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from lib.actor import Actor
from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from registry.models import ModelVersion, VersionState
from registry.services import downloads, sealing, versions


def about(version: ModelVersion, actor: Actor) -> dict[str, Any]:
    """What the page shows: how the sealing stands, and why somebody cannot ask for it."""
    asked = None if version.is_deleted else sealing.latest(version)
    job = asked.job if asked else None
    is_unsealed = version.state == VersionState.UNSEALED
    return {
        "is_unsealed": is_unsealed,
        "asked": asked,
        "share": (job.progress or 0.0) if job else 0.0,
        "said": job.note if job else "",
        "why_not": sealing.why_not(version, actor) if is_unsealed else "",
        "download_address": downloads.proxy_uri(version) if is_unsealed else "",
    }


def seal(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """POST asks for it; either way back to the version."""
    if request.method == "POST":
        actor = actor_of(request)
        version = versions.find(name, number, actor=actor)
        try:
            asked = sealing.request_seal(version, actor=actor)
        except ImprimaturError as error:
            messages.error(request, error.detail)
        else:
            said = "is being sealed" if asked else "is sealed already"
            messages.success(request, f"{version.label} {said}.")
    return redirect("admin:model_version", name=name, number=number)


def progress(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The part that changes while the files come in; asked for every second, then the page."""
    actor = actor_of(request)
    version = versions.find(name, number, actor=actor)
    context: dict[str, Any] = {"version": version, "sealing": about(version, actor)}
    response = TemplateResponse(request, "registry/sealing_live.html", context)
    asked = context["sealing"]["asked"]
    if asked is None or not asked.is_open:
        response["HX-Redirect"] = reverse("admin:model_version", args=[name, number])
    return response

"""The page that puts a model under the rules of releases, or lets it go."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from registry.models import RegisteredModel
from registry.services import governing, models


def show(request: HttpRequest, name: str) -> HttpResponse:
    """GET shows what would follow; POST does it."""
    actor = actor_of(request)
    model = models.find(name, actor=actor)
    if request.method != "POST":
        return _page(request, model)
    reason = request.POST.get("reason", "")
    governed = request.POST.get("governed") == "yes"
    try:
        refuse_unstorable(reason, "reason")
        governing.govern_model(model, governed=governed, actor=actor, reason=reason)
    except ImprimaturError as error:
        return _page(request, model, error)
    held = "is governed: its releases ask for what the policies say" if governed else "is let go"
    messages.success(request, f"{name} {held}.")
    return redirect("admin:model", name)


def _page(
    request: HttpRequest, model: RegisteredModel, error: ImprimaturError | None = None
) -> HttpResponse:
    context = {
        "title": "Governing",
        "crumbs": [("Models", "/models/"), (model.name, f"/models/{model.name}/")],
        "model": model,
        "why_not": governing.why_not_govern(
            model, governed=not model.governed, actor=actor_of(request)
        ),
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "registry/governing.html", context, status=status)

"""The inbox: what awaits this person, and what else they should know today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.services import reading
from lib.http.pages import actor_of


def show(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "title": "Inbox",
        "inbox": reading.inbox(actor),
        "may_sign": actor.may("decision.sign"),
        "may_request": actor.may("release.request"),
    }
    return TemplateResponse(request, "governance/inbox.html", context)

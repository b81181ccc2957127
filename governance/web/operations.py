"""The operator's page: queues, workers, stuck runs, dead letters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from governance.services import operations, queues
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.query import whole_number

DONE = {
    "again": "It is queued again.",
    "aside": "It is off the list; what it failed at stays failed.",
}


def show(request: HttpRequest) -> HttpResponse:
    """GET shows; POST wakes workers, or tries one dead job again or puts it aside."""
    if request.method == "POST":
        return _act(request)
    return _page(request)


def progress(request: HttpRequest) -> HttpResponse:
    """The part that changes by itself: all but the dead letters, where somebody may be typing."""
    context = {"found": queues.operations(actor=actor_of(request)), **_may(request)}
    return TemplateResponse(request, "governance/operations_live.html", context)


def _act(request: HttpRequest) -> HttpResponse:
    actor, form = actor_of(request), request.POST
    try:
        for name, text in form.items():
            refuse_unstorable(str(text), name)
        act, reason = form.get("act", ""), form.get("reason", "")
        if act == "wake":
            count = operations.wake_workers(actor=actor)
            said = f"{count} wake-up{'' if count == 1 else 's'} sent."
        elif act == "again":
            operations.try_again(_job(form.get("job", "")), reason=reason, actor=actor)
            said = DONE[act]
        elif act == "aside":
            operations.put_aside(_job(form.get("job", "")), reason=reason, actor=actor)
            said = DONE[act]
        else:
            raise Invalid("The page knows no such act.", errors={"act": "wake, again or aside"})
    except ImprimaturError as error:
        return _page(request, error)
    messages.success(request, said)
    return redirect("admin:operations")


def _page(request: HttpRequest, error: ImprimaturError | None = None) -> HttpResponse:
    text = request.GET.get("page", "1")
    found = queues.operations(
        actor=actor_of(request), page=whole_number("page", text, low=1, high=100_000)
    )
    context = {"title": "Operations", "found": found, "error": error, **_may(request)}
    status = error.status if error else 200
    return TemplateResponse(request, "governance/operations.html", context, status=status)


def _may(request: HttpRequest) -> dict[str, Any]:
    return {"may_manage": actor_of(request).may_everywhere(operations.MANAGE)}


def _job(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("That is no job's id.", errors={"job": "not an id"}) from None

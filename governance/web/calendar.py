"""The calendar page: which days do not count when a review's deadline is worked out."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from governance.services import deadlines
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable

EXAMPLE: Final = 10
"""Business days from today that the page works out, so that one sees what the calendar does."""


def show(request: HttpRequest) -> HttpResponse:
    """GET shows; POST adds a day or takes one out."""
    if request.method != "POST":
        return _page(request)
    actor, form = actor_of(request), request.POST
    try:
        for name in ("day", "name"):
            refuse_unstorable(form.get(name, ""), name)
        day = _day(form.get("day", ""))
        if form.get("act") == "remove":
            deadlines.remove_holiday(day, actor=actor)
            said = f"{day:%-d %B %Y} counts as a business day again."
        else:
            deadlines.add_holiday(day, name=form.get("name", ""), actor=actor)
            said = f"{day:%-d %B %Y} does not count any more."
    except ImprimaturError as error:
        return _page(request, error)
    messages.success(request, f"{said} What is due already stays as it is.")
    return redirect("admin:calendar")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Say which day.", errors={"day": "a day such as 2026-12-25"}) from None


def _page(request: HttpRequest, error: ImprimaturError | None = None) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    rows = list(deadlines.holidays())
    context = {
        "title": "Business calendar",
        "ahead": [row for row in rows if row.day >= today],
        "past": [row for row in reversed(rows) if row.day < today],
        "example": EXAMPLE,
        "example_due": deadlines.due_at(timezone.now(), EXAMPLE),
        "may": actor.may_everywhere("calendar.manage"),
        "typed": {name: request.POST.get(name, "") for name in ("day", "name")},
        "errors": getattr(error, "errors", None) or {},
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/calendar.html", context, status=status)

"""The delegations page: what I let others sign, what they let me sign."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import User
from governance.models.delegations import LONGEST
from governance.services import delegations
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.query import whole_number

FIELDS: Final = ("to", "role", "starts_on", "ends_on", "reason")
SHOWN: Final = 50
MOST: Final = 500


def show(request: HttpRequest) -> HttpResponse:
    """GET shows; POST gives one, or ends one before its day."""
    if request.method != "POST":
        return _page(request)
    try:
        for name, text in request.POST.items():
            refuse_unstorable(str(text), name)
        said = _end(request) if request.POST.get("act") == "end" else _give(request)
    except ImprimaturError as error:
        return _page(request, error)
    messages.success(request, said)
    return redirect("admin:delegations")


def _give(request: HttpRequest) -> str:
    form = request.POST
    starts, ends = _day(form, "starts_on"), _day(form, "ends_on")
    row = delegations.give(
        to=form.get("to", ""),
        role=form.get("role", ""),
        starts_at=max(_midnight(starts), timezone.now()),
        ends_at=_midnight(ends + timedelta(days=1)),
        reason=form.get("reason", "")[:2_000],
        actor=actor_of(request),
    )
    return f"{row.delegate.full_name} may sign for you until the end of {ends:%-d %B %Y}."


def _end(request: HttpRequest) -> str:
    number = whole_number("number", request.POST.get("number", ""), low=1, high=2**31 - 1)
    actor = actor_of(request)
    delegations.end(delegations.find(number, actor=actor), actor=actor)
    return "The delegation has ended. What was signed under it stays signed."


def _day(form: Any, name: str) -> date:
    try:
        found = date.fromisoformat(form.get(name, ""))
    except ValueError:
        found = date.max
    if not 2000 <= found.year <= 2200:
        raise Invalid("Say from which day to which day.", errors={name: "a day such as 2026-01-31"})
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def _page(request: HttpRequest, error: ImprimaturError | None = None) -> HttpResponse:
    actor, errors = actor_of(request), dict(getattr(error, "errors", None) or {})
    for at, on in (("starts_at", "starts_on"), ("ends_at", "ends_on")):
        if at in errors:
            errors[on] = errors.pop(at)
    today = timezone.localdate()
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    context = {
        "title": "Delegations",
        "given": delegations.given_by(actor)[:SHOWN],
        "held": delegations.held_by(actor)[:SHOWN],
        "roles": delegations.roles_to_give(actor),
        "people": _who_signs(request),
        "typed": {**typed, "starts_on": typed["starts_on"] or today.isoformat()},
        "today": today.isoformat(),
        "most": LONGEST.days,
        "errors": errors,
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/delegations.html", context, status=status)


def _who_signs(request: HttpRequest) -> list[User]:
    """People who may be asked: those whose roles sign something."""
    rows = User.objects.filter(
        is_active=True, role_assignments__role__permissions__contains=["decision.sign"]
    )
    return list(
        rows.exclude(pk=request.user.pk or 0).distinct().order_by("first_name", "last_name")[:MOST]
    )

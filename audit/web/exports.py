"""Exports: asked for with a form, followed with a bar, taken away by a link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from audit.models import ExportKind
from audit.services.export_jobs import LINK_SECONDS, ask, exports_of, link_of
from audit.subjects import Subject
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.query import whole_number

NEWEST = 20
FIELDS = ("kind", "subject", "from", "to", "previous")


def show(request: HttpRequest) -> HttpResponse:
    """GET shows the form and what was asked for; POST asks, and keeps what was typed when it may
    not be."""
    asked, wrong = {name: request.GET.get(name, "").strip() for name in FIELDS}, ""
    if request.method == "POST":
        asked = {name: request.POST.get(name, "").strip() for name in FIELDS}
        try:
            _ask(request, asked)
            return HttpResponseRedirect(reverse("admin:audit_exports"))
        except ImprimaturError as error:
            wrong = error.detail
    elif request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    context = {
        "title": "Exports",
        "crumbs": [("Audit trail", "/audit/")],
        "asked": {**asked, "since": asked["from"], "until": asked["to"]},
        "wrong": wrong,
        "kinds": ExportKind.choices,
        "hours": settings.EXPORT_KEEP_HOURS,
        "whole": actor_of(request).may_everywhere("audit.export"),
        **_list(request),
    }
    return TemplateResponse(request, "audit/exports.html", context, status=400 if wrong else 200)


def progress(request: HttpRequest) -> HttpResponse:
    """The list alone, asked for every second while something is being made."""
    return TemplateResponse(request, "audit/exports_list.html", _list(request))


def _list(request: HttpRequest) -> dict[str, object]:
    """Links are made when they are shown, and the list is fetched again before they end."""
    exports = list(exports_of(actor_of(request)).order_by("-pk")[:NEWEST])
    working = any(each.state in ("queued", "running") for each in exports)
    return {
        "exports": [(each, link_of(each) if each.state == "done" else None) for each in exports],
        "every": "1s" if working else f"{LINK_SECONDS // 3}s",
    }


def _ask(request: HttpRequest, asked: dict[str, str]) -> None:
    if asked["kind"] not in ExportKind.values:
        raise Invalid("Choose a format.", errors={"kind": "bundle, jsonl or csv"})
    previous = asked["previous"]
    ask(
        asked["kind"],
        actor=actor_of(request),
        subject=Subject.parse(asked["subject"]) if asked["subject"] else None,
        since=_day(asked["from"]),
        until=_day(asked["to"], days=1),
        previous=whole_number("previous", previous, low=1, high=2**53) if previous else None,
    )


def _day(text: str, *, days: int = 0) -> datetime | None:
    """The beginning of that day, or of the one after."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise Invalid("A day is written as 2026-03-31.") from error

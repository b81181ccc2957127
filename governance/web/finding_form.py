"""Raising a finding: from the page of a model, a version or a release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import User
from governance.models import Release
from governance.models.findings import Severity
from governance.services import findings, releases
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid, NotFound
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.query import whole_number
from registry.models import ModelVersion, RegisteredModel
from registry.services import models, versions

FIELDS: Final = ("title", "text", "severity", "owner", "due_on")
ABOUT: Final = ("model", "version", "release")
MOST: Final = 500


@dataclass(frozen=True)
class About:
    """What a finding is raised against: always a model, sometimes one version, or a release."""

    model: RegisteredModel | None = None
    version: ModelVersion | None = None
    release: Release | None = None


def show(request: HttpRequest) -> HttpResponse:
    """GET ``?release=ID`` or ``?model=NAME&version=3`` begins with that; POST raises it, and keeps
    what was typed when something is wrong with it."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, _about(request.GET, actor))
    form, about = request.POST, About()
    try:
        for name in (*FIELDS, *ABOUT):
            refuse_unstorable(form.get(name, ""), name)
        about = _about(form, actor)
        if about.model is None:
            raise Invalid("Say which model it is about.", errors={"model": "may not be empty"})
        finding = findings.raise_finding(
            about.model,
            version=about.version,
            release=about.release,
            title=form.get("title", ""),
            text=form.get("text", "")[:5_001],
            severity=form.get("severity", ""),
            owner=form.get("owner", ""),
            due_on=_day(form.get("due_on", "")),
            actor=actor,
        )
    except ImprimaturError as error:
        return _page(request, about, error)
    messages.success(request, f"{finding.label} is raised. {finding.owner.full_name} owns it.")
    return redirect("admin:finding", number=finding.number)


def _about(given: Any, actor: Actor) -> About:
    """Raises NotFound for what is not there or may not be seen."""
    if text := given.get("release", ""):
        release = releases.find(_id(text), actor=actor)
        return About(release.version.model, release.version, release)
    if not (name := given.get("model", "")):
        return About()
    if not (number := given.get("version", "")):
        return About(models.find(name, actor=actor))
    wanted = whole_number("version", number, low=1, high=2**31 - 1)
    version = versions.find(name, wanted, actor=actor)
    return About(version.model, version)


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFound("There is no such release, or you may not see it.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "Say by which day it is to be mended.", errors={"due_on": "a day such as 2026-01-31"}
        ) from None


def _page(request: HttpRequest, about: About, error: ImprimaturError | None = None) -> HttpResponse:
    actor = actor_of(request)
    owner = about.model.owner.username if about.model and about.model.owner else ""
    typed = {name: request.POST.get(name, "") for name in (*FIELDS, *ABOUT)}
    models = RegisteredModel.objects.visible_to(actor).exclude(use_case="").order_by("name")
    context = {
        "title": "Raise a finding",
        "crumbs": [("Findings", "/findings/")],
        "about": about,
        "typed": {**typed, "owner": typed["owner"] or owner},
        "errors": getattr(error, "errors", None) or {},
        "severities": Severity.choices,
        "models": [] if about.model else list(models.values_list("name", flat=True)[:MOST]),
        "people": _who_answer(),
        "today": timezone.localdate().isoformat(),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/finding_form.html", context, status=status)


def _who_answer() -> list[User]:
    """People whose roles answer for findings."""
    rows = User.objects.filter(
        is_active=True, role_assignments__role__permissions__contains=["promise.answer"]
    )
    return list(rows.distinct().order_by("first_name", "last_name", "username")[:MOST])

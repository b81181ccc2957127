"""Explaining one decision: the form, what was asked lately, and the sheet with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.columns import Column, from_text
from governance.models import Explanation
from governance.services import explaining
from lib.errors import Conflict, ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.query import whole_number
from registry.models import DatasetVersion, ModelVersion
from registry.services import versions

NEWEST: Final = 20
MOST_FIELDS: Final = 200
TONES: Final = {"favourable": "pass", "unfavourable": "fail"}


@dataclass(frozen=True)
class Field:
    """One input of the model in the form, with what was typed and what was wrong with it."""

    column: Column
    typed: str
    is_empty: bool
    wrong: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        if self.column.kind == "boolean":
            return (("true", "yes"), ("false", "no"))
        names = self.column.names
        return tuple((each, names.get(each, each)) for each in self.column.categories)

    @property
    def is_decimal(self) -> bool:
        return self.column.kind in ("number", "integer")


def listing(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """GET shows the form and what was asked lately; POST asks, and keeps what was typed when the
    model could not read it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    version = versions.find(name, number, actor=actor_of(request))
    error: ImprimaturError | None = None
    if request.method == "POST":
        try:
            asked = _ask(request, version)
            return redirect("admin:explanation", name, number, asked.pk)
        except ImprimaturError as found:
            error = found
    return _form_page(request, version, error)


def show(request: HttpRequest, name: str, number: int, explanation_id: UUID) -> HttpResponse:
    version, found = _found(request, name, number, explanation_id)
    context = {
        "title": "Explanation of one decision",
        "crumbs": [*_crumbs(version), ("Explanations", _address(version))],
        "crumb_title": found.reference,
        **_about(version, found),
    }
    return TemplateResponse(request, "governance/explanation.html", context)


def lead(request: HttpRequest, explanation_id: UUID) -> HttpResponse:
    """From the audit trail, which knows nothing but the number."""
    found = explaining.find(explanation_id, actor=actor_of(request))
    version = found.version
    return redirect("admin:explanation", version.model.name, version.number, found.pk)


def progress(request: HttpRequest, name: str, number: int, explanation_id: UUID) -> HttpResponse:
    """The part that changes while the model runs; asked for every second, then the whole page."""
    version, found = _found(request, name, number, explanation_id)
    context = _about(version, found)
    response = TemplateResponse(request, "governance/explanation_live.html", context)
    if not found.is_open:
        response["HX-Redirect"] = reverse("admin:explanation", args=[name, number, found.pk])
    return response


def _found(
    request: HttpRequest, name: str, number: int, explanation_id: UUID
) -> tuple[ModelVersion, Explanation]:
    actor = actor_of(request)
    version = versions.find(name, number, actor=actor)
    return version, explaining.find(explanation_id, version, actor=actor)


def _about(version: ModelVersion, found: Explanation) -> dict[str, Any]:
    job = found.job
    return {
        "version": version,
        "explanation": found,
        "result": found.result,
        "tone": TONES.get(found.result.get("decision"), "ink"),
        "share": (job.progress or 0.0) if job else 0.0,
        "note": job.note if job else "",
        "kept_days": explaining.KEPT.days,
    }


def _ask(request: HttpRequest, version: ModelVersion) -> Explanation:
    actor, form = actor_of(request), request.POST
    for name, text in form.items():
        refuse_unstorable(str(text), name)
    reference = form.get("reference", "")
    if form.get("by") == "row":
        row = whole_number("row", form.get("row", "").strip(), low=0, high=2**53)
        return explaining.ask(version, row=row, reference=reference, actor=actor)
    columns = explaining.inputs_of(version, explaining.background_of(version))
    values = {column.name: _value(form, column) for column in columns}
    return explaining.ask(version, values=values, reference=reference, actor=actor)


def _value(form: Any, column: Column) -> Any:
    if form.get(f"empty.{column.name}"):
        return None
    return from_text(column, form.get(f"value.{column.name}", "").strip())


def _form_page(
    request: HttpRequest, version: ModelVersion, error: ImprimaturError | None
) -> HttpResponse:
    actor = actor_of(request)
    recent = explaining.kept_of(version, actor=actor).order_by("-pk")[:NEWEST]
    context = {
        "title": "Explanations",
        "crumbs": _crumbs(version),
        "version": version,
        "recent": recent,
        "kept_days": explaining.KEPT.days,
        "most_reference": explaining.MOST_REFERENCE,
        "why_not": _why_not(actor, version),
        "error": error,
        "reference": request.POST.get("reference", ""),
        "row": request.POST.get("row", ""),
        "by": request.POST.get("by", "values"),
        **_fields(request, version, error),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/explanations.html", context, status=status)


def _fields(
    request: HttpRequest, version: ModelVersion, error: ImprimaturError | None
) -> dict[str, Any]:
    """The fields of the form, or why there is none."""
    try:
        data: DatasetVersion = explaining.background_of(version)
    except Conflict as conflict:
        return {"fields": [], "impossible": conflict.detail}
    columns = explaining.inputs_of(version, data)
    errors = error.errors if isinstance(error, Invalid) else {}
    fields = [
        Field(
            column,
            typed=request.POST.get(f"value.{column.name}", ""),
            is_empty=bool(request.POST.get(f"empty.{column.name}")),
            wrong=errors.get(f"values.{column.name}", ""),
        )
        for column in columns[:MOST_FIELDS]
    ]
    too_many = len(columns) > MOST_FIELDS
    last_row = data.rows - 1 if data.rows else None
    return {
        "fields": [] if too_many else fields,
        "too_many": too_many,
        "data": data,
        "last_row": last_row,
    }


def _why_not(actor: Any, version: ModelVersion) -> str:
    """Why the person may only read, as a sentence; empty when they may ask."""
    try:
        actor.require("explanation.make", *version.model.scopes)
    except ImprimaturError as refusal:
        return refusal.detail
    return ""


def _crumbs(version: ModelVersion) -> list[tuple[str, str]]:
    model = version.model
    return [
        ("Models", "/models/"),
        (model.name, reverse("admin:model", args=[model.name])),
        (f"v{version.number}", reverse("admin:model_version", args=[model.name, version.number])),
    ]


def _address(version: ModelVersion) -> str:
    return reverse("admin:explanations", args=[version.model.name, version.number])

"""The use case page: objective, phase, risk, purposes, value promised and realised."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.models import Release, UseCase
from governance.services import envisioning, value_documents
from governance.services.prohibition import class_of
from governance.services.risk import current_methodology
from governance.tiering_words import explain
from governance.web.frame import framed
from governance.web.kpis import kpi_lines
from lib.errors import NotFound
from registry.models import RegisteredModel


def show(request: HttpRequest, slug: str) -> HttpResponse:
    user: Any = request.user
    rows = UseCase.objects.visible_to(user.actor).select_related("owner")
    use_case = rows.prefetch_related("purposes").filter(slug=slug).first()
    if use_case is None:
        raise NotFound(f"There is no use case “{slug}”, or you may not see it.")
    frame = framed(use_case, here="use_case", actor=user.actor)
    context = {
        "title": use_case.name,
        "crumbs": [("Use cases", "/use-cases/")],
        **frame,
        "missing": envisioning.missing(frame["facts"]),
        "kpis": kpi_lines(use_case),
        "promised": value_documents.promised_of(use_case),
        **_risk_and_law(use_case),
        "models": RegisteredModel.objects.visible_to(user.actor)
        .filter(use_case=slug)
        .select_related("owner")
        .order_by("name"),
        "releases": Release.objects.visible_to(user.actor)
        .filter(use_case=use_case)
        .with_names()[:12],
    }
    return TemplateResponse(request, "governance/use_case.html", context)


def _risk_and_law(use_case: UseCase) -> dict[str, Any]:
    """The tier with the assessment that it follows from, and what the use case is in law."""
    assessment = use_case.assessments.select_related("methodology").first()
    methodology = assessment.methodology if assessment else None
    found = (
        explain(methodology.document, assessment.answers) if assessment and methodology else None
    )
    current = current_methodology()
    return {
        "assessment": assessment,
        "found": found,
        "is_outdated": bool(methodology and current and methodology.pk != current.pk),
        "determination": use_case.determinations.select_related("determined_by").first(),
        "classification": class_of(use_case),
    }

"""The value page: what a use case promised, what came of it, and who approved what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.services.people import holders_of
from governance.models import UseCase, ValueCase
from governance.services import (
    allocations,
    observations,
    reviewing_value,
    standings,
    use_cases,
    value_cases,
)
from governance.value import words
from governance.value.returns import months
from governance.value.standings import Reckoned
from governance.web import value_chart, value_forms
from governance.web.fields import Typed, given_back
from governance.web.frame import framed
from governance.web.kpis import kpi_lines
from governance.web.value_changes import changes
from lib.actor import Actor
from lib.canonical import digest_of
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.templatetags.look import themed

MOST_PEOPLE: Final = 500
MOST_FILES: Final = 10


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """POST with ``act``: ``case`` writes the draft, ``approve`` freezes it, ``shares`` says which
    units share it. A file of figures goes to its own address."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    if request.method != "POST":
        return page(request, use_case)
    act = request.POST.get("act", "")
    try:
        if act not in value_forms.ACTS:
            known = ", ".join(value_forms.ACTS)
            raise Invalid("There is no such act here.", errors={"act": f"one of {known}"})
        told = value_forms.ACTS[act](request, use_case, actor)
    except ImprimaturError as error:
        return page(request, use_case, act, error)
    messages.success(request, told)
    return redirect("admin:use_case_value", slug=slug)


def page(
    request: HttpRequest, use_case: UseCase, act: str = "", error: ImprimaturError | None = None
) -> HttpResponse:
    """The page, with what was typed in the form ``act`` when that could not be taken."""
    actor, found = actor_of(request), standings.standing_of(use_case)
    case = ValueCase.objects.filter(use_case=use_case).select_related("approver").first()
    people = holders_of("governance.read", *use_case.scopes).exclude(pk=use_case.owner_id)
    context = {
        **framed(use_case, here="use_case_value", actor=actor),
        "title": f"Value of {use_case.name}",
        "crumbs": [
            ("Use cases", "/use-cases/"),
            (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
        ],
        "found": found,
        **_told(found),
        "lines": kpi_lines(use_case),
        "verified": reviewing_value.verified(use_case, found),
        "replaced": reviewing_value.replaced(use_case, found),
        **_case(use_case, case, actor),
        "versions": use_case.value_case_versions.select_related("approved_by"),
        "people": list(people.distinct()[:MOST_PEOPLE]),
        "files": use_case.uploads.defer("refused")[:MOST_FILES],
        "may_record": actor.may("value.record", *use_case.scopes),
        "most_mib": observations.MOST_BYTES // 1024**2,
        **_shares(use_case),
        **_typed(request, use_case, case, act, error),
        "error": error,
        "act": act,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/use_case_value.html", context, status=status)


def _told(found: Reckoned) -> dict[str, Any]:
    """What was promised and what came of it, in words and drawn."""
    promise, came = found.promise, found.realised
    if promise is None or came is None:
        return {"promised": "", "came": [], "drawing": ""}
    months_so_far = list(months(promise, found.reported, timezone.localdate()))
    course = value_chart.course_of(promise, months_so_far)
    return {
        "promised": words.promised(promise),
        "at_targets": words.amount(found.at_targets) if found.at_targets else "",
        "came": words.came_of_it(promise, came),
        "brought": words.amount(came.gained) if came.covered else "unknown",
        "of_promised": words.percent(came.of_promised),
        "roi": words.percent(came.roi),
        "promised_roi": words.percent(promise.roi),
        "drawing": themed(value_chart.drawn(course, currency=promise.currency)),
    }


def _case(use_case: UseCase, case: ValueCase | None, actor: Actor) -> dict[str, Any]:
    """The draft beside what was approved, and why it may not be approved now."""
    if case is None:
        return {"case": None, "changed": []}
    case.use_case = use_case
    document, newest = value_cases.document_of(case), value_cases.current(use_case)
    problems = value_cases.problems_of(case, document)
    changed = changes(newest.document if newest else {}, document)
    return {
        "case": case,
        "changed": changed,
        "missing": problems,
        "digest": digest_of(document),
        "next_number": newest.number + 1 if newest else 1,
        "why_not": _why_not(case, actor, bool(problems), bool(changed)),
    }


def _why_not(case: ValueCase, actor: Actor, is_incomplete: bool, is_changed: bool) -> str:
    if not is_changed:
        return "It says what is approved already."
    if is_incomplete:
        return "Something is missing still."
    return value_cases.why_not_approve(case, actor)


def _shares(use_case: UseCase) -> dict[str, Any]:
    newest = allocations.current(use_case)
    return {"allocation": newest, "shares": value_forms.percents(use_case, newest)}


def _typed(
    request: HttpRequest,
    use_case: UseCase,
    case: ValueCase | None,
    act: str,
    error: ImprimaturError | None,
) -> dict[str, Mapping[str, Typed]]:
    """Each form as it stands, or as it was typed."""
    forms = {
        "case": value_forms.of_case(case),
        "approve": {"reason": ""},
        "shares": value_forms.of_shares(use_case),
        "upload": {"keep": observations.ALL, "file": ""},
    }
    if act in forms:
        forms[act] = {name: request.POST.get(name, "") for name in forms[act]}
    return {
        f"{name}_fields": given_back(texts, error if name == act else None)
        for name, texts in forms.items()
    }

"""The risk of a use case: the questionnaire, what its answers come to, and what held before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance import tiering
from governance.models import Methodology, RiskAssessment, UseCase
from governance.services import risk, use_cases
from governance.tiering_words import Explained, explain
from governance.web.fields import given_back, typed
from governance.web.frame import framed
from lib.actor import Actor
from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from lib.http.query import whole_number

ANSWER = "answer."
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Question:
    """A factor of the methodology with the level that was chosen, and what is wrong with it."""

    factor: dict[str, Any]
    chosen: str
    wrong: str


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """GET begins with the answers that hold; POST computes the tier and puts it into force, and
    keeps what was chosen when something is wrong with it."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    if request.method != "POST":
        return _page(request, use_case, _last_answers(use_case))
    answers = _answers(request)
    try:
        made = _assess(request, use_case, answers, actor)
    except ImprimaturError as error:
        return _page(request, use_case, answers, error)
    messages.success(request, f"{use_case.name} is tier {made.tier} from now on.")
    return redirect("admin:use_case_risk", slug=slug)


def _assess(
    request: HttpRequest, use_case: UseCase, answers: dict[str, str], actor: Actor
) -> RiskAssessment:
    given = typed(request, ("override", "reason"))
    wanted = given["override"]
    override = whole_number("override", wanted, low=1, high=3) if wanted else None
    return risk.assess(
        use_case, answers=answers, override=override, reason=given["reason"], actor=actor
    )


def proof(request: HttpRequest, slug: str) -> HttpResponse:
    """What the chosen answers come to; asked for while somebody chooses. Writes nothing."""
    if request.method != "POST":
        return redirect("admin:use_case_risk", slug=slug)
    use_case = use_cases.find(slug, actor=actor_of(request))
    context = {
        "use_case": use_case,
        **_comes_to(use_case, risk.current_methodology(), _answers(request), actor_of(request)),
    }
    return TemplateResponse(request, "governance/use_case_risk_proof.html", context)


def _answers(request: HttpRequest) -> dict[str, str]:
    names = [name for name in request.POST if name.startswith(ANSWER)][:100]
    found = typed(request, names, longest=120)
    return {name.removeprefix(ANSWER): text for name, text in found.items()}


def _last_answers(use_case: UseCase) -> dict[str, str]:
    newest = use_case.assessments.exclude(methodology=None).first()
    return dict(newest.answers) if newest else {}


def _comes_to(
    use_case: UseCase, methodology: Methodology | None, answers: dict[str, str], actor: Actor
) -> dict[str, Any]:
    """The panel beside the questions: how far, or what it comes to and who may put it in force."""
    if methodology is None:
        return {}
    factors = methodology.document["factors"]
    levels = {factor["key"]: {level["key"] for level in factor["levels"]} for factor in factors}
    known = {key: text for key, text in answers.items() if text in levels.get(key, ())}
    found = _explained(methodology, known)
    lighter = found is not None and found.tier > use_case.tier
    return {
        "answered": len(known),
        "asked": len(factors),
        "found": found,
        "is_lighter": lighter,
        "may_not_lighten": lighter and not use_cases.may_lighten(use_case, actor),
    }


def _explained(methodology: Methodology, answers: dict[str, str]) -> Explained | None:
    try:
        return explain(methodology.document, answers)
    except tiering.AnswersError:
        return None


def _page(
    request: HttpRequest,
    use_case: UseCase,
    answers: dict[str, str],
    error: ImprimaturError | None = None,
) -> HttpResponse:
    actor, methodology = actor_of(request), risk.current_methodology()
    posted = request.method == "POST"
    texts = {name: request.POST.get(name, "") if posted else "" for name in ("override", "reason")}
    wrong = error.errors if error else {}
    context = {
        "title": f"Risk of {use_case.name}",
        "crumbs": [
            ("Use cases", "/use-cases/"),
            (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
        ],
        **framed(use_case, here="use_case_risk", actor=actor),
        "methodology": methodology,
        "questions": [
            Question(each, answers.get(each["key"], ""), wrong.get(f"answers.{each['key']}", ""))
            for each in (methodology.document["factors"] if methodology else ())
        ],
        "fields": given_back(texts, error),
        "tiers": [str(tier) for tier in tiering.TIERS],
        "may_assess": actor.may("use_case.write", *use_case.scopes),
        "may_publish": actor.may_everywhere("policy.publish"),
        "owns": not use_cases.may_lighten(use_case, actor),
        "history": _history(use_case),
        "error": error,
        **_comes_to(use_case, methodology, answers, actor),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/use_case_risk.html", context, status=status)


def _history(use_case: UseCase) -> list[tuple[RiskAssessment, Explained | None]]:
    """The newest first, each explained by the methodology that it was made under."""
    rows = use_case.assessments.select_related("methodology")[:SHOWN]
    return [
        (row, _explained(row.methodology, row.answers) if row.methodology else None) for row in rows
    ]

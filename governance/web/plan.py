"""The plan of a use case: a guided page that is saved as somebody goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from governance.models import UseCase
from governance.services import envisioning, plans, use_cases
from governance.value.phases import Facts
from governance.web import plan_guardrails
from governance.web.frame import framed
from governance.web.plan_form import GUARDRAILS, LINES, Sent, changes, read, tag, values_of
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.query import params

MOST_PEOPLE: Final = 500
BEFORE: Final = (
    (
        "Objective and why",
        (
            ("objective", "Business objective", "What the business wants from it."),
            ("why", "Why", "What it costs to go on as today, and why now."),
        ),
    ),
    (
        "People",
        (
            ("decision_maker", "Decision-maker", "Who says yes or no to it, and answers for that."),
            ("users", "End users", "Who works with its answers."),
            ("domain_experts", "Domain experts", "Who knows the field, and is asked."),
            ("product_manager", "Model product manager", "Carries the plan between both sides."),
        ),
    ),
    ("Success", (("success", "It succeeds when", "What anybody could check afterwards."),)),
    (
        "Hypotheses",
        (
            ("hypothesis", "Solution", "What has to be true of a model for that to come about."),
            (
                "trust_hypothesis",
                "Trustworthy AI",
                "Why it will stay fair, safe and explainable, and what would prove that wrong.",
            ),
        ),
    ),
)
AFTER: Final = (
    ("How work changes", (("workflow", "Workflow", "Who does what otherwise, and from when."),)),
    (
        "Data protection",
        (("protection", "Plan", "Whose data, on which ground, how long, and who may see them."),),
    ),
)
"""Sections in the order in which people think, before and after the guardrails."""
PLACES: Final = {
    "objective": "objective",
    "people": "decision_maker",
    "success": "success",
    "hypotheses": "hypothesis",
    "dials": GUARDRAILS,
    "workflow": "workflow",
    "protection": "protection",
}
"""Where on the page a criterion is met."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its text, what is wrong with it, and what the page began with (``was``)."""

    name: str
    label: str
    help: str
    text: str
    wrong: str
    was: str


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """POST keeps what was sent: one field when it was left, or all that changed with the button.
    What is refused is given back with what is wrong."""
    params(request, ())
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    if request.method != "POST":
        return _page(request, use_case, actor, Sent())
    sent, error = read(request), None
    try:
        fields = changes(sent, values_of(use_case))
        _keep(use_case, actor, sent.reason, fields)
    except ImprimaturError as refused:
        error = refused
    use_case = use_cases.find(slug, actor=actor)
    if request.headers.get("HX-Request"):
        return _part(request, use_case, actor, sent, error)
    if error:
        return _page(request, use_case, actor, sent, error)
    messages.success(request, "The plan is saved.")
    return redirect("admin:use_case_plan", slug=slug)


def _keep(use_case: UseCase, actor: Actor, reason: str, fields: dict[str, Any]) -> None:
    """Where attributes are all that is wrong, fairness waits for them and the rest is kept.

    Raises Invalid all the same, saying so."""
    try:
        plans.set_plan(use_case, actor=actor, reason=reason, **fields)
    except Invalid as error:
        if set(error.errors) != {"protected"} or "dials" not in fields:
            raise
        rest = {name: value for name, value in fields.items() if name != "protected"}
        rest["dials"] = {key: at for key, at in fields["dials"].items() if key != "fairness"}
        plans.set_plan(use_case, actor=actor, reason=reason, **rest)
        raise Invalid(
            "Fairness and its attributes are not saved; everything else is.",
            code="partly",
            errors=error.errors,
        ) from error


def _part(
    request: HttpRequest,
    use_case: UseCase,
    actor: Actor,
    sent: Sent,
    error: ImprimaturError | None,
) -> HttpResponse:
    """What stands beside the field that was left, and what changes elsewhere with it."""
    texts = [name for name in sent.names if name != GUARDRAILS]
    now = values_of(use_case)
    lines = _lines(now, sent, error)
    context: dict[str, Any] = {
        "use_case": use_case,
        "lines": [lines[name] for name in texts],
        "saved_at": None if error else timezone.localtime(),
        "error": error,
        **(around := framed(use_case, here="use_case_plan", actor=actor)),
        **_progress(use_case, around["facts"]),
    }
    if GUARDRAILS in sent.names:
        context |= plan_guardrails.shown(use_case, actor, now[GUARDRAILS], sent, error)
    status = error.status if error else 200
    return TemplateResponse(request, "governance/plan_part.html", context, status=status)


def _page(
    request: HttpRequest,
    use_case: UseCase,
    actor: Actor,
    sent: Sent,
    error: ImprimaturError | None = None,
) -> HttpResponse:
    now = values_of(use_case)
    lines = _lines(now, sent, error)
    context = {
        "title": f"Plan of {use_case.name}",
        "crumbs": [
            ("Use cases", "/use-cases/"),
            (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
        ],
        **(around := framed(use_case, here="use_case_plan", actor=actor)),
        "before": _sections(BEFORE, lines),
        "after": _sections(AFTER, lines),
        "people": _people(use_case),
        "error": error,
        "nothing_saved": error is not None and error.code != "partly",
        **_progress(use_case, around["facts"]),
        **plan_guardrails.shown(use_case, actor, now[GUARDRAILS], sent, error),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/plan.html", context, status=status)


def _sections(
    sections: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...], lines: dict[str, Line]
) -> list[tuple[str, list[Line]]]:
    return [(title, [lines[name] for name, _, _ in fields]) for title, fields in sections]


def _lines(now: dict[str, Any], sent: Sent, error: ImprimaturError | None) -> dict[str, Line]:
    """Every field of text, with what was typed in it where something was."""
    wrong = error.errors if error else {}
    alone = error.detail if error and len(sent.names) == 1 and not error.errors else ""
    return {
        name: Line(
            name,
            label,
            help_,
            sent.typed(name, now[name]),
            wrong.get(name, alone if name in sent.texts else ""),
            tag(now[name]),
        )
        for _, fields in (*BEFORE, *AFTER)
        for name, label, help_ in fields
        if name in LINES
    }


def _people(use_case: UseCase) -> list[User]:
    """Who may be chosen, and whoever stands there, also when they have left."""
    rows = User.objects.filter(is_active=True).order_by("username")[:MOST_PEOPLE]
    chosen = plans.find(use_case).product_manager
    people = list(rows)
    return people if chosen is None or chosen in people else [chosen, *people]


def _progress(use_case: UseCase, facts: Facts) -> dict[str, Any]:
    """How far the phase is, each criterion with where it is met."""
    met = envisioning.progress(facts)
    places = {key: f"#{place}" for key, place in PLACES.items()} | {
        "risk": reverse("admin:use_case_risk", args=[use_case.slug]),
        "value_case": reverse("admin:use_case_value", args=[use_case.slug]) + "#case",
    }
    return {
        "criteria": [(one, places.get(one.criterion.key, "")) for one in met],
        "met_count": sum(one.is_met for one in met),
    }

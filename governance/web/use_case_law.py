"""What a use case is in law: a model or not, and its class under the EU AI Act."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.eu_act import PRESETS, STRICTEST_FIRST
from governance.models import UseCase
from governance.services import classifying, use_cases
from governance.services.prohibition import class_of
from governance.web.fields import given_back, typed
from governance.web.frame import framed
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of

FIELDS: Final = {
    "determine": ("is_model", "model_rationale"),
    "classify": ("preset", "eu_class", "articles", "rationale"),
}
CLASSES: Final = {
    "prohibited": "Prohibited: Art. 5 forbids it, and nothing here authorizes it",
    "high": "High risk: Annex I or Annex III, with the duties of Art. 8 to 15",
    "transparency": "Transparency: people are told that they deal with a machine (Art. 50)",
    "minimal": "Minimal: none of the above",
}


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """POST with ``act`` (determine or classify) writes the one or the other down, and keeps what
    was typed when something is wrong with it."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    if request.method != "POST":
        return _page(request, use_case, _begun_with(use_case))
    act = request.POST.get("act", "")
    if act not in FIELDS:
        raise Invalid("There is no such act here.", errors={"act": "determine or classify"})
    texts: dict[str, str] = {}
    try:
        texts = typed(request, FIELDS[act])
        told = _write(act, use_case, texts, actor)
    except ImprimaturError as error:
        return _page(request, use_case, _begun_with(use_case) | texts, error, act)
    messages.success(request, told)
    return redirect("admin:use_case_law", slug=slug)


def _write(act: str, use_case: UseCase, texts: dict[str, str], actor: Actor) -> str:
    """Has it written down; the sentence that says what holds now."""
    if act == "determine":
        if texts["is_model"] not in ("yes", "no"):
            raise Invalid(
                "Say whether it is a model.", errors={"is_model": "choose one of the two"}
            )
        is_model = texts["is_model"] == "yes"
        why = texts["model_rationale"]
        classifying.determine(use_case, is_model=is_model, rationale=why, actor=actor)
        return f"{use_case.name} is on record as {'a model' if is_model else 'no model'}."
    preset = texts["preset"]
    if not preset:
        raise Invalid("Say which use it is.", errors={"preset": "choose one"})
    own = preset == "other"
    made = classifying.classify(
        use_case,
        rationale=texts["rationale"],
        actor=actor,
        preset="" if own else preset,
        eu_class=texts["eu_class"] if own else "",
        articles=texts["articles"] if own else "",
    )
    return f"{use_case.name} is on record as {made.eu_class} ({made.articles})."


def _begun_with(use_case: UseCase) -> dict[str, str]:
    """The forms begin with what holds, so that a change is seen to be one; never its reasons."""
    names = {name for fields in FIELDS.values() for name in fields}
    texts = dict.fromkeys(sorted(names), "")
    determined, classified = use_case.determinations.first(), class_of(use_case)
    if determined:
        texts["is_model"] = "yes" if determined.is_model else "no"
    if classified:
        path = (classified.eu_class, classified.articles)
        known = (key for key, each in PRESETS.items() if (each.eu_class, each.articles) == path)
        texts["preset"] = next(known, "other")
        if texts["preset"] == "other":
            texts["eu_class"], texts["articles"] = path
    return texts


def _page(
    request: HttpRequest,
    use_case: UseCase,
    texts: dict[str, str],
    error: ImprimaturError | None = None,
    act: str = "",
) -> HttpResponse:
    actor = actor_of(request)
    context: dict[str, Any] = {
        "title": f"{use_case.name} in law",
        "crumbs": [
            ("Use cases", "/use-cases/"),
            (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
        ],
        **framed(use_case, here="use_case_law", actor=actor),
        "determinations": use_case.determinations.select_related("determined_by"),
        "classifications": use_case.classifications.select_related("assessed_by"),
        "presets": PRESETS,
        "classes": [(key, CLASSES[key]) for key in STRICTEST_FIRST],
        "fields": given_back(texts, _on_page(error, act)),
        "owns": not use_cases.may_lighten(use_case, actor),
        "error": error,
        "act": act,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/use_case_law.html", context, status=status)


def _on_page(error: ImprimaturError | None, act: str) -> ImprimaturError | None:
    """Both forms ask for a rationale, so the one that determines has another name for its own."""
    if error is None or act != "determine" or "rationale" not in error.errors:
        return error
    return Invalid(error.detail, errors={"model_rationale": error.errors["rationale"]})

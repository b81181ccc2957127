"""A use case described on a page: a new one, or other words for one that is there."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from rest_framework.exceptions import ValidationError

from accounts.models import User
from governance.models import UseCase
from governance.models.use_cases import Archetype
from governance.services import use_cases
from governance.web.fields import given_back, typed
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.query import params
from lib.http.serializers import SlugField

NEW: Final = (
    "name",
    "slug",
    "business_unit",
    "owner",
    "tier",
    "objective",
    "hypothesis",
    "users",
    "archetype",
    "purposes",
)
MOST_PEOPLE: Final = 500
_REQUIRED: Final = ("name", "objective", "business_unit", "owner", "purposes")


def new(request: HttpRequest) -> HttpResponse:
    """POST describes a use case for the first time, and keeps what was typed when something is
    wrong with it."""
    params(request, ())
    if request.method != "POST":
        start = {"owner": request.user.get_username(), "tier": "1"}
        return _page(request, None, dict.fromkeys(NEW, "") | start)
    texts = dict.fromkeys(NEW, "")
    try:
        texts = typed(request, NEW)
        made = use_cases.create_use_case(actor=actor_of(request), **_described(texts))
    except ImprimaturError as error:
        return _page(request, None, texts, error)
    messages.success(request, f"{made.name} is described. Now assess its risk.")
    return redirect("admin:use_case_risk", slug=made.slug)


def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """POST changes what is said of it; what decides on its treatment has pages of its own."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    texts = {name: str(getattr(use_case, name)) for name in use_cases.DESCRIPTION}
    if request.method != "POST":
        return _page(request, use_case, texts)
    try:
        texts = typed(request, use_cases.DESCRIPTION)
        use_cases.describe(use_case, actor=actor, **texts)
    except ImprimaturError as error:
        return _page(request, use_case, texts, error)
    messages.success(request, f"What is said of {use_case.name} is kept.")
    return redirect("admin:use_case", slug=slug)


def _described(texts: dict[str, str]) -> dict[str, Any]:
    """What the service takes. Raises Invalid naming every field that is wrong."""
    wrong = {name: "may not be empty" for name in _REQUIRED if not texts[name].strip()}
    wrong |= {
        name: "letters, digits, dots, dashes and underscores, up to 120"
        for name in ("slug", "business_unit")
        if name not in wrong and not _is_slug(texts[name])
    }
    if len(texts["name"]) > 200:
        wrong["name"] = "at most 200 characters"
    if texts["tier"] not in ("1", "2", "3"):
        wrong["tier"] = "1, 2 or 3"
    purposes, problem = _purposes(texts["purposes"])
    if problem and "purposes" not in wrong:
        wrong["purposes"] = problem
    if wrong:
        raise Invalid("Some of it is not as it has to be.", errors=wrong)
    return {**texts, "tier": int(texts["tier"]), "purposes": purposes}


def _purposes(text: str) -> tuple[list[dict[str, str]], str]:
    """Lines such as ``decide: Deciding on applications``; and what is wrong with the first that
    is not like that."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        key, _, name = (part.strip() for part in line.partition(":"))
        if not _is_slug(key) or not name or len(name) > 200:
            return [], f"“{line[:60]}”: a key, a colon, and the purpose in words"
        found.append({"key": key, "name": name})
    return found, ""


def _is_slug(text: str) -> bool:
    try:
        SlugField().run_validation(text)
    except ValidationError:
        return False
    return True


def _page(
    request: HttpRequest,
    use_case: UseCase | None,
    texts: dict[str, str],
    error: ImprimaturError | None = None,
) -> HttpResponse:
    crumbs = [("Use cases", "/use-cases/")]
    if use_case:
        crumbs.append((use_case.name, reverse("admin:use_case", args=[use_case.slug])))
    scopes = use_case.scopes if use_case else ()
    context = {
        "title": f"Describe {use_case.name}" if use_case else "Describe a use case",
        "crumbs": crumbs,
        "use_case": use_case,
        "fields": given_back(texts, error),
        "archetypes": Archetype.choices,
        "people": User.objects.filter(is_active=True).order_by("username")[:MOST_PEOPLE],
        "tiers": ("1", "2", "3"),
        "may_write": actor_of(request).may("use_case.write", *scopes),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/use_case_editor.html", context, status=status)

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
from lib.actor import Actor
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
PURPOSE: Final = ("purpose_key", "purpose_name", "purpose_reason")
HAND_OVER: Final = ("new_owner", "owner_reason")
ACTS: Final = {"describe": use_cases.DESCRIPTION, "purpose": PURPOSE, "owner": HAND_OVER}
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
    """POST with ``act``: ``describe`` changes what is said of it, ``purpose`` approves one more,
    ``owner`` hands it over. Its tier and class change on pages of their own."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    texts = {name: str(getattr(use_case, name)) for name in use_cases.DESCRIPTION}
    texts |= dict.fromkeys((*PURPOSE, *HAND_OVER), "")
    if request.method != "POST":
        return _page(request, use_case, texts)
    act = request.POST.get("act", "")
    try:
        if act not in ACTS:
            raise Invalid("There is no such act here.", errors={"act": f"one of {', '.join(ACTS)}"})
        given = typed(request, ACTS[act])
        texts |= given
        told = _changed(act, use_case, given, actor)
    except ImprimaturError as error:
        return _page(request, use_case, texts, _renamed(error, act))
    messages.success(request, told)
    return redirect("admin:use_case", slug=slug)


def _changed(act: str, use_case: UseCase, texts: dict[str, str], actor: Actor) -> str:
    """Has it changed; the sentence that says what holds now."""
    if act == "describe":
        use_cases.describe(use_case, actor=actor, **texts)
        return f"What is said of {use_case.name} is kept."
    if act == "owner":
        owner, why = texts["new_owner"], texts["owner_reason"]
        made = use_cases.hand_over(use_case, owner=owner, reason=why, actor=actor)
        return f"{made.owner.full_name} owns {use_case.name} from now on."
    purposes, problem = _purposes(f"{texts['purpose_key']}: {texts['purpose_name']}")
    if problem or not purposes:
        raise Invalid(
            "A purpose has a key and words.",
            errors={"key": "letters, digits, dots, dashes and underscores; and say it in words"},
        )
    why = texts["purpose_reason"]
    purpose = use_cases.approve_purpose(use_case, **purposes[0], reason=why, actor=actor)
    return f"{purpose.name} is an approved purpose from now on."


def _renamed(error: ImprimaturError, act: str) -> ImprimaturError:
    """Three forms stand on the page, so that fields have longer names there than in services."""
    names = {"purpose": PURPOSE, "owner": HAND_OVER}.get(act, ())
    longer = {name.partition("_")[2]: name for name in names}
    error.errors = {longer.get(name, name): text for name, text in error.errors.items()}
    return error


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
    actor, crumbs = actor_of(request), [("Use cases", "/use-cases/")]
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
        "may_write": actor.may("use_case.write", *scopes),
        "may_widen": use_case is not None and use_cases.may_lighten(use_case, actor),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/use_case_editor.html", context, status=status)

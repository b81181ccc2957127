"""What was authorized at a moment: asked in a form, answered in a sentence, proven below it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from governance.services.as_of import as_of, models_to_ask_about
from governance.services.as_of_words import sentence
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.reading import tell
from registry.models import Environment

ASKED = ("model", "environment", "day", "clock")


def show(request: HttpRequest) -> HttpResponse:
    """The question and its answer; for a part of the page, the models that go on as it is typed."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "").strip()[:300] for name in ASKED}
    refuse_unstorable(asked["model"], "model")
    models = models_to_ask_about(actor, asked["model"])
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "governance/as_of_models.html", {"models": models})
    context: dict[str, Any] = {
        "title": "What was authorized",
        "asked": _filled(asked),
        "models": models,
        "environments": Environment.objects.order_by("-rank"),
        "may_bundle": actor.may("audit.export"),
        "may_read_trail": actor.may_everywhere("audit.read"),
    }
    status = 200
    if asked["model"] and asked["environment"]:
        try:
            context |= _answered(_filled(asked), actor)
            tell(request, actor, "model:{name}", {"name": asked["model"]})
        except ImprimaturError as error:
            context |= {"wrong": error.detail}
            status = error.status
    return TemplateResponse(request, "governance/as_of.html", context, status=status)


def _filled(asked: dict[str, str]) -> dict[str, str]:
    """The question with this minute where no time was asked for."""
    now = timezone.now().astimezone(UTC)
    clock = asked["clock"] or ("23:59" if asked["day"] else f"{now:%H:%M}")
    return asked | {"day": asked["day"] or f"{now:%Y-%m-%d}", "clock": clock}


def _answered(asked: dict[str, str], actor: Actor) -> dict[str, Any]:
    answer = as_of(
        model=asked["model"],
        environment=asked["environment"],
        at=_moment(asked["day"], asked["clock"]),
        actor=actor,
    )
    held = sorted(answer.held, key=lambda each: not each.authorized)
    return {"answer": answer, "told": [(each, sentence(answer, each)) for each in held]}


def _moment(day: str, clock: str) -> datetime:
    """The minute that was asked about. Of this minute, and of the rest of today, only what is
    known by now can be told."""
    try:
        whole = datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid(
            "A date is written 2026-03-01, a time 14:00.", errors={"day": "2026-03-01"}
        ) from error
    now = timezone.now().astimezone(UTC)
    return now if whole.date() == now.date() and whole + timedelta(minutes=1) > now else whole

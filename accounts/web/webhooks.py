"""Who outside is told: the list with the form to add one, and each with what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Dialect, WebhookEndpoint
from accounts.services import webhook_history, webhooks
from accounts.webhook_rules import events_of
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable

SHOWN: Final = 25
BOXES: Final[dict[str, str]] = {Dialect.CLOUDEVENTS: "events", Dialect.MLFLOW: "mlflow_events"}
SAYS: Final[dict[str, str]] = {
    Dialect.CLOUDEVENTS: "signed as Standard Webhooks has it; tells of releases, authorizations "
    "and findings too",
    Dialect.MLFLOW: "for receivers written for MLflow 3: its events, its body, its signature",
}


@dataclass(frozen=True)
class Typed:
    """What stands in the form: {name, address, description, dialect}, the events chosen, and what
    is wrong with them."""

    asked: dict[str, str] = field(default_factory=lambda: {"dialect": Dialect.CLOUDEVENTS})
    chosen: list[str] = field(default_factory=list)
    wrong: ImprimaturError | None = None

    @classmethod
    def of(cls, request: HttpRequest, dialect: str = "") -> Typed:
        """Each dialect has boxes of its own, and those of the other count for nothing."""
        form = request.POST
        dialect = dialect or form.get("dialect", Dialect.CLOUDEVENTS)
        asked = {name: form.get(name, "") for name in ("name", "address", "description")}
        return cls(asked | {"dialect": dialect}, form.getlist(BOXES.get(dialect, "events")))

    @classmethod
    def from_row(cls, row: WebhookEndpoint) -> Typed:
        asked = {"name": row.name, "address": row.address, "description": row.description}
        return cls(asked | {"dialect": row.dialect}, row.events)

    def refuse_unstorable(self) -> None:
        """Raises Invalid."""
        for key, text in (*self.asked.items(), *(("events", one) for one in self.chosen)):
            refuse_unstorable(text, key)

    @property
    def status(self) -> int:
        return self.wrong.status if self.wrong else 200

    def shown(self) -> dict[str, Any]:
        """For the page."""
        return {
            "asked": self.asked,
            "chosen": self.chosen,
            "wrong": self.wrong,
            "dialects": [
                {
                    "key": key,
                    "name": Dialect(key).label,
                    "says": SAYS[key],
                    "boxes": boxes,
                    "events": list(events_of(key).values()),
                }
                for key, boxes in BOXES.items()
            ],
        }


def listing(request: HttpRequest) -> HttpResponse:
    """A form that is wrong is shown again with what was typed; one that is right leads to the
    secret, on this answer alone."""
    actor = actor_of(request)
    if request.method == "POST":
        return _create(request, actor)
    return _listed(request, actor)


def show(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    endpoint = webhooks.find(webhook_id, actor=actor)
    if request.method == "POST":
        act = _change if request.POST.get("act") == "change" else _act
        return act(request, endpoint, actor)
    return _shown(request, endpoint, actor)


def _create(request: HttpRequest, actor: Actor) -> HttpResponse:
    typed = Typed.of(request)
    try:
        typed.refuse_unstorable()
        endpoint, secret = webhooks.create(**typed.asked, events=typed.chosen, actor=actor)
    except ImprimaturError as error:
        return _listed(request, actor, typed=replace(typed, wrong=error))
    return _shown(request, endpoint, actor, secret=secret)


def _change(request: HttpRequest, endpoint: WebhookEndpoint, actor: Actor) -> HttpResponse:
    """A form that is wrong stays open with what was typed. Another address has another secret, on
    this answer alone."""
    typed = Typed.of(request, endpoint.dialect)
    given = {name: text for name, text in typed.asked.items() if name != "dialect"}
    try:
        typed.refuse_unstorable()
        endpoint, secret = webhooks.change(endpoint, **given, events=typed.chosen, actor=actor)
    except ImprimaturError as error:
        return _shown(request, endpoint, actor, typed=replace(typed, wrong=error))
    if secret:
        return _shown(request, endpoint, actor, secret=secret)
    messages.success(request, "What it is told, and where, is as you see it here.")
    return redirect("admin:webhook", webhook_id=endpoint.pk)


def _listed(request: HttpRequest, actor: Actor, *, typed: Typed | None = None) -> HttpResponse:
    typed = typed or Typed()
    context = {
        "title": "Webhooks",
        "endpoints": list(webhooks.endpoints(actor=actor)),
        **typed.shown(),
    }
    return TemplateResponse(request, "accounts/webhooks.html", context, status=typed.status)


def _shown(
    request: HttpRequest,
    endpoint: WebhookEndpoint,
    actor: Actor,
    *,
    secret: str = "",
    typed: Typed | None = None,
) -> HttpResponse:
    typed = typed or Typed.from_row(endpoint)
    pages = Paginator(webhook_history.history(endpoint, actor=actor), SHOWN)
    context = {
        "title": endpoint.name,
        "crumbs": [("Webhooks", "/webhooks/")],
        "endpoint": endpoint,
        "secret": secret,
        "deliveries": pages.get_page(request.GET.get("page")),
        **typed.shown(),
    }
    return TemplateResponse(request, "accounts/webhook.html", context, status=typed.status)


def _act(request: HttpRequest, endpoint: WebhookEndpoint, actor: Actor) -> HttpResponse:
    """One of the page's buttons. A new secret is on this answer alone."""
    try:
        if request.POST.get("act") == "rotate":
            endpoint, secret = webhooks.rotate(endpoint, actor=actor)
            return _shown(request, endpoint, actor, secret=secret)
        messages.success(request, _done(request.POST, endpoint, actor))
    except ImprimaturError as error:
        messages.error(request, error.detail)
    if request.POST.get("act") == "delete":
        return redirect("admin:webhooks")
    return redirect("admin:webhook", webhook_id=endpoint.pk)


def _done(form: Any, endpoint: WebhookEndpoint, actor: Actor) -> str:
    """Does it, and says so. Raises what the service raises."""
    act, reason = form.get("act", ""), form.get("reason", "")
    refuse_unstorable(reason, "reason")
    if act == "test":
        webhooks.test(endpoint, actor=actor)
        return "A test event is on its way; it stands below within seconds."
    if act == "disable":
        webhooks.disable(endpoint, reason=reason, actor=actor)
        return f"{endpoint.name} is stopped."
    if act == "enable":
        webhooks.enable(endpoint, actor=actor)
        return f"{endpoint.name} is told of what happens from now on."
    if act == "delete":
        webhooks.delete(endpoint, actor=actor)
        return f"{endpoint.name} is deleted."
    if act == "redeliver":
        row = webhook_history.find_delivery(endpoint, _uuid(form.get("delivery", "")), actor=actor)
        webhooks.redeliver(row, actor=actor)
        return f"{row.kind} is on its way anew."
    raise Invalid("This page has no such button.", errors={"act": "unknown"})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("That is no delivery.", errors={"delivery": "not an id"}) from error

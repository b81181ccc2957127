"""Webhooks as MLflow's clients make them: those that are told in MLflow's words, and no others,
since their clients fall over events that they do not know. The rows are ``/api/v1/webhooks``'s."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from accounts import mlflow_events
from accounts.models import Dialect, EndpointState, WebhookEndpoint
from accounts.services import delivering, webhooks
from lib.actor import Actor
from lib.errors import Invalid, NotFound
from registry.mlflow.door import DoorView
from registry.mlflow.fields import Field, Given, wrong
from registry.mlflow.paging import page, size
from registry.mlflow.shapes import milliseconds

MAY: Final = webhooks.MAY
MOST: Final = 1_000
STATUS: Final = {EndpointState.ACTIVE: "ACTIVE", EndpointState.DISABLED: "DISABLED"}
STOPPED: Final = "Set to DISABLED by an MLflow client."
_NAME: Final = Field("name", longest=63)
_MAY_SAY: Final = (
    Field("description", longest=1_000),
    Field("secret", longest=500),
    Field("status"),
)
_COLUMNS: Final = (
    *("pk", "name", "description", "address", "events", "state", "made_at", "changed_at"),
)


class Webhooks(DoorView):
    """All of them."""

    required = {"GET": MAY, "POST": MAY}
    takes = {
        "GET": (Field("max_results", "number"), Field("page_token")),
        "POST": (
            Field("name", required=True, longest=63),
            Field("url", required=True),
            Field("events", "objects", required=True),
            *_MAY_SAY,
        ),
    }

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        """A page of them, newest first, without their secrets."""
        rows, token = page(
            webhooks.endpoints(actor=actor).filter(dialect=Dialect.MLFLOW),
            fields=_COLUMNS,
            order=[("pk", True)],
            limit=size(given, usual=100, most=MOST),
            token=given["page_token"],
            asked="webhooks",
        )
        found = [shape(WebhookEndpoint(**dict(zip(_COLUMNS, row, strict=True)))) for row in rows]
        return {"webhooks": found} | ({"next_page_token": token} if token else {})

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Add one. Without a secret nothing signs what it is told."""
        _check_name(given["name"])
        _check_url(given["url"])
        status = _status(given)
        with transaction.atomic():
            row, _ = webhooks.create(
                name=given["name"],
                address=given["url"],
                events=_events(given),
                description=given["description"] or "",
                dialect=Dialect.MLFLOW,
                secret=given["secret"] or "",
                actor=actor,
            )
            return {"webhook": shape(_put_into(row, status, actor))}


class Webhook(DoorView):
    """One of them."""

    required = {"GET": MAY, "PATCH": MAY, "DELETE": MAY}
    takes = {"PATCH": (_NAME, Field("url"), Field("events", "objects"), *_MAY_SAY)}
    shows = "webhook:{webhook_id}"

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Without its secret."""
        return {"webhook": shape(find(given["webhook_id"], actor))}

    def patch(self, actor: Actor, given: Given) -> dict[str, Any]:
        """What is said changes; the rest stays. Another address takes another secret with it, since
        no answer of this door shows one."""
        row = find(given["webhook_id"], actor)
        if given["name"]:
            _check_name(given["name"])
        if given["url"]:
            _check_url(given["url"])
        status, secret = _status(given), given["secret"]
        moves = bool(given["url"]) and given["url"].strip() != row.address
        if moves and row.is_signed and not secret:
            raise Invalid(
                "With another address send another secret as well: with the former one whoever "
                "answers there could pass for this server.",
                errors={"secret": "required with another url"},
            )
        with transaction.atomic():
            row, _ = webhooks.change(
                row,
                name=given["name"] or None,
                address=given["url"] or None,
                events=_events(given) if given["events"] else None,
                description=given["description"],
                secret=secret if moves else None,
                actor=actor,
            )
            if secret is not None and not moves:
                row, _ = webhooks.rotate(row, secret=secret, actor=actor)
            return {"webhook": shape(_put_into(row, status, actor))}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Its secret is forgotten, its history stays in the trail."""
        webhooks.delete(find(given["webhook_id"], actor), actor=actor)
        return {}


class Test(DoorView):
    """Whether it hears."""

    required = {"POST": MAY}
    takes = {"POST": (Field("event", "object"),)}

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Send an example of one event, by default of the first that it wants, and wait."""
        row = find(given["webhook_id"], actor)
        tried = delivering.try_now(row, event=_event(given["event"], "event"), actor=actor)
        found: dict[str, Any] = {"success": tried.arrived}
        if tried.status is None:
            return {"result": found | {"error_message": tried.error}}
        found |= {"response_status": tried.status, "response_body": tried.text}
        redirected = 300 <= tried.status < 400  # a status that needs a word with it
        return {"result": found | ({"error_message": tried.error} if redirected else {})}


def find(webhook_id: str, actor: Actor) -> WebhookEndpoint:
    """Raises NotFound, also for one that is told in other words, and Refused."""
    missing = NotFound(f"Webhook with ID {webhook_id[:100]} not found.", code="no_webhook")
    try:
        row = webhooks.find(UUID(webhook_id), actor=actor)
    except (ValueError, NotFound) as error:
        raise missing from error
    if row.dialect != Dialect.MLFLOW:
        raise missing
    return row


def shape(row: WebhookEndpoint) -> dict[str, Any]:
    """A Webhook. One that wants everything names everything: their clients take no empty list."""
    return {
        "webhook_id": str(row.pk),
        "name": row.name,
        "description": row.description,
        "url": row.address,
        "events": [_pair(event) for event in row.events or mlflow_events.EVENTS],
        "status": STATUS[EndpointState(row.state)],
        "creation_timestamp": milliseconds(row.made_at),
        "last_updated_timestamp": milliseconds(row.changed_at or row.made_at),
    }


def _pair(event: str) -> dict[str, str]:
    entity, _, action = event.upper().partition(".")
    return {"entity": entity, "action": action}


def _events(given: Given) -> list[str]:
    found = [_event(each, f"events[{place}]") for place, each in enumerate(given["events"])]
    if not found:
        raise wrong("events", "a list of at least one event")
    return found


def _event(pair: Any, field: str) -> str:
    """``entity.action``; empty where none is said. Raises Invalid."""
    if pair is None:
        return ""
    said = pair if isinstance(pair, dict) else {}
    entity, action = (str(said.get(name, "")).lower() for name in ("entity", "action"))
    if f"{entity}.{action}" not in mlflow_events.EVENTS:
        raise wrong(field, f"an entity and an action, such as {', '.join(_KNOWN)}")
    return f"{entity}.{action}"


_KNOWN: Final = [f"{each['entity']} {each['action']}" for each in map(_pair, mlflow_events.EVENTS)]


def _status(given: Given) -> str | None:
    status: str | None = given["status"]
    if status is not None and status not in STATUS.values():
        raise wrong("status", " or ".join(STATUS.values()))
    return status


def _put_into(row: WebhookEndpoint, status: str | None, actor: Actor) -> WebhookEndpoint:
    if status is None or status == STATUS[EndpointState(row.state)]:
        return row
    if status == "DISABLED":
        return webhooks.disable(row, reason=STOPPED, actor=actor)
    return webhooks.enable(row, actor=actor)


def _check_name(name: str) -> None:
    """As MLflow keeps them."""
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    ends = name[:1].isalnum() and name[-1:].isalnum()
    if not (plain.isascii() and plain.isalnum() and ends):
        raise wrong("name", "letters, digits, . _ and -, a letter or a digit at both ends")


def _check_url(url: str) -> None:
    """What nobody could call, in MLflow's words; whether it may be called, the service says."""
    if not url.strip():
        raise Invalid("Webhook URL cannot be empty or just whitespace.", errors={"url": "required"})
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError as error:
        raise Invalid(f"Invalid webhook URL: {error}.", errors={"url": "an address"}) from error
    if scheme not in ("https", "http"):
        raise Invalid(
            f"Invalid webhook URL scheme: '{scheme}'. It begins with https://.",
            errors={"url": "begins with https://"},
        )

"""Which addresses outside are told of what: made, changed, tried, stopped, forgotten. All by
those who may for the whole house, each act an entry; a secret is shown once and kept sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import webhook_rules
from accounts.models import (
    DeliveryState,
    Dialect,
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.services import deliveries, messages, webhook_secrets
from accounts.services.messages import Message
from accounts.webhook_events import TEST
from audit.models import Entry
from audit.services import record
from audit.subjects import Subject
from lib import reasons
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Invalid, NotFound

MAY = "webhook.manage"
BOTH_FOR = timedelta(days=1)
MOST = 50
SECRETS = ("secret", "former_secret", "former_until")


def subject_of(endpoint: WebhookEndpoint) -> Subject:
    return Subject("webhook", str(endpoint.pk), endpoint.name)


def endpoints(*, actor: Actor) -> QuerySet[WebhookEndpoint]:
    """Those that are not deleted, newest first. Events tell of all of the house, so whoever sees
    who is told needs the permission everywhere. Raises Refused."""
    actor.require_everywhere(MAY)
    return WebhookEndpoint.objects.exclude(state=EndpointState.DELETED).select_related("made_by")


def find(endpoint_id: UUID, *, actor: Actor) -> WebhookEndpoint:
    """Raises NotFound, Refused."""
    found = endpoints(actor=actor).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


@transaction.atomic
def create(
    *,
    name: str,
    address: str,
    actor: Actor,
    events: Sequence[str] = (),
    description: str = "",
    dialect: str = Dialect.CLOUDEVENTS,
    secret: str | None = None,
) -> tuple[WebhookEndpoint, str]:
    """The row and its secret, which is never shown again. Without a ``secret`` one is made; an
    empty one, which MLflow's dialect knows, says that nothing signs.

    Raises Invalid for an address that is never called, an unknown event or no secret, Conflict
    when there are too many.
    """
    actor.require_everywhere(MAY)
    wanted = webhook_rules.checked(
        name=name, address=address, events=events, description=description, dialect=dialect
    )
    if endpoints(actor=actor).count() >= MOST:
        raise Conflict(f"There are {MOST} webhooks already: delete one first.", code="too_many")
    secret = webhook_secrets.taken(secret, dialect)
    endpoint = WebhookEndpoint.objects.create(
        name=name.strip(),
        description=description.strip(),
        dialect=dialect,
        address=address.strip(),
        events=wanted,
        secret=webhook_secrets.sealed(secret),
        made_by_id=actor.user_id,
        made_at=timezone.now(),
    )
    _tell(
        endpoint,
        "create",
        actor,
        host=webhook_rules.host_of(endpoint.address),
        events=wanted,
        dialect=dialect,
        signed=endpoint.is_signed,
    )
    return endpoint, secret


@transaction.atomic
def change(
    endpoint: WebhookEndpoint,
    *,
    actor: Actor,
    name: str | None = None,
    address: str | None = None,
    events: Sequence[str] | None = None,
    description: str | None = None,
    secret: str | None = None,
) -> tuple[WebhookEndpoint, str]:
    """Another name, address, description or choice of events; what is not given stays. What waits
    goes to the new address from its next try on. Where nothing differs, nothing is told.

    Another address takes another secret, at once: ``secret``, or one that is made here and returned
    as from ``create``; else what is returned is empty. With the former one, whoever answers at the
    new address could hand on to the true receiver what it likes and keep back the rest, and every
    signature would still be right. A service token may move a webhook as it may make one: both
    tell strangers what happens, and both stand in the trail; neither deceives the receiver. It is
    so for the whole address, since on many hosts the path says whose it is. One that never signed
    promised nothing, and needs none.

    Raises Invalid as ``create`` does, Conflict when it is deleted.
    """
    endpoint = _held(endpoint, actor)
    given = {"name": name, "address": address, "description": description, "events": events}
    former = {field: getattr(endpoint, field) for field in given}
    changed = webhook_rules.differing(former, given, endpoint.dialect)
    if not changed:
        return endpoint, ""
    for field, value in changed.items():
        setattr(endpoint, field, value)
    shown, told = "", [*changed]
    if "address" in changed:
        endpoint.failing_since = None  # the new one has not failed yet
        if endpoint.is_signed or secret:
            shown = webhook_secrets.put_another(endpoint, secret)
            told.append("secret")
    _keep(endpoint, *changed, "failing_since", *SECRETS)
    host = webhook_rules.host_of(endpoint.address)
    _tell(endpoint, "change", actor, changed=told, host=host, events=endpoint.events)
    return endpoint, shown


@transaction.atomic
def rotate(
    endpoint: WebhookEndpoint, *, actor: Actor, secret: str | None = None
) -> tuple[WebhookEndpoint, str]:
    """A new secret, given or made, shown once. For a day messages carry the signatures of both, so
    that receivers can change over; in MLflow's dialect, which has room for one, the new one alone
    signs. Raises Invalid, and Conflict when it is deleted."""
    endpoint = _held(endpoint, actor)
    former = endpoint.secret
    shown = webhook_secrets.put_another(endpoint, secret)
    if former and endpoint.dialect == Dialect.CLOUDEVENTS:
        endpoint.former_secret, endpoint.former_until = former, timezone.now() + BOTH_FOR
    _keep(endpoint, *SECRETS)
    until = endpoint.former_until.isoformat() if endpoint.former_until else None
    _tell(endpoint, "rotate", actor, former_until=until, signed=endpoint.is_signed)
    return endpoint, shown


def _keep(endpoint: WebhookEndpoint, *fields: str) -> None:
    endpoint.changed_at = timezone.now()
    endpoint.save(update_fields=[*fields, "changed_at"])


@transaction.atomic
def disable(endpoint: WebhookEndpoint, *, reason: str, actor: Actor) -> WebhookEndpoint:
    """Nothing is sent from now on, what waits neither. Raises Conflict, Invalid."""
    endpoint = _held(endpoint, actor)
    if endpoint.state != EndpointState.ACTIVE:
        raise Conflict(f"{endpoint.name} is {endpoint.state} already.", code="wrong_state")
    why = reasons.given(reason, "Say why it is stopped.")
    endpoint.state, endpoint.why_disabled = EndpointState.DISABLED, why[:300]
    _keep(endpoint, "state", "why_disabled")
    _cancel(endpoint)
    _tell(endpoint, "disable", actor, by_itself=actor.kind == SYSTEM.kind, reason=why)
    return endpoint


@transaction.atomic
def enable(endpoint: WebhookEndpoint, *, actor: Actor) -> WebhookEndpoint:
    """It is told of what happens from now on; what was cancelled can be delivered anew by hand.
    Raises Conflict."""
    endpoint = _held(endpoint, actor)
    if endpoint.state != EndpointState.DISABLED:
        raise Conflict(f"{endpoint.name} is {endpoint.state}, not stopped.", code="wrong_state")
    endpoint.state, endpoint.why_disabled = EndpointState.ACTIVE, ""
    endpoint.failing_since = None
    _keep(endpoint, "state", "why_disabled", "failing_since")
    _tell(endpoint, "enable", actor)
    return endpoint


@transaction.atomic
def delete(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """Forgets its secret and sends nothing more; its history stays."""
    endpoint = _held(endpoint, actor)
    endpoint.state = EndpointState.DELETED
    endpoint.secret = endpoint.former_secret = ""
    _keep(endpoint, "state", "secret", "former_secret")
    _cancel(endpoint)
    _tell(endpoint, "delete", actor)


@transaction.atomic
def test(endpoint: WebhookEndpoint, *, actor: Actor) -> WebhookDelivery:
    """Sends an event that means nothing, to see whether it arrives; in MLflow's dialect, which has
    none, an example of the first that it wants. Raises Conflict."""
    endpoint = _held(endpoint, actor)
    _refuse_stopped(endpoint)
    return deliveries.put(endpoint, _example(endpoint, "", actor))


@transaction.atomic
def begin_trial(endpoint: WebhookEndpoint, *, actor: Actor, event: str = "") -> WebhookDelivery:
    """The same, of ``event`` if one is given, for whoever sends it themselves: no worker hears of
    it, and until they have it counts as failed. A stopped one is tried as well, as one does before
    starting it. Raises Invalid, Conflict."""
    endpoint = _held(endpoint, actor)
    message = _example(endpoint, event, actor)
    return deliveries.keep(endpoint, message, DeliveryState.FAILED)[0]


def _example(endpoint: WebhookEndpoint, event: str, actor: Actor) -> Message:
    known = webhook_rules.events_of(endpoint.dialect)
    if event and event not in known:
        fault = f"there is no event {event[:60]} in this dialect"
        raise Invalid(f"Nothing was sent: {fault}.", errors={"event": fault})
    entry = _tell(endpoint, "test", actor)
    if endpoint.dialect == Dialect.MLFLOW:
        first = endpoint.events[0] if endpoint.events else next(iter(known))
        return messages.example_in_mlflow(entry, event or first)
    return messages.of_entry(entry, TEST.name)


@transaction.atomic
def redeliver(delivery: WebhookDelivery, *, actor: Actor) -> WebhookDelivery:
    """Sends it anew, with all its tries, under the same id. Raises Conflict while it waits."""
    endpoint = _held(delivery.endpoint, actor)
    _refuse_stopped(endpoint)
    held = WebhookDelivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if held.state == DeliveryState.WAITING:
        raise Conflict("It is on its way already.", code="wrong_state")
    _tell(endpoint, "redeliver", actor, event=str(held.event), kind=held.kind)
    return deliveries.again(held)


def _held(endpoint: WebhookEndpoint, actor: Actor) -> WebhookEndpoint:
    """Under lock. Raises Refused, and Conflict when it is deleted."""
    actor.require_everywhere(MAY)
    held = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if held.state == EndpointState.DELETED:
        raise Conflict(f"{held.name} is deleted.", code="deleted")
    return held


def _refuse_stopped(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != EndpointState.ACTIVE:
        raise Conflict(
            f"{endpoint.name} is {endpoint.state}: start it again first.", code="wrong_state"
        )


def _cancel(endpoint: WebhookEndpoint) -> None:
    waiting = endpoint.deliveries.filter(state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.CANCELLED, next_at=None)


def _tell(
    endpoint: WebhookEndpoint, what: str, actor: Actor, reason: str = "", **details: Any
) -> Entry:
    return record(
        actor=actor,
        action=f"webhook.{what}",
        subject=subject_of(endpoint),
        reason=reason,
        details=details,
    )

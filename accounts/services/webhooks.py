"""Which addresses outside are told of what: made, changed, tried, stopped, forgotten. All by
those who may for the whole house, each act an entry; a secret is shown once and kept sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import DeliveryState, EndpointState, WebhookDelivery, WebhookEndpoint
from accounts.services import deliveries, messages
from accounts.webhook_events import EVENTS, TEST
from audit.models import Entry
from audit.services import record
from audit.subjects import Subject
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Invalid, NotFound
from lib.http.addresses import is_trusted, target_of, why_refused
from lib.http.signing import new_secret
from lib.sealing import seal

MAY = "webhook.manage"
BOTH_FOR = timedelta(days=1)
MOST = 50


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
    *, name: str, address: str, actor: Actor, events: Sequence[str] = ()
) -> tuple[WebhookEndpoint, str]:
    """The row and its secret, which is never shown again.

    Raises Invalid for an address that is never called or an unknown event, Conflict when there
    are too many.
    """
    actor.require_everywhere(MAY)
    wanted = _checked(name, address, events)
    if endpoints(actor=actor).count() >= MOST:
        raise Conflict(f"There are {MOST} webhooks already: delete one first.", code="too_many")
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        name=name.strip(),
        address=address.strip(),
        events=wanted,
        secret=seal(secret, purpose=deliveries.PURPOSE),
        made_by_id=actor.user_id,
        made_at=timezone.now(),
    )
    _tell(endpoint, "create", actor, host=_host(endpoint), events=wanted)
    return endpoint, secret


@transaction.atomic
def change(
    endpoint: WebhookEndpoint,
    *,
    actor: Actor,
    name: str | None = None,
    address: str | None = None,
    events: Sequence[str] | None = None,
) -> WebhookEndpoint:
    """Another name, address or choice of events; what is not given stays, and so does the secret.
    What waits goes to the new address from its next try on. Where nothing differs, nothing is told.

    Raises Invalid as ``create`` does, Conflict when it is deleted.
    """
    endpoint = _held(endpoint, actor)
    former = (endpoint.name, endpoint.address, endpoint.events)
    given = (
        endpoint.name if name is None else name.strip(),
        endpoint.address if address is None else address.strip(),
        endpoint.events if events is None else events,
    )
    endpoint.name, endpoint.address = given[:2]
    endpoint.events = _checked(*given)
    if former == (endpoint.name, endpoint.address, endpoint.events):
        return endpoint
    if endpoint.address != former[1]:
        endpoint.failing_since = None  # the new one has not failed yet
    endpoint.save(update_fields=["name", "address", "events", "failing_since"])
    changed = [
        each
        for each, before in zip(("name", "address", "events"), former, strict=True)
        if getattr(endpoint, each) != before
    ]
    _tell(endpoint, "change", actor, changed=changed, host=_host(endpoint), events=endpoint.events)
    return endpoint


def _host(endpoint: WebhookEndpoint) -> str:
    """All that an entry says of an address: the path and what follows it may hold a key of the
    receiver's, and an entry stays for ever."""
    return target_of(endpoint.address, private_hosts=settings.WEBHOOK_PRIVATE_HOSTS).authority


def _checked(name: str, address: str, events: Sequence[str]) -> list[str]:
    """The events, sorted. Raises Invalid naming each field that is wrong."""
    errors = {}
    if not 1 <= len(name.strip()) <= 120:
        errors["name"] = "from 1 to 120 characters"
    trusted = settings.WEBHOOK_PRIVATE_HOSTS
    try:
        target = target_of(address.strip(), private_hosts=trusted)
        is_number = target.host.replace(".", "").isdigit() or ":" in target.host
        if is_number and (why := why_refused(target.host, trusted=is_trusted(target, trusted))):
            raise ValueError(f"{why}.")
    except ValueError as error:
        errors["address"] = str(error)
    if unknown := sorted(set(events) - set(EVENTS)):
        errors["events"] = f"there is no event {', '.join(unknown)[:200]}"
    if errors:
        first = errors.get("address") or next(iter(errors.values()))
        raise Invalid(f"The webhook cannot be kept so: {first}", errors=errors)
    return sorted(set(events))


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, *, actor: Actor) -> tuple[WebhookEndpoint, str]:
    """A new secret, shown once. For a day messages carry the signatures of both, so that
    receivers can change over. Raises Conflict when it is deleted."""
    endpoint = _held(endpoint, actor)
    secret = new_secret()
    endpoint.former_secret = endpoint.secret
    endpoint.former_until = timezone.now() + BOTH_FOR
    endpoint.secret = seal(secret, purpose=deliveries.PURPOSE)
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    _tell(endpoint, "rotate", actor, former_until=endpoint.former_until.isoformat())
    return endpoint, secret


@transaction.atomic
def disable(endpoint: WebhookEndpoint, *, reason: str, actor: Actor) -> WebhookEndpoint:
    """Nothing is sent from now on, what waits neither. Raises Conflict, Invalid."""
    endpoint = _held(endpoint, actor)
    if endpoint.state != EndpointState.ACTIVE:
        raise Conflict(f"{endpoint.name} is {endpoint.state} already.", code="wrong_state")
    if len(reason.strip()) < 3:
        raise Invalid("Say why it is stopped.", errors={"reason": "may not be empty"})
    endpoint.state, endpoint.why_disabled = EndpointState.DISABLED, reason.strip()[:300]
    endpoint.save(update_fields=["state", "why_disabled"])
    _cancel(endpoint)
    _tell(endpoint, "disable", actor, by_itself=actor.kind == SYSTEM.kind, reason=reason.strip())
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
    endpoint.save(update_fields=["state", "why_disabled", "failing_since"])
    _tell(endpoint, "enable", actor)
    return endpoint


@transaction.atomic
def delete(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """Forgets its secret and sends nothing more; its history stays."""
    endpoint = _held(endpoint, actor)
    endpoint.state = EndpointState.DELETED
    endpoint.secret = endpoint.former_secret = ""
    endpoint.save(update_fields=["state", "secret", "former_secret"])
    _cancel(endpoint)
    _tell(endpoint, "delete", actor)


@transaction.atomic
def test(endpoint: WebhookEndpoint, *, actor: Actor) -> WebhookDelivery:
    """Sends an event that means nothing, to see whether it arrives. Raises Conflict."""
    endpoint = _held(endpoint, actor)
    _refuse_stopped(endpoint)
    entry = _tell(endpoint, "test", actor)
    return deliveries.put(endpoint, messages.of_entry(entry, TEST.name))


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


def history(endpoint: WebhookEndpoint, *, actor: Actor) -> QuerySet[WebhookDelivery]:
    """What it was told, newest first, with every try."""
    actor.require_everywhere(MAY)
    return endpoint.deliveries.prefetch_related("attempts").order_by("-pk")


def find_delivery(endpoint: WebhookEndpoint, delivery_id: UUID, *, actor: Actor) -> WebhookDelivery:
    """Raises NotFound."""
    found = history(endpoint, actor=actor).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(f"{endpoint.name} has no such delivery.")
    return found


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

"""A worker's part: one try to tell one address one thing, and what follows from it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import webhook_rules
from accounts.models import (
    DeliveryState,
    Dialect,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.services import webhook_secrets, webhooks
from accounts.services.deliveries import queue
from jobs import services as jobs
from jobs.registry import LeasedJob, Permanent
from lib.actor import SYSTEM, Actor
from lib.http import outbound, signing
from lib.sealing import Unopened

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Between one try and the next, as the Standard Webhooks specification proposes them."""
GIVEN_UP_AFTER = timedelta(days=3)
TRIAL_SECONDS = 5.0
"""A process of the web waits that long."""
GONE = 410


def deliver(job: LeasedJob) -> None:
    """One try, under the job's lease. Raises Permanent when it was the last, and failed."""
    rows = WebhookDelivery.objects.select_related("endpoint")
    row = rows.filter(pk=job.payload["delivery"]).first()
    if row is None or row.state in (DeliveryState.DELIVERED, DeliveryState.CANCELLED):
        return
    if row.endpoint.state != EndpointState.ACTIVE:
        WebhookDelivery.objects.filter(pk=row.pk).update(
            state=DeliveryState.CANCELLED, next_at=None
        )
        return
    answer, error = _send(row)
    with transaction.atomic():
        jobs.hold(job)
        ended = _note(row, answer, error)
        if ended != DeliveryState.FAILED:
            jobs.finish(job)
    if ended == DeliveryState.FAILED:
        raise Permanent(f"{row.endpoint.name} was not told of {row.kind}: {error}")


def died(job: LeasedJob, error: str) -> None:
    """Its last try is over, or whoever tried it died each time."""
    waiting = WebhookDelivery.objects.filter(
        pk=job.payload["delivery"], state=DeliveryState.WAITING
    )
    waiting.update(state=DeliveryState.FAILED, next_at=None)


@dataclass(frozen=True, slots=True)
class Trial:
    """What an address said to an event that means nothing. ``status`` is None when nobody
    answered; ``text`` is the beginning of the answer, ``error`` a sentence or empty."""

    delivery: WebhookDelivery
    status: int | None
    text: str
    error: str

    @property
    def arrived(self) -> bool:
        return not self.error


def try_now(endpoint: WebhookEndpoint, *, actor: Actor, event: str = "") -> Trial:
    """Sends an example of ``event`` at once and waits for the answer, ``TRIAL_SECONDS`` at most. It
    stands among what the address was told, with this one try; no worker tries it again.

    Nothing is locked meanwhile, and if this process dies it stands there as failed. Raises Invalid
    for an event that is not of its dialect, Conflict when the endpoint is deleted.
    """
    row = webhooks.begin_trial(endpoint, actor=actor, event=event)
    answer, error = _send(row, TRIAL_SECONDS)
    with transaction.atomic():
        _note(row, answer, error, again=False)
    row.refresh_from_db()
    status = answer.status if answer else None
    return Trial(row, status, _shown(row.endpoint, answer), error)


def _shown(endpoint: WebhookEndpoint, answer: outbound.Answer | None) -> str:
    """What was answered, to whoever tried. Not from inside the house: naming a host there to call
    must not become a way to read it."""
    if answer is None:
        return ""
    if webhook_rules.is_inside(endpoint.address):
        return "(what a host inside the house answers is not shown)"
    return answer.text


def _send(
    row: WebhookDelivery, seconds: float = outbound.SECONDS
) -> tuple[outbound.Answer | None, str]:
    """What came back; or why nothing did, in a sentence."""
    body = row.body.encode()
    try:
        answer = outbound.post(
            row.endpoint.address,
            body,
            headers=_headers(row, body),
            private_hosts=settings.WEBHOOK_PRIVATE_HOSTS,
            seconds=seconds,
        )
    except (outbound.NotSent, Unopened) as error:
        return None, str(error)
    if answer.is_good:
        return answer, ""
    if 300 <= answer.status < 400:
        return answer, f"It answered {answer.status}: redirects are not followed."
    return answer, f"It answered {answer.status}."


def _headers(row: WebhookDelivery, body: bytes) -> dict[str, str]:
    """As the dialect has them. Raises Unopened."""
    secrets, now = webhook_secrets.in_force(row.endpoint), int(time.time())
    if row.endpoint.dialect == Dialect.MLFLOW:
        newest = secrets[0] if secrets else ""
        found = signing.mlflow_headers(newest, event=str(row.event), timestamp=now, body=body)
        found["Content-Type"] = "application/json"
    else:
        found = signing.headers(secrets, event=str(row.event), timestamp=now, body=body)
        found["Content-Type"] = "application/cloudevents+json; charset=utf-8"
    return found | {"User-Agent": "Imprimatur-Webhooks/1"}


def _note(
    row: WebhookDelivery, answer: outbound.Answer | None, error: str, *, again: bool = True
) -> str:
    """Writes the try and what follows from it; the state that it leads to. ``again`` says whether
    one that failed is tried again."""
    now = timezone.now()
    # Not against those who hang a new delivery on the endpoint: they are amid a decision.
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=row.endpoint_id)
    delivery = WebhookDelivery.objects.select_for_update(no_key=True).get(pk=row.pk)
    delivery.tries += 1
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=delivery.tries,
        at=now,
        seconds=answer.seconds if answer else None,
        status=answer.status if answer else None,
        error=error[:300],
    )
    since = None if not error else endpoint.failing_since or now
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=since)
    pause = _pause(delivery) if error and again else None
    delivery.next_at = now + pause if pause else None
    if delivery.state != DeliveryState.CANCELLED:
        delivery.state = _state(error, pause)
    elif not error:
        delivery.state = DeliveryState.DELIVERED
    if delivery.state == DeliveryState.WAITING:
        queue(delivery, after=pause)
    delivery.save(update_fields=["tries", "next_at", "state"])
    if error and endpoint.state == EndpointState.ACTIVE:
        _stop_if_hopeless(endpoint, answer, since or now)
    return str(delivery.state)


def _state(error: str, pause: timedelta | None) -> DeliveryState:
    if not error:
        return DeliveryState.DELIVERED
    return DeliveryState.WAITING if pause else DeliveryState.FAILED


def _pause(row: WebhookDelivery) -> timedelta | None:
    """Until the next try; None when there is none left."""
    tried = row.tries - row.begun_at
    return PAUSES[tried - 1] if tried <= len(PAUSES) else None


def _stop_if_hopeless(
    endpoint: WebhookEndpoint, answer: outbound.Answer | None, since: datetime
) -> None:
    if answer is not None and answer.status == GONE:
        webhooks.disable(endpoint, reason="It answered 410: it is gone.", actor=SYSTEM)
    elif timezone.now() - since > GIVEN_UP_AFTER:
        reason = f"Nothing arrived there since {since:%-d %B %Y}."
        webhooks.disable(endpoint, reason=reason, actor=SYSTEM)

"""A worker's part: one try to tell one address one thing, and what follows from it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import (
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.services import webhooks
from accounts.services.deliveries import PURPOSE, queue
from jobs import services as jobs
from jobs.registry import LeasedJob, Permanent
from lib.actor import SYSTEM
from lib.http import outbound, signing
from lib.sealing import Unopened, unseal

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Between one try and the next, as the Standard Webhooks specification proposes them."""
GIVEN_UP_AFTER = timedelta(days=3)
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


def _send(row: WebhookDelivery) -> tuple[outbound.Answer | None, str]:
    """What came back; or why nothing did, in a sentence."""
    body = row.body.encode()
    try:
        headers = signing.headers(
            _secrets(row.endpoint), event=str(row.event), timestamp=int(time.time()), body=body
        )
        headers["Content-Type"] = "application/cloudevents+json; charset=utf-8"
        headers["User-Agent"] = "Imprimatur-Webhooks/1"
        answer = outbound.post(
            row.endpoint.address,
            body,
            headers=headers,
            private_hosts=settings.WEBHOOK_PRIVATE_HOSTS,
        )
    except (outbound.NotSent, Unopened) as error:
        return None, str(error)
    if answer.is_good:
        return answer, ""
    if 300 <= answer.status < 400:
        return answer, f"It answered {answer.status}: redirects are not followed."
    return answer, f"It answered {answer.status}."


def _secrets(endpoint: WebhookEndpoint) -> list[str]:
    sealed = [endpoint.secret]
    if endpoint.former_until is not None and endpoint.former_until > timezone.now():
        sealed.append(endpoint.former_secret)
    return [unseal(one, purpose=PURPOSE) for one in sealed if one]


def _note(row: WebhookDelivery, answer: outbound.Answer | None, error: str) -> str:
    """Writes the try and what follows from it; the state that it leads to."""
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
    pause = _pause(delivery) if error else None
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

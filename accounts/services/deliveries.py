"""The outbox: from an entry of the trail to a row and a job for each address that wants to know.

``hear`` writes them in the transaction of the entry, so what is rolled back is told to nobody, and
what is committed is told even if every process dies. ``delivering`` is the worker's part.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import DeliveryState, EndpointState, WebhookDelivery, WebhookEndpoint
from accounts.services import messages
from accounts.services.messages import Message
from accounts.webhook_events import BY_ACTION
from audit.models import Entry
from audit.subjects import Subject
from jobs import services as jobs

DELIVER = "webhook.deliver"
PURPOSE = "webhook secret"


def hear(entry: Entry) -> None:
    """Told of every entry, in its transaction: puts what somebody outside wants on its way."""
    event = BY_ACTION.get(entry.action)
    if event is not None:
        _put_for_all(event.name, lambda: messages.of_entry(entry, event.name))


@transaction.atomic
def tell_by_clock(kind: str, *, key: str, subject: Subject, details: dict[str, Any]) -> None:
    """For what only the clock knows: puts an event on its way, once for one ``key`` however often
    it is asked."""
    made = messages.of_clock
    _put_for_all(kind, lambda: made(kind, key=key, subject=subject, details=details))


@transaction.atomic
def put(endpoint: WebhookEndpoint, message: Message) -> WebhookDelivery:
    """The delivery of ``message`` to ``endpoint``, made if it is not there, and its job."""
    row, made = WebhookDelivery.objects.get_or_create(
        endpoint=endpoint,
        event=message.id,
        defaults={
            "kind": message.kind,
            "about": message.about[:300],
            "body": message.body.decode(),
            "made_at": timezone.now(),
        },
    )
    if made:
        queue(row)
    return row


def again(row: WebhookDelivery) -> WebhookDelivery:
    """On its way anew, with as many tries as the first time. Whoever asks holds the row."""
    row.state, row.begun_at, row.next_at = DeliveryState.WAITING, row.tries, None
    row.save(update_fields=["state", "begun_at", "next_at"])
    jobs.cancel(DELIVER, _key(row))  # one that waits for an hour that no longer counts
    queue(row)
    return row


def queue(row: WebhookDelivery, after: timedelta | None = None) -> None:
    """The job of the next try."""
    jobs.enqueue(DELIVER, key=_key(row), payload={"delivery": str(row.pk)}, after=after)


def _key(row: WebhookDelivery) -> str:
    return f"{row.pk}:{row.tries}"


def _put_for_all(kind: str, message: Callable[[], Message]) -> None:
    active = WebhookEndpoint.objects.filter(state=EndpointState.ACTIVE)
    wanting = [endpoint for endpoint in active if endpoint.wants(kind)]
    if wanting:
        made = message()
        for endpoint in wanting:
            put(endpoint, made)

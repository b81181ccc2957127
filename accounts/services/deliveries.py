"""The outbox: from an entry of the trail to a row and a job for each address that wants to know.

``hear`` writes them in the transaction of the entry, so what is rolled back is told to nobody, and
what is committed is told even if every process dies. ``delivering`` is the worker's part.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import mlflow_events, webhook_events
from accounts.models import (
    DeliveryState,
    Dialect,
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.services import messages
from accounts.services.messages import Message
from audit.models import Entry
from audit.subjects import Subject
from jobs import services as jobs
from lib.postgres import prepared

DELIVER = "webhook.deliver"


def hear(entry: Entry) -> None:
    """Told of every entry, in its transaction: puts what somebody outside wants on its way."""
    event = webhook_events.BY_ACTION.get(entry.action)
    in_mlflow = mlflow_events.BY_ACTION.get(entry.action, frozenset())
    if event is None and not in_mlflow:
        return
    active = _active()
    if event is not None:
        _put_for_all(active, event.name, lambda: messages.of_entry(entry, event.name))
    _put_in_mlflow(active, in_mlflow, entry)


@transaction.atomic
def tell_by_clock(kind: str, *, key: str, subject: Subject, details: dict[str, Any]) -> None:
    """For what only the clock knows: puts an event on its way, once for one ``key`` however often
    it is asked."""
    made = messages.of_clock
    active = _active()
    _put_for_all(active, kind, lambda: made(kind, key=key, subject=subject, details=details))


@transaction.atomic
def put(endpoint: WebhookEndpoint, message: Message) -> WebhookDelivery:
    """The delivery of ``message`` to ``endpoint``, made if it is not there, and its job."""
    row, made = keep(endpoint, message)
    if made:
        queue(row)
    return row


def keep(
    endpoint: WebhookEndpoint, message: Message, state: DeliveryState = DeliveryState.WAITING
) -> tuple[WebhookDelivery, bool]:
    """The delivery alone, and whether it is new. No worker hears of it."""
    return WebhookDelivery.objects.get_or_create(
        endpoint=endpoint,
        event=message.id,
        defaults={
            "kind": message.kind,
            "about": message.about[:300],
            "body": message.body.decode(),
            "state": state,
            "made_at": timezone.now(),
        },
    )


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


def _active() -> list[WebhookEndpoint]:
    """Those that may want to know. Asked with most entries, so the statement is made once."""
    found = prepared.rows(_reading(), [EndpointState.ACTIVE.value])
    return [prepared.instance(WebhookEndpoint, row) for row in found]


@cache
def _reading() -> str:
    own = prepared.columns(WebhookEndpoint, "w")
    return f"SELECT {own} FROM accounts_webhookendpoint w WHERE w.state = %s ORDER BY w.id DESC"  # noqa: S608


def _put_for_all(active: list[WebhookEndpoint], kind: str, message: Callable[[], Message]) -> None:
    spoken = (row for row in active if row.dialect == Dialect.CLOUDEVENTS)
    wanting = [endpoint for endpoint in spoken if endpoint.wants(kind)]
    if wanting:
        made = message()
        for endpoint in wanting:
            put(endpoint, made)


def _put_in_mlflow(active: list[WebhookEndpoint], kinds: frozenset[str], entry: Entry) -> None:
    """What the entry is in MLflow's words is looked up only when somebody may want it: it takes
    rows."""
    spoken = [row for row in active if row.dialect == Dialect.MLFLOW]
    wanting = [row for row in spoken if any(row.wants(kind) for kind in kinds)]
    if wanting:
        for message in messages.in_mlflow(entry):
            for endpoint in wanting:
                if endpoint.wants(message.kind):
                    put(endpoint, message)

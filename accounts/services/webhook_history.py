"""What a webhook was told, with every try."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.services.webhooks import MAY
from lib.actor import Actor
from lib.errors import NotFound


def history(endpoint: WebhookEndpoint, *, actor: Actor) -> QuerySet[WebhookDelivery]:
    """What it was told, newest first, with every try. Raises Refused."""
    actor.require_everywhere(MAY)
    return endpoint.deliveries.prefetch_related("attempts").order_by("-pk")


def find_delivery(endpoint: WebhookEndpoint, delivery_id: UUID, *, actor: Actor) -> WebhookDelivery:
    """Raises NotFound, Refused."""
    found = history(endpoint, actor=actor).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(f"{endpoint.name} has no such delivery.")
    return found

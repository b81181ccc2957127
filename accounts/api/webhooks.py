"""REST: which addresses outside are told of what, and what they were told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import webhook_rules
from accounts.models import Dialect, WebhookDelivery, WebhookEndpoint
from accounts.services import webhook_history, webhooks
from lib.http.cursors import page
from lib.http.query import PAGING
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView

MAY = webhooks.MAY


class NewWebhook(StrictSerializer):
    name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=2000)
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list, max_length=60
    )
    description = serializers.CharField(
        max_length=1000, required=False, default="", allow_blank=True
    )
    dialect = serializers.ChoiceField(Dialect.choices, required=False, default=Dialect.CLOUDEVENTS)
    secret = serializers.CharField(
        max_length=webhook_rules.LONGEST_SECRET, required=False, trim_whitespace=False
    )


class ChangedWebhook(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    address = serializers.CharField(max_length=2000, required=False)
    events = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=60
    )
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class Why(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class Nothing(StrictSerializer):
    pass


def webhook_body(row: WebhookEndpoint) -> dict[str, Any]:
    """Never the secret."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "description": row.description,
        "address": row.address,
        "dialect": row.dialect,
        "events": row.events,
        "state": row.state,
        "why_disabled": row.why_disabled,
        "made_by": row.made_by.username if row.made_by else None,
        "made_at": row.made_at,
        "changed_at": row.changed_at,
        "signed": row.is_signed,
        "failing_since": row.failing_since,
        "former_secret_until": row.former_until,
    }


def delivery_body(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "event": str(row.event),
        "type": row.kind,
        "about": row.about,
        "state": row.state,
        "made_at": row.made_at,
        "next_at": row.next_at,
        "attempts": [
            {
                "number": each.number,
                "at": each.at,
                "status": each.status,
                "seconds": each.seconds,
                "error": each.error,
            }
            for each in row.attempts.all()
        ],
    }


class WebhooksView(ApiView):
    required = {"GET": MAY, "POST": MAY}
    bodies = {"POST": NewWebhook}
    query = PAGING

    def get(self, request: Request) -> Response:
        """The webhooks, newest first, without their secrets."""
        rows = webhooks.endpoints(actor=self.actor(request))
        return page(request, rows, order="-pk", render=webhook_body)

    def post(self, request: Request) -> Response:
        """Add a webhook. The answer is the only time that its secret is shown. Without one in the
        body it is made; `dialect` says in whose words it is told: `cloudevents` or `mlflow`."""
        row, secret = webhooks.create(**self.body(request), actor=self.actor(request))
        return Response(webhook_body(row) | {"secret": secret}, status=201)


class WebhookView(ApiView):
    required = {"GET": MAY, "PATCH": MAY, "DELETE": MAY}
    bodies = {"PATCH": ChangedWebhook}
    shows = "webhook:{webhook_id}"

    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One webhook, without its secret."""
        return Response(webhook_body(webhooks.find(webhook_id, actor=self.actor(request))))

    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Another name, address, description or choice of events (none: all of them). What is left
        out stays. With another address its secret is another too, shown in this answer alone."""
        given, actor = self.body(request), self.actor(request)
        found = webhooks.find(webhook_id, actor=actor)
        row, secret = webhooks.change(found, actor=actor, **given)
        return Response(webhook_body(row) | ({"secret": secret} if secret else {}))

    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Delete it. Its secret is forgotten, its history stays in the trail."""
        actor = self.actor(request)
        webhooks.delete(webhooks.find(webhook_id, actor=actor), actor=actor)
        return Response(status=204)


class SecretView(ApiView):
    required = {"POST": MAY}
    bodies = {"POST": Nothing}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        """A new secret, shown once. For a day both sign; in MLflow's dialect the new one alone."""
        self.body(request)
        actor = self.actor(request)
        row, secret = webhooks.rotate(webhooks.find(webhook_id, actor=actor), actor=actor)
        return Response(webhook_body(row) | {"secret": secret})


class TestView(ApiView):
    required = {"POST": MAY}
    bodies = {"POST": Nothing}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Send an event that means nothing."""
        self.body(request)
        actor = self.actor(request)
        sent = webhooks.test(webhooks.find(webhook_id, actor=actor), actor=actor)
        return Response(delivery_body(sent), status=202)


class DisableView(ApiView):
    required = {"POST": MAY}
    bodies = {"POST": Why}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Stop it: nothing is sent from now on."""
        reason, actor = self.body(request)["reason"], self.actor(request)
        found = webhooks.find(webhook_id, actor=actor)
        return Response(webhook_body(webhooks.disable(found, reason=reason, actor=actor)))


class EnableView(ApiView):
    required = {"POST": MAY}
    bodies = {"POST": Nothing}

    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Start it again, for what happens from now on."""
        self.body(request)
        actor = self.actor(request)
        found = webhooks.find(webhook_id, actor=actor)
        return Response(webhook_body(webhooks.enable(found, actor=actor)))


class DeliveriesView(ApiView):
    required = {"GET": MAY}
    shows = "webhook:{webhook_id}"
    query = PAGING

    def get(self, request: Request, webhook_id: UUID) -> Response:
        """What it was told, with every try."""
        actor = self.actor(request)
        rows = webhook_history.history(webhooks.find(webhook_id, actor=actor), actor=actor)
        return page(request, rows, order="-pk", render=delivery_body)


class RedeliverView(ApiView):
    required = {"POST": MAY}
    bodies = {"POST": Nothing}

    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        """Send it anew, under the same id."""
        self.body(request)
        actor = self.actor(request)
        found = webhooks.find(webhook_id, actor=actor)
        row = webhook_history.find_delivery(found, delivery_id, actor=actor)
        return Response(delivery_body(webhooks.redeliver(row, actor=actor)), status=202)

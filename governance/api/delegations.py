"""REST: signing for somebody who is away."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Delegation
from governance.services import delegations
from lib.http.query import params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class NewDelegation(StrictSerializer):
    to = serializers.CharField(max_length=150, help_text="The username of who signs instead.")
    role = serializers.CharField(max_length=40)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=2000)


class Nothing(StrictSerializer):
    pass


def delegation_body(row: Delegation) -> dict[str, Any]:
    return {
        "number": row.pk,
        "role": row.role,
        "from": row.delegator.full_name,
        "to": row.delegate.full_name,
        "reason": row.reason,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "ended_at": row.ended_at,
        "standing": row.standing,
    }


class DelegationsView(ApiView):
    required = {"GET": "governance.read", "POST": "decision.sign"}
    bodies = {"POST": NewDelegation}

    def get(self, request: Request) -> Response:
        """Those that you gave and those that you hold, the newest first."""
        params(request, ())
        actor = self.actor(request)
        given = delegations.given_by(actor).select_related("delegator")
        held = delegations.held_by(actor).select_related("delegate")
        return Response(
            {
                "given": [delegation_body(row) for row in given],
                "held": [delegation_body(row) for row in held],
            }
        )

    def post(self, request: Request) -> Response:
        """Let somebody sign for you in a role that you hold yourself, for 90 days at most."""
        row = delegations.give(actor=self.actor(request), **self.body(request))
        return Response(delegation_body(row), status=201)


class EndingView(ApiView):
    required = {"POST": "governance.read"}  # a delegate may hold no role that signs
    by_people = frozenset({"POST"})
    bodies = {"POST": Nothing}

    def post(self, request: Request, number: int) -> Response:
        """End it before its day. What was signed under it stays signed."""
        actor = self.actor(request)
        self.body(request)
        row = delegations.end(delegations.find(number, actor=actor), actor=actor)
        return Response(delegation_body(row))

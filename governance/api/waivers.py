"""REST: waivers. One person asks, another decides, and what they sign is kept in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.challenges import OfRelease
from governance.api.signing import SignedView, SignedWords
from governance.models import Waiver
from governance.services import statements, waivers
from lib.canonical import digest_of
from lib.http.query import params
from lib.http.serializers import Reason, StrictSerializer
from lib.http.views import ApiView


class NewWaiver(StrictSerializer):
    gate = serializers.CharField(max_length=160)
    days = serializers.IntegerField(min_value=1, max_value=3650)
    reason = serializers.CharField(max_length=5000)


class Grant(SignedWords):
    granted = serializers.BooleanField()


def waiver_body(waiver: Waiver, *, title: str = "") -> dict[str, Any]:
    """``statement`` is what whoever decides signs, or signed; ``seen`` goes with what they send."""
    statement = statements.of_waiver(waiver, title=title)
    to_sign = statement if waiver.state == "requested" else ""
    return {
        "number": waiver.number,
        "release": str(waiver.release_id),
        "gate": waiver.gate,
        "reason": waiver.reason,
        "days": waiver.days,
        "state": waiver.state,
        "requested_by": waiver.requested_by.full_name,
        "requested_at": waiver.requested_at,
        "decided_by": waiver.decided_by.full_name if waiver.decided_by else None,
        "decided_at": waiver.decided_at,
        "decision_reason": waiver.decision_reason,
        "expires_at": waiver.expires_at,
        "statement": waiver.end_statement or waiver.statement or to_sign,
        "seen": digest_of(statement),
    }


class WaiversView(OfRelease):
    shows = "release:{release_id}"
    required = {"GET": "governance.read", "POST": "release.request"}
    bodies = {"POST": NewWaiver}

    def get(self, request: Request, release_id: UUID) -> Response:
        """All waivers that were asked for, the newest first."""
        params(request, ())
        release = self.release(request, release_id)
        gates = release.gates.filter(revision=release.revision)
        titles = dict(gates.values_list("key", "title"))
        rows = release.waivers.select_related("requested_by", "decided_by")
        found = [waiver_body(row, title=titles.get(row.gate, row.gate)) for row in rows]
        return Response({"items": found})

    def post(self, request: Request, release_id: UUID) -> Response:
        """Ask that one requirement need not be met for a while."""
        release = self.release(request, release_id)
        asked = waivers.request(release, actor=self.actor(request), **self.body(request))
        return Response(waiver_body(asked), status=201)


class WaiverDecisionView(SignedView):
    required = {"POST": "decision.sign"}
    bodies = {"POST": Grant}

    def post(self, request: Request, number: int) -> Response:
        """Grant or refuse a waiver that somebody else asked for."""
        actor = self.actor(request)
        decided = waivers.decide(
            waivers.find(number, actor=actor), actor=actor, **self.body(request)
        )
        return Response(waiver_body(decided))


class WaiverWithdrawalView(ApiView):
    required = {"POST": "release.request"}
    bodies = {"POST": Reason}

    def post(self, request: Request, number: int) -> Response:
        """Take a request for a waiver back."""
        actor = self.actor(request)
        row = waivers.find(number, actor=actor)
        return Response(waiver_body(waivers.withdraw(row, actor=actor, **self.body(request))))


class WaiverRevocationView(SignedView):
    required = {"POST": "authorization.revoke"}
    bodies = {"POST": SignedWords}

    def post(self, request: Request, number: int) -> Response:
        """End a waiver at once."""
        actor = self.actor(request)
        row = waivers.find(number, actor=actor)
        return Response(waiver_body(waivers.revoke(row, actor=actor, **self.body(request))))

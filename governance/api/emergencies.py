"""REST: emergencies. One person asks, a second lets it, a third says whether it was right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.authorizations import authorization_body
from governance.api.authorizations import find as find_authorization
from governance.api.signing import SignedView, SignedWords
from governance.models import EmergencyRequest, EmergencyReview
from governance.services import emergencies, releases, statements
from lib.canonical import digest_of
from lib.errors import NotFound
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class NewEmergency(StrictSerializer):
    incident = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=5000)


class Approval(SignedWords):
    approved = serializers.BooleanField()


class Ratification(SignedWords):
    ratified = serializers.BooleanField()


def request_body(row: EmergencyRequest) -> dict[str, Any]:
    """``statement`` is what whoever decides signs, or signed; ``seen`` goes with what they send."""
    statement = statements.of_emergency(row)
    return {
        "release": str(row.release_id),
        "incident": row.incident,
        "reason": row.reason,
        "state": row.state,
        "asked_at": row.asked_at,
        "decided_at": row.decided_at,
        "statement": row.statement or (statement if row.state == "asked" else ""),
        "seen": digest_of(statement),
    }


class EmergencyView(ApiView):
    required = {"POST": "release.request"}
    bodies = {"POST": NewEmergency}

    def post(self, request: Request, release_id: UUID) -> Response:
        """Ask that an open release run before its gates are open."""
        actor = self.actor(request)
        release = releases.find(str(release_id), actor=actor)
        row = emergencies.ask(release, actor=actor, **self.body(request))
        return Response(request_body(row), status=201)


class DecisionView(SignedView):
    required = {"POST": "decision.sign"}
    bodies = {"POST": Approval}

    def post(self, request: Request, release_id: UUID) -> Response:
        """Let it, for the hours that the policies allow, or decline it."""
        actor = self.actor(request)
        release = releases.find(str(release_id), actor=actor)
        asked = release.emergency_requests.select_related("asked_by").filter(state="asked").first()
        if asked is None:
            raise NotFound("Nobody asks for an emergency here.")
        given = self.body(request)
        if given.pop("approved"):
            issued = emergencies.approve(asked, actor=actor, **given)
            return Response(authorization_body(issued), status=201)
        declined = emergencies.decline(asked, actor=actor, **given)
        return Response(request_body(declined))


class ReviewView(SignedView):
    required = {"POST": "decision.sign"}
    bodies = {"POST": Ratification}

    def post(self, request: Request, digest: str) -> Response:
        """Say whether an emergency was right; what is refused is revoked at once."""
        actor = self.actor(request)
        authorization = find_authorization(digest, actor)
        row = EmergencyReview.objects.filter(authorization=authorization).first()
        if row is None:
            raise NotFound("That authorization is no emergency.")
        given = self.body(request)
        done = emergencies.review(row, actor=actor, **given)
        authorization.refresh_from_db()
        return Response(
            authorization_body(authorization) | {"review": done.state, "statement": done.statement}
        )

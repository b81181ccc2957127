"""REST: authorizations, and what happens to one between its issue and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.signing import Signed, SignedReason, SignedView
from governance.models import Authorization, Recertification, Release
from governance.services import authorizations, recertifying, rolling_back, stopping
from lib.errors import NotFound
from lib.http.cursors import page
from lib.http.query import PAGING, params
from lib.http.serializers import SlugField, StrictSerializer, ZonedTimeField
from lib.http.views import ApiView


def find(digest: str, actor: Any) -> Authorization:
    """As far as ``actor`` may see its release. Raises NotFound."""
    row = Authorization.objects.filter(
        digest=digest, release__in=Release.objects.visible_to(actor)
    ).first()
    if row is None:
        raise NotFound("There is no such authorization, or you may not see it.")
    return row


def authorization_body(authorization: Authorization) -> dict[str, Any]:
    return {
        "digest": authorization.digest,
        "state": authorization.state_at(),
        "document": authorization.document,
        "release": str(authorization.release_id),
        "issued_at": authorization.issued_at,
        "expires_at": authorization.expires_at,
        "ended_at": authorization.ended_at,
        "end_reason": authorization.end_reason,
    }


class AuthorizationsView(ApiView):
    required = {"GET": "governance.read"}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Authorizations, newest first."""
        params(request, self.query)
        seen = Release.objects.visible_to(self.actor(request))
        rows = Authorization.objects.filter(release__in=seen)
        return page(request, rows, order="-issued_at", render=authorization_body)


class _ActView(SignedView):
    """One act on one authorization that needs a signature and a reason, and nothing else."""

    required = {"POST": "authorization.revoke"}
    bodies = {"POST": SignedReason}
    act: ClassVar[Callable[..., Authorization]]

    def post(self, request: Request, digest: str) -> Response:
        actor = self.actor(request)
        done = type(self).act(find(digest, actor), actor=actor, **self.body(request))
        return Response(authorization_body(done))


class SuspensionView(_ActView):
    """Stop it for a while."""

    act = staticmethod(stopping.suspend)


class ResumptionView(_ActView):
    """Lift a suspension."""

    act = staticmethod(stopping.resume)


class RevocationView(_ActView):
    """End it at once and for good, because something is wrong."""

    act = staticmethod(authorizations.revoke)


class RetirementView(_ActView):
    """End it for good because it is needed no more."""

    act = staticmethod(stopping.retire)


class RollbackView(_ActView):
    """Put the version of this earlier authorization back in the place of what runs now."""

    act = staticmethod(rolling_back.roll_back)


class Limit(StrictSerializer):
    key = SlugField()
    value = serializers.JSONField()
    text = serializers.CharField(max_length=180)


class Review(Signed):
    outcome = serializers.CharField(max_length=10)
    rationale = serializers.CharField(max_length=5000)
    next_due_at = ZonedTimeField(required=False)
    limits = Limit(many=True, required=False)
    finding_due_on = serializers.DateField(required=False)


def review_body(row: Recertification) -> dict[str, Any]:
    return {
        "outcome": row.outcome,
        "rationale": row.rationale,
        "was_due_at": row.was_due_at,
        "reviewer": row.reviewer.pseudonym,
        "reviewed_at": row.reviewed_at,
        "next_due_at": row.next_due_at,
        "limits": row.restrictions,
        "value": row.value,
    }


class RecertificationsView(SignedView):
    shows = "authorization:{digest}"
    required = {"GET": "governance.read", "POST": "decision.sign"}
    bodies = {"POST": Review}

    def get(self, request: Request, digest: str) -> Response:
        """The reviews of an authorization, oldest first."""
        params(request, ())
        rows = find(digest, self.actor(request)).recertifications.select_related("reviewer")
        return Response({"items": [review_body(row) for row in rows]})

    def post(self, request: Request, digest: str) -> Response:
        """Certify it again: continue, modify, retrain, restrict or retire."""
        actor = self.actor(request)
        held = find(digest, actor)
        row = recertifying.recertify(held, actor=actor, **self.body(request))
        return Response(review_body(row), status=201)

"""REST: the one question of every pipeline, and authorizations."""

from __future__ import annotations

from typing import Any, Final

from django.db import DatabaseError
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Authorization, Release
from governance.services import authorizations, verdict_counts, verdicts
from lib.actor import Actor
from lib.errors import Invalid, NotFound
from lib.http.cursors import page
from lib.http.query import PAGING, params
from lib.http.serializers import Reason
from lib.http.views import ApiView

NOT_KEPT: Final = {"Cache-Control": "no-store"}


def verdict_body(answer: verdicts.Verdict) -> dict[str, Any]:
    held = answer.held
    return {
        "verdict": "allow" if answer.allow else "deny",
        "reasons": [{"code": answer.code, "text": answer.text, **answer.details}],
        "authorization": held.digest if held else None,
        "restrictions": held.restrictions if held and answer.allow else [],
        "limits": held.limits if held and answer.allow else [],
        "expires_at": held.expires_at if held else None,
        "model": held.model if held else None,
        "version": held.version if held else None,
    }


def answered(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The body of the answer, which is counted. Raises Invalid, naming what the query lacks."""
    given = params(request, VerdictView.query)
    missing = {name: "is needed" for name in sorted(VerdictView.query) if not given.get(name)}
    if missing:
        raise Invalid("A verdict needs digest, environment and purpose.", errors=missing)
    digest, environment, purpose = given["digest"], given["environment"], given["purpose"]
    answer = verdicts.verdict(digest=digest, environment=environment, purpose=purpose)
    verdict_counts.note(answer, environment=environment, purpose=purpose, actor=actor)
    return verdict_body(answer)


class VerdictView(ApiView):
    required = {"GET": "verdict.read"}
    query = frozenset({"digest", "environment", "purpose"})

    def get(self, request: Request) -> Response:
        """May this digest run here for this purpose, now? Unknown means deny."""
        return Response(answered(request._request, self.actor(request)), headers=NOT_KEPT)

    def handle_exception(self, exc: Exception) -> Response:
        """The database is away: 503, and the body is still a deny (R7)."""
        if isinstance(exc, DatabaseError):
            reason = {"code": "unavailable", "text": "The database does not answer: deny."}
            return Response(
                {"verdict": "deny", "reasons": [reason], "authorization": None},
                status=503,
                headers={"Retry-After": "2", **NOT_KEPT},
            )
        return super().handle_exception(exc)


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


class RevocationView(ApiView):
    required = {"POST": "authorization.revoke"}
    bodies = {"POST": Reason}

    def post(self, request: Request, digest: str) -> Response:
        """End an authorization at once and for good."""
        actor = self.actor(request)
        row = Authorization.objects.filter(
            digest=digest, release__in=Release.objects.visible_to(actor)
        ).first()
        if row is None:
            raise NotFound("There is no such authorization.")
        ended = authorizations.revoke(row, actor=actor, **self.body(request))
        return Response(authorization_body(ended))

"""REST: the one question of every pipeline."""

from __future__ import annotations

from typing import Any, Final

from django.db import DatabaseError
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from governance.services import verdict_counts, verdicts
from lib.actor import Actor
from lib.errors import Invalid
from lib.http.query import params
from lib.http.views import ApiView

NOT_KEPT: Final = {"Cache-Control": "no-store"}
AWAY: Final = {
    "verdict": "deny",
    "reasons": [{"code": "unavailable", "text": "The database does not answer: deny."}],
    "authorization": None,
}
AWAY_HEADERS: Final = {"Retry-After": "2", **NOT_KEPT}


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
            return Response(AWAY, status=503, headers=AWAY_HEADERS)
        return super().handle_exception(exc)

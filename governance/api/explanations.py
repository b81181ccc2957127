"""REST: explanations of single decisions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Explanation
from governance.services import explaining
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import ObjectField, StrictSerializer
from lib.http.views import ApiView
from registry.api.fields import API
from registry.services import versions

WAIT_SECONDS = 1


class NewExplanation(StrictSerializer):
    values = ObjectField(required=False)
    row = serializers.IntegerField(required=False, min_value=0, max_value=2**53)
    reference = serializers.CharField(max_length=explaining.MOST_REFERENCE)


def line_of(explanation: Explanation) -> dict[str, Any]:
    """Where it stands, without a word of what it is about: answers to retried requests are kept
    longer than explanations."""
    version = explanation.version
    return {
        "id": str(explanation.id),
        "model": version.model.name,
        "version": version.number,
        "model_digest": explanation.version_digest,
        "state": explanation.state,
        "requested_at": explanation.requested_at,
        "finished_at": explanation.finished_at,
        "expires_at": explanation.expires_at,
        "url": f"{API}/models/{quote(version.model.name)}/versions/{version.number}"
        f"/explanations/{explanation.id}",
    }


def listed(explanation: Explanation) -> dict[str, Any]:
    return line_of(explanation) | {
        "reference": explanation.reference,
        "requested_by": explanation.requested_name,
        "score": explanation.result.get("score"),
        "decision": explanation.result.get("decision"),
    }


def explanation_body(explanation: Explanation) -> dict[str, Any]:
    """All of it: the answer, what it rests on, and what opens the trail's commitments."""
    job, result = explanation.job, dict(explanation.result)
    return (
        listed(explanation)
        | result
        | {
            "inputs": explanation.inputs,
            "error": explanation.error,
            "progress": (job.progress or 0.0) if job else float(not explanation.is_open),
            "note": job.note if job else "",
            "salt": bytes(explanation.salt).hex(),
        }
    )


class ExplanationsView(ApiView):
    shows = "model_version:{name}/{number}"
    required = {"GET": "explanation.read", "POST": "explanation.make"}
    bodies = {"POST": NewExplanation}
    query = PAGING

    def get(self, request: Request, name: str, number: int) -> Response:
        """The explanations of a version that are still kept, newest first."""
        params(request, self.query)
        actor = self.actor(request)
        rows = explaining.kept_of(versions.find(name, number, actor=actor), actor=actor)
        return page(request, rows, order="-id", render=listed)

    @idempotent
    def post(self, request: Request, name: str, number: int) -> Response:
        """Have one decision explained: of values as given, or of a row of the validation data.
        A worker runs the model; poll the Location."""
        fields, actor = self.body(request), self.actor(request)
        version = versions.find(name, number, actor=actor)
        explanation = explaining.ask(version, actor=actor, **fields)
        body = line_of(explanation)
        headers = {"Location": body["url"], "Retry-After": str(WAIT_SECONDS)}
        return Response(body, status=202, headers=headers)


class ExplanationView(ApiView):
    shows = "explanation:{explanation_id}"
    required = {"GET": "explanation.read"}

    def get(self, request: Request, name: str, number: int, explanation_id: UUID) -> Response:
        """One explanation: how far it is, then score, decision and reasons in plain names."""
        params(request, ())
        actor = self.actor(request)
        version = versions.find(name, number, actor=actor)
        found = explaining.find(explanation_id, version, actor=actor)
        headers = {"Cache-Control": "private, no-store"}
        if found.is_open:
            headers["Retry-After"] = str(WAIT_SECONDS)
        return Response(explanation_body(found), headers=headers)

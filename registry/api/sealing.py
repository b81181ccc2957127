"""REST: sealing a version that has only a source yet."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lib.http.query import params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView
from registry.api.fields import API
from registry.api.versions import Signature
from registry.models import ModelVersion, Sealing
from registry.services import sealing, versions


class NewSealing(StrictSerializer):
    format = serializers.CharField(max_length=40, required=False, default="")
    signature = Signature(required=False, allow_null=True, default=None)


def sealing_body(version: ModelVersion, asked: Sealing | None) -> dict[str, Any]:
    """``state``: the version's, or how far the last request has come."""
    url = f"{API}/models/{quote(version.model.name)}/versions/{version.number}"
    is_over = version.is_sealed or asked is None
    job = asked.job if asked else None
    return {
        "state": version.state if is_over or asked is None else asked.state,
        "digest": version.digest,
        "source": version.source,
        "files": len(asked.files) if asked else 0,
        "progress": job.progress if job else None,
        "note": asked.note if asked else "",
        "error": "" if asked is None or version.is_sealed else asked.error,
        "requested_by": asked.requested_by if asked else None,
        "requested_at": asked.requested_at if asked else None,
        "finished_at": asked.finished_at if asked else None,
        "url": f"{url}/seal",
        "version_url": url,
    }


class SealView(ApiView):
    shows = "model_version:{name}/{number}"
    required = {"GET": "registry.read", "POST": "registry.write"}
    bodies = {"POST": NewSealing}

    def get(self, request: Request, name: str, number: int) -> Response:
        """How far the sealing has come: unsealed, waiting, fetching, failed (with the reason) or
        sealed."""
        params(request, ())
        version = versions.find(name, number, actor=self.actor(request))
        return Response(sealing_body(version, sealing.latest(version)))

    def post(self, request: Request, name: str, number: int) -> Response:
        """Have the files behind the version's source fetched and hashed. 202 while that is under
        way, however often it is asked for; 200 once the version is sealed."""
        actor, fields = self.actor(request), self.body(request)
        version = versions.find(name, number, actor=actor)
        asked = sealing.request_seal(version, actor=actor, **fields)
        body = sealing_body(version, asked or sealing.latest(version))
        return Response(body, status=202 if asked else 200)

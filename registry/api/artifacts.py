"""REST: artefacts. Bytes stream through; nothing is held in memory."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from lib.errors import ImprimaturError, Invalid, TooLarge
from lib.http.query import params
from lib.http.views import FileView
from registry.api.fields import API
from registry.artifacts import store
from registry.artifacts.receiving import CHUNK
from registry.models import Artifact
from registry.services import artifacts

_DIGEST = re.compile(r"^[0-9a-f]{64}\Z")


class LengthRequired(ImprimaturError):
    status = 411
    code = "length_required"
    title = "Length required"


def artifact_body(artifact: Artifact) -> dict[str, Any]:
    return {
        "digest": artifact.digest,
        "size": artifact.size,
        "created_at": artifact.created_at,
        "url": f"{API}/artifacts/{artifact.digest}",
    }


class ArtifactView(FileView):
    shows = "artifact:{digest}"
    required = {"GET": "registry.read", "HEAD": "registry.read", "PUT": "registry.write"}

    def put(self, request: Request, digest: str) -> Response:
        """Upload a blob under its SHA-256. 201 when it is new, 200 when it was there (then the
        body may be left out). Another digest is 422, a truncated body 400: nothing is kept."""
        params(request, ())
        size = _announced(request)
        stream: HttpRequest = request._request
        artifact, created = artifacts.receive(
            _checked(digest), size=size, stream=stream, actor=self.actor(request)
        )
        if not created:
            _drain(stream)
        body = artifact_body(artifact)
        return Response(
            body,
            status=201 if created else 200,
            headers={"ETag": f'"{digest}"', "Location": body["url"]},
        )

    def head(self, request: Request, digest: str) -> Response:
        """Whether the artefact is there, and its size."""
        artifact = artifacts.find(_checked(digest), actor=self.actor(request))
        return Response(headers=_headers(artifact) | {"Content-Length": str(artifact.size)})

    def get(self, request: Request, digest: str) -> HttpResponseBase:
        """The bytes, verified against the digest before the first one is sent."""
        params(request, ())
        artifact = artifacts.find(_checked(digest), actor=self.actor(request))
        headers = _headers(artifact)
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status=304, headers=headers)
        return FileResponse(
            store().open(artifact.digest),
            as_attachment=True,
            filename=artifact.digest,
            content_type="application/octet-stream",
            headers=headers | {"Content-Length": str(artifact.size)},
        )


def _headers(artifact: Artifact) -> dict[str, str]:
    return {"ETag": f'"{artifact.digest}"', "Cache-Control": "private, max-age=31536000, immutable"}


def _checked(digest: str) -> str:
    if not _DIGEST.match(digest):
        fault = "a SHA-256 as 64 lower-case hex digits"
        raise Invalid(f"The address names {fault}.", errors={"sha256": fault})
    return digest


def _announced(request: Request) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    if not text:
        raise LengthRequired("Send the size of the artefact as Content-Length.")
    if not text.isascii() or not text.isdigit():
        raise Invalid("Content-Length is not a number.", errors={"Content-Length": "not a number"})
    limit = settings.ARTIFACT_MAX_BYTES
    if len(text) > 18 or int(text) > limit:
        raise TooLarge(f"An artefact may have at most {limit} bytes.", limit=limit)
    return int(text)


def _drain(stream: HttpRequest) -> None:
    """Reads a body that nobody needs, or the next request on the connection would begin in it."""
    while stream.read(CHUNK):
        pass

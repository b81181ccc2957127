"""Entity tags: what a reader saw, and what a writer believes is still there (RFC 9110)."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from lib.canonical import digest_of
from lib.errors import PreconditionFailed


def etag_of(body: dict[str, Any]) -> str:
    return f'"{digest_of(body)[:32]}"'


def tagged(request: Request, body: dict[str, Any], *, status: int = 200) -> Response:
    """``body`` with its ETag, or 304 when the reader has it already."""
    tag = etag_of(body)
    reading = status == 200 and request.method in ("GET", "HEAD")
    if reading and tag in _tags(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": tag})
    place = {"Location": body["url"]} if status == 201 else {}
    return Response(body, status=status, headers={"ETag": tag} | place)


def require_match(request: Request, body: dict[str, Any]) -> None:
    """Raises PreconditionFailed when If-Match names another state than the present one."""
    wanted = request.headers.get("If-Match")
    if wanted is not None and not {"*", etag_of(body)} & _tags(wanted):
        raise PreconditionFailed(
            "It was changed after you read it. Read it again, then decide whether to change it."
        )


def _tags(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}

"""Idempotency-Key: the same request sent twice is done once (IETF draft-ietf-httpapi)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lib.canonical import digest_of
from lib.errors import Invalid, Unprocessable
from lib.models import IdempotentRequest

Method = Callable[..., Response]


def idempotent(method: Method) -> Method:
    """Makes a view method repeatable under an Idempotency-Key header; without one it just runs.

    The row is inserted first, in the transaction of the work: a rival with the same key waits
    for the outcome and then gets the same answer, and a failed attempt leaves no row. The same
    key with another body is a 422.
    """

    @wraps(method)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return method(view, request, *args, **kwargs)
        if not 1 <= len(key) <= 200 or not key.isprintable():
            raise Invalid(
                "Idempotency-Key: 1 to 200 printable characters.",
                errors={"Idempotency-Key": "1 to 200 printable characters"},
            )
        digest = digest_of([request.method, request.path, request.data])
        with transaction.atomic():
            row, is_new = IdempotentRequest.objects.get_or_create(
                actor_id=view.actor(request).id, key=key, defaults={"request_digest": digest}
            )
            if not is_new:
                return _replay(row, digest)
            response = method(view, request, *args, **kwargs)
            row.status = response.status_code
            row.answer = json.loads(JSONRenderer().render(response.data))
            row.save(update_fields=["status", "answer"])
        return response

    return run


def _replay(row: IdempotentRequest, digest: str) -> Response:
    if row.request_digest != digest:
        raise Unprocessable(
            "This Idempotency-Key was used for another request. Use a new key.",
            errors={"Idempotency-Key": "used for another request"},
        )
    headers = {"Idempotency-Replayed": "true"}
    if isinstance(row.answer, dict) and "url" in row.answer:
        headers["Location"] = str(row.answer["url"])
    return Response(row.answer, status=row.status, headers=headers)

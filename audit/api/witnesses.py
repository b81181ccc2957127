"""REST: what witnesses and time-stamp authorities said about checkpoints."""

from __future__ import annotations

import base64
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Cosignature, Stamp
from audit.services.cosignatures import accept_cosignatures
from lib.http.cursors import page
from lib.http.permissions import PUBLIC
from lib.http.query import PAGING, params, whole_number
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView

_MAX_SIZE = 2**53


class CosignedNote(StrictSerializer):
    note = serializers.CharField(max_length=32_768, trim_whitespace=False)


class CosignaturesView(ApiView):
    required = {"GET": "audit.read", "POST": PUBLIC}
    bodies = {"POST": CosignedNote}
    query = PAGING | {"size"}

    def get(self, request: Request) -> Response:
        """Cosignatures, newest first; of one checkpoint with ``size``."""
        rows = Cosignature.objects.all()
        if size := _size(request):
            rows = rows.filter(checkpoint_id=size)
        return page(request, rows, order="-id", render=_cosignature)

    def post(self, request: Request) -> Response:
        """A witness hands in the checkpoint that it cosigned. Needs no sign-in: what counts is the
        signature, by a key in the setting LOG_WITNESSES, over a checkpoint of this log."""
        rows = accept_cosignatures(self.body(request)["note"])
        return Response({"items": [_cosignature(row) for row in rows]}, status=201)


class StampsView(ApiView):
    required = {"GET": "audit.read"}
    query = PAGING | {"size"}

    def get(self, request: Request) -> Response:
        """Time stamps of checkpoints (RFC 3161), newest first; ``token`` is a TimeStampResp."""
        rows = Stamp.objects.all()
        if size := _size(request):
            rows = rows.filter(checkpoint_id=size)
        return page(request, rows, order="-id", render=_stamp)


def _size(request: Request) -> int | None:
    text = params(request, PAGING | {"size"}).get("size")
    return None if text is None else whole_number("size", text, low=1, high=_MAX_SIZE)


def _cosignature(row: Cosignature) -> dict[str, Any]:
    return {
        "size": row.checkpoint_id,
        "witness": row.witness,
        "signed_at": row.signed_at,
        "received_at": row.created_at,
        "line": row.line,
    }


def _stamp(row: Stamp) -> dict[str, Any]:
    return {
        "size": row.checkpoint_id,
        "tsa": row.tsa,
        "stamped_at": row.stamped_at,
        "token": base64.b64encode(bytes(row.token)).decode(),
    }

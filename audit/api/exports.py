"""REST: exports that a worker makes. Asked for, followed, and downloaded by a link that ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Export, ExportKind
from audit.services.export_jobs import ask, exports_of, find, link_of, open_file
from audit.subjects import Subject
from lib.errors import Invalid
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import StrictSerializer, ZonedTimeField
from lib.http.views import ApiView, FileView

_MAX = 2**53
CONTENT_TYPES = {
    "bundle": "application/zip",
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
}


class Asked(StrictSerializer):
    kind = serializers.ChoiceField(choices=ExportKind.choices)
    subject = serializers.CharField(required=False, max_length=241)
    since = ZonedTimeField(required=False)
    until = ZonedTimeField(required=False)
    to = serializers.IntegerField(required=False, min_value=1, max_value=_MAX)
    previous = serializers.IntegerField(required=False, min_value=1, max_value=_MAX)

    def get_fields(self) -> dict[str, Any]:
        """With ``from``, which no attribute can be called."""
        first = serializers.IntegerField(required=False, min_value=0, max_value=_MAX)
        return {**super().get_fields(), "from": first}


class ExportsView(ApiView):
    required = {"GET": "audit.export", "POST": "audit.export"}
    bodies = {"POST": Asked}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Your exports, newest first."""
        params(request, self.query)
        return page(request, exports_of(self.actor(request)), order="-id", render=body_of)

    @idempotent
    def post(self, request: Request) -> Response:
        """Asks for an export. ``subject`` is ``type:key`` (none: the whole trail), ``since`` and
        ``until`` are times, ``from`` and ``to`` leaf indices, ``previous`` the size of a
        checkpoint that you hold. The answer's Location says how far it is."""
        asked = dict(self.body(request))
        subject = asked.pop("subject", None)
        export = ask(
            asked["kind"],
            actor=self.actor(request),
            subject=Subject.parse(subject) if subject else None,
            since=asked.get("since"),
            until=asked.get("until"),
            first=asked.get("from"),
            end=asked.get("to"),
            previous=asked.get("previous"),
        )
        location = reverse("audit_export", args=[export.pk])
        return Response(body_of(export), status=202, headers={"Location": location})


class ExportView(ApiView):
    required = {"GET": "audit.export"}

    def get(self, request: Request, export_id: UUID) -> Response:
        """One of your exports. ``link`` opens its file for you, for fifteen minutes."""
        params(request, ())
        return Response(body_of(find(export_id, actor=self.actor(request))))


class ExportFileView(FileView):
    required = {"GET": "audit.export"}
    query = frozenset({"link"})
    http_method_names = ["get", "options"]  # a HEAD would leave an entry and give nothing

    def get(self, request: Request, export_id: UUID) -> FileResponse:
        """The file. Each download is an entry in the trail."""
        given = params(request, self.query)
        if "link" not in given:
            raise Invalid("“link” is missing.", errors={"link": "from the export's own address"})
        export, file = open_file(export_id, given["link"], actor=self.actor(request))
        response = FileResponse(
            file,
            as_attachment=True,
            filename=export.filename,
            content_type=CONTENT_TYPES[export.kind],
        )
        response["Cache-Control"] = "no-store"
        return response


def body_of(export: Export) -> dict[str, Any]:
    return {
        "id": str(export.pk),
        "kind": export.kind,
        "subject": export.subject or None,
        "since": export.since,
        "until": export.until,
        "from": export.first,
        "to": export.end,
        "previous": export.previous,
        "created_at": export.created_at,
        "state": export.state,
        "percent": export.percent,
        "error": export.error or None,
        "entry": str(export.entry_id) if export.entry_id else None,
        "filename": export.filename or None,
        "size": export.size,
        "sha256": export.sha256 or None,
        "expires_at": export.expires_at,
        "link": link_of(export) if export.state == "done" else None,
    }

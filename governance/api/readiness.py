"""REST: what is ready before a release goes live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.challenges import OfRelease
from governance.models.plans import ReadyArea
from governance.services import readiness
from governance.services.readiness import Area
from lib.http.query import params
from lib.http.serializers import StrictSerializer


class NewReadiness(StrictSerializer):
    """``note`` is what was looked at, or what is missing."""

    area = serializers.ChoiceField(ReadyArea.values)
    is_ready = serializers.BooleanField()
    note = serializers.CharField(max_length=5000)


def area_body(area: Area) -> dict[str, Any]:
    """``is_ready`` is null while nobody stated anything."""
    stated = area.stated
    return {
        "area": area.key,
        "asks": area.sentence,
        "demanded": area.is_demanded,
        "is_ready": stated.is_ready if stated else None,
        "note": stated.note if stated else "",
        "stated_by": stated.stated_name if stated else None,
        "stated_at": stated.stated_at if stated else None,
    }


class ReadinessView(OfRelease):
    shows = "release:{release_id}"
    required = {"GET": "governance.read", "POST": "governance.read"}  # the service says who may
    by_people = frozenset({"POST"})
    bodies = {"POST": NewReadiness}

    def get(self, request: Request, release_id: UUID) -> Response:
        """The areas in order, each with what was stated last."""
        params(request, ())
        found = readiness.checklist(self.release(request, release_id))
        return Response({"items": [area_body(area) for area in found]})

    def post(self, request: Request, release_id: UUID) -> Response:
        """Say that an area is ready to go live, or that it is not. Takes a person who describes use
        cases or asks for releases; its gate follows at once."""
        release, fields = self.release(request, release_id), self.body(request)
        readiness.state_ready(release, actor=self.actor(request), **fields)
        found = {area.key: area for area in readiness.checklist(release)}
        return Response(area_body(found[fields["area"]]), status=201)

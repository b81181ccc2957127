"""REST: what one was told. A token was told nothing."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Notice
from governance.services import notices
from lib.http.cursors import page
from lib.http.query import PAGING
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class Seen(StrictSerializer):
    notice = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="Without it, all of them."
    )


def notice_body(row: Notice) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "text": row.text,
        "page": row.address,
        "made_at": row.made_at,
        "mailed_at": row.mailed_at,
        "seen_at": row.seen_at,
    }


class NoticesView(ApiView):
    required = {"GET": "governance.read"}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Your own notices, the newest first, and how many of all of them you have not seen."""
        actor = self.actor(request)
        answer = page(request, notices.notices_of(actor), order="-pk", render=notice_body)
        answer.data["unseen"] = notices.unseen(actor)
        return answer


class SeenView(ApiView):
    required = {"POST": "governance.read"}
    bodies = {"POST": Seen}

    def post(self, request: Request) -> Response:
        """Mark one of your notices as seen, or all of them. 404 for one that is not yours."""
        actor, given = self.actor(request), self.body(request)
        marked = notices.see(actor, notice=given.get("notice"))
        return Response({"marked": marked, "unseen": notices.unseen(actor)})

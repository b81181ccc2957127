"""REST: verdicts to keep, and the keys that verify them without this server."""

from __future__ import annotations

import json

from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.verdicts import verdict_body
from governance.services import signed_verdicts
from lib.http.query import params
from lib.http.serializers import DigestField, SlugField, StrictSerializer
from lib.http.views import ApiView


class Question(StrictSerializer):
    digest = DigestField()
    environment = SlugField()
    purpose = SlugField()


class SignedVerdictsView(ApiView):
    required = {"POST": "verdict.read"}
    bodies = {"POST": Question}

    def post(self, request: Request) -> Response:
        """The verdict now, signed (a DSSE envelope with an in-toto statement) and recorded."""
        given = signed_verdicts.issue(actor=self.actor(request), **self.body(request))
        body = verdict_body(given.verdict) | {
            "good_until": given.expires_at,
            "envelope": json.loads(given.envelope),
        }
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class KeysView(ApiView):
    required = {"GET": "verdict.read"}

    def get(self, request: Request) -> Response:
        """The public keys of signed verdicts, oldest first."""
        params(request, ())
        return Response({"items": signed_verdicts.published_keys()})

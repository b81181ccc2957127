"""REST: the signed tree head and proofs against it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit import offline
from audit.api.entries import proof_body
from audit.models import Entry
from audit.services.keys import signing_key
from audit.services.proofs import consistency_proof, latest_checkpoint
from lib.errors import Invalid, NotFound
from lib.http.query import params, whole_number
from lib.http.views import ApiView

_TEXT = "text/plain; charset=utf-8"
_MAX_SIZE = 2**53


class CheckpointView(ApiView):
    required = {"GET": "audit.read"}

    def get(self, request: Request) -> HttpResponse:
        """The latest checkpoint, a signed note (c2sp.org/tlog-checkpoint)."""
        params(request, ())
        return HttpResponse(latest_checkpoint().note, content_type=_TEXT)


class KeyView(ApiView):
    required = {"GET": "audit.read"}

    def get(self, request: Request) -> HttpResponse:
        """The log's public key (a vkey). Compare it with the one published elsewhere."""
        params(request, ())
        return HttpResponse(f"{signing_key().verifier}\n", content_type=_TEXT)


class VerifierView(ApiView):
    required = {"GET": "audit.read"}

    def get(self, request: Request) -> HttpResponse:
        """verify.py, the same file as in every bundle."""
        params(request, ())
        return HttpResponse(offline.verifier(), content_type="text/x-python; charset=utf-8")


class InclusionView(ApiView):
    required = {"GET": "audit.read"}
    query = frozenset({"entry"})

    def get(self, request: Request) -> Response:
        """The path from an entry's leaf to the latest signed root."""
        given = params(request, self.query)
        try:
            entry_id = UUID(given.get("entry", ""))
        except ValueError as error:
            raise Invalid("“entry” must be an entry's id.", errors={"entry": "a UUID"}) from error
        entry = Entry.objects.filter(pk=entry_id).first()
        if entry is None:
            raise NotFound("There is no such entry.")
        return Response(proof_body(entry))


class ConsistencyView(ApiView):
    required = {"GET": "audit.read"}
    query = frozenset({"from", "to"})

    def get(self, request: Request) -> Response:
        """That the log of size ``to`` (default: the latest) begins with that of size ``from``."""
        given = params(request, self.query)
        if "from" not in given:
            raise Invalid("“from” is missing.", errors={"from": "the size of a checkpoint"})
        old = whole_number("from", given["from"], low=1, high=_MAX_SIZE)
        new = (
            whole_number("to", given["to"], low=1, high=_MAX_SIZE)
            if "to" in given
            else latest_checkpoint().size
        )
        proof = consistency_proof(old, new)
        return Response(
            {
                "from": proof.old,
                "from_root": proof.old_root.hex(),
                "to": proof.new,
                "to_root": proof.new_root.hex(),
                "hashes": [each.hex() for each in proof.hashes],
            }
        )

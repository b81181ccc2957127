"""REST: the signed tree head and proofs against it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit import offline
from audit.models import Entry
from audit.notes import tlog_proof
from audit.services.cosignatures import cosigned_note
from audit.services.keys import public_keys
from audit.services.proofs import (
    PlaceProof,
    consistency_proof,
    latest_checkpoint,
    place_of,
    place_proof,
)
from lib.errors import Invalid, NotFound
from lib.http.query import params, whole_number
from lib.http.views import ApiView, FileView

_TEXT = "text/plain; charset=utf-8"
_MAX_SIZE = 2**53


class CheckpointView(FileView):
    required = {"GET": "audit.read"}

    def get(self, request: Request) -> HttpResponse:
        """The latest checkpoint, a signed note (c2sp.org/tlog-checkpoint)."""
        params(request, ())
        return HttpResponse(cosigned_note(latest_checkpoint()), content_type=_TEXT)


class KeyView(FileView):
    required = {"GET": "audit.read"}

    def get(self, request: Request) -> HttpResponse:
        """The log's public key (a vkey); two while one takes the place of the other, the newest
        last. Compare them with what is published elsewhere."""
        params(request, ())
        return HttpResponse(public_keys(), content_type=_TEXT)


class VerifierView(FileView):
    required = {"GET": "audit.read"}

    def get(self, request: Request) -> HttpResponse:
        """verify.py, the same file as in every bundle."""
        params(request, ())
        return HttpResponse(offline.verifier(), content_type="text/x-python; charset=utf-8")


class InclusionView(ApiView):
    required = {"GET": "audit.read"}
    query = frozenset({"entry", "index", "size"})

    def get(self, request: Request) -> Response:
        """The path from a leaf to the root of the tree of ``size`` leaves (default: the latest
        checkpoint's). The leaf is that of ``entry``, or stands at ``index``. Where no checkpoint
        has that very size, ``checkpoint`` is null: prove consistency from it to a signed one."""
        given = params(request, self.query)
        if ("entry" in given) == ("index" in given):
            raise Invalid(
                "Name the leaf by “entry” or by “index”.",
                errors={"entry": "this one", "index": "or this one, and not both"},
            )
        size = (
            whole_number("size", given["size"], low=1, high=_MAX_SIZE) if "size" in given else None
        )
        if "index" in given:
            index = whole_number("index", given["index"], low=0, high=_MAX_SIZE)
        else:
            index = place_of(_entry(given["entry"]))
        return Response(_place_body(place_proof(index, size)))


def _entry(text: str) -> Entry:
    try:
        entry_id = UUID(text)
    except ValueError as error:
        raise Invalid("“entry” must be an entry's id.", errors={"entry": "a UUID"}) from error
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("There is no such entry.")
    return entry


def _place_body(proof: PlaceProof) -> dict[str, Any]:
    note = proof.checkpoint.note if proof.checkpoint else None
    return {
        "index": proof.index,
        "size": proof.size,
        "leaf_hash": proof.leaf.hex(),
        "hashes": [each.hex() for each in proof.hashes],
        "root": proof.root.hex(),
        "checkpoint": note,
        "tlog_proof": tlog_proof(proof.index, proof.hashes, note) if note else None,
    }


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

"""REST: what was authorized at a moment, by whom, on which evidence."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Entry
from governance.models import Authorization
from governance.services.as_of import AsOf, Held, as_of
from governance.services.as_of_words import sentence
from lib.errors import Invalid
from lib.http.query import params, zoned_time
from lib.http.reading import tell
from lib.http.views import ApiView


class AsOfView(ApiView):
    required = {"GET": "governance.read"}
    query = frozenset({"model", "environment", "at", "purpose"})

    def get(self, request: Request) -> Response:
        """What of a model was authorized in an environment at a time (now, when none is given),
        with the signatures, the evidence and the entries of the audit trail that prove it."""
        given = params(request, self.query)
        missing = {name: "is needed" for name in ("environment", "model") if not given.get(name)}
        if missing:
            raise Invalid("The question needs a model and an environment.", errors=missing)
        actor = self.actor(request)
        answer = as_of(
            model=given["model"],
            environment=given["environment"],
            at=zoned_time("at", given["at"]) if "at" in given else timezone.now(),
            purpose=given.get("purpose", ""),
            actor=actor,
        )
        tell(request, actor, "model:{name}", {"name": answer.model.name})
        return Response(body_of(answer))


def body_of(answer: AsOf) -> dict[str, Any]:
    return {
        "model": answer.model.name,
        "environment": answer.environment.name,
        "at": answer.at,
        "authorized": answer.authorized,
        "purposes": [_held(answer, held) for held in answer.held],
    }


def _held(answer: AsOf, held: Held) -> dict[str, Any]:
    return {
        "purpose": held.purpose.key,
        "authorized": held.authorized,
        "code": held.code,
        "text": sentence(answer, held),
        "authorization": _authorization(held.authorization) if held.authorization else None,
        "signatures": [
            {
                "name": each.decision.signer_name,
                "signer": each.decision.signer_pseudonym,
                "role": each.decision.role,
                "line": each.decision.line,
                "meaning": each.decision.meaning,
                "reason": each.decision.reason,
                "signed_at": each.decision.signed_at,
                "digest": each.decision.digest,
                "entry": str(each.entry.pk) if each.entry else None,
            }
            for each in held.signed
        ],
        "entries": [_entry(entry) for entry in held.entries],
    }


def _authorization(row: Authorization) -> dict[str, Any]:
    return {
        "digest": row.digest,
        "version": row.version.number,
        "version_digest": row.version_digest,
        "release": str(row.release_id),
        "revision": row.document["revision"],
        "evidence": row.document["evidence"],
        "requirements": row.document["requirements"],
        "restrictions": row.restrictions,
        "issued_at": row.issued_at,
        "expires_at": row.expires_at,
        "ended_at": row.ended_at,
        "end": row.term.end or None,
        "end_reason": row.end_reason,
        "document": row.document,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    leaf = getattr(entry, "leaf", None)
    return {
        "id": str(entry.pk),
        "action": entry.action,
        "at": entry.at,
        "index": leaf.index if leaf else None,
        "url": f"/api/v1/audit/entries/{entry.pk}",
    }

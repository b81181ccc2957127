"""A verdict to keep: signed, short-lived, verifiable without this server, and told of in the trail.

An in-toto statement (in-toto Attestation Framework, Statement v1) in a DSSE envelope. Its subject
is the artefact by its digest; it is signed with the newest key of the log, whose public half is
published beside the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.utils import timezone

from audit.services import record
from audit.services.keys import signing_key, signing_keys
from audit.subjects import Subject
from governance.services.verdicts import Verdict, verdict
from lib import signed
from lib.actor import Actor
from lib.canonical import canonical_json, digest_of, plain

LIVES = timedelta(minutes=5)
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:imprimatur:verdict:v1"


@dataclass(frozen=True)
class SignedVerdict:
    """``envelope`` is the DSSE envelope as JSON text; it is good until ``expires_at``."""

    verdict: Verdict
    envelope: str
    expires_at: datetime


def _hold_still(digest: str) -> None:
    """Nothing about these bytes is ended or stopped until the verdict is on record (R4).

    Those who ask wait for one another too: locks that several may share let newcomers past whoever
    waits to revoke, for as long as somebody keeps asking.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM governance_authorization WHERE version_digest = %s "
            "ORDER BY digest FOR NO KEY UPDATE",
            [digest],
        )


@transaction.atomic
def issue(*, digest: str, environment: str, purpose: str, actor: Actor) -> SignedVerdict:
    """Asks, signs and records in one transaction. Raises Unavailable when there is no key."""
    actor.require("verdict.read")
    _hold_still(digest)
    answer = verdict(digest=digest, environment=environment, purpose=purpose)
    now = timezone.now()
    ends = [now + LIVES]
    if answer.allow and answer.held is not None:
        ends.append(answer.held.expires_at)
        ends += [
            stop.start for stop in answer.held.term.stops if stop.start > now and stop.end is None
        ]
    statement = _statement(answer, digest, environment, purpose, now, min(ends))
    envelope = signed.sign(canonical_json(statement), PAYLOAD_TYPE, _key()).decode()
    record(
        actor=actor,
        action="verdict.issue",
        subject=Subject("artifact", digest, digest[:12]),
        details={
            "statement": digest_of(statement),
            "verdict": statement["predicate"]["verdict"],
            "code": answer.code,
            "environment": environment,
            "purpose": purpose,
            "expires_at": statement["predicate"]["expires_at"],
        },
    )
    return SignedVerdict(answer, envelope, min(ends))


def published_keys() -> list[dict[str, str]]:
    """The public halves that sign now, oldest first: ``{keyid, public}``, 32 bytes in base64."""
    halves = [Ed25519PrivateKey.from_private_bytes(key.seed) for key in signing_keys()]
    texts = [signed.public_text(half) for half in halves]
    return [{"keyid": signed.key_id(text), "public": text} for text in texts]


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(signing_key().seed)


def _statement(
    answer: Verdict,
    digest: str,
    environment: str,
    purpose: str,
    now: datetime,
    until: datetime,
) -> dict[str, Any]:
    row = answer.held
    statement: dict[str, Any] = plain(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": row.label if row else "", "digest": {"sha256": digest}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "verdict": "allow" if answer.allow else "deny",
                "code": answer.code,
                "text": answer.text,
                "environment": environment,
                "purpose": purpose,
                "authorization": row.digest if row else None,
                "restrictions": row.restrictions if row and answer.allow else [],
                "limits": row.limits if row and answer.allow else [],
                "issued_at": now,
                "expires_at": until,
            },
        }
    )
    return statement

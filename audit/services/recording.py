"""Writing an entry, in the transaction of the change that it tells of."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from audit.catalog import ACTIONS
from audit.ids import new_id
from audit.models import Commitment, Entry, LargeDetail, Pending
from audit.services.waking import wake_integrator
from audit.subjects import Subject
from lib.actor import Actor
from lib.canonical import canonical_json, sha256
from lib.errors import TooLarge
from lib.http.middleware import ADDRESS_CLASS, REQUEST_ID

SCHEMA: Final = 1
MAX_BODY: Final = 65_535  # what the uint16 length prefix of a C2SP entry bundle can carry
LARGE: Final = "details_sha256"
_LARGE_DETAILS: Final = 32_768
_DIGEST = re.compile(r"^[0-9a-f]{64}\Z")


def record(
    *,
    actor: Actor,
    action: str,
    subject: Subject,
    details: dict[str, Any] | None = None,
    reason: str = "",
    evidence: Sequence[str] = (),
    related: Sequence[Subject] = (),
    personal: dict[str, str] | None = None,
) -> Entry:
    """Writes the entry that says who did what to which subject, and why.

    ``details`` is any JSON and stands in the clear for ever: no personal text in it. ``reason``,
    ``personal`` and the actor's name stand in the entry as salted commitments, which exports
    open and which can be erased. ``evidence`` names artefacts by SHA-256. Details over 32 KiB
    are kept beside the entry, which names their digest.

    The subject's row of sequence numbers stays locked until the transaction ends, so writers of
    one subject queue up. Raises RuntimeError outside a transaction (A1: a change and its entry
    commit together), KeyError for an action that the catalogue does not know, ValueError for
    what JSON cannot say, TooLarge when the rest of the entry passes 65,535 bytes.
    """
    _refuse_misuse(action, evidence)
    sequence, at = _next(subject)
    entry_id = new_id(at)
    sealed = _Sealed(entry_id)
    body: dict[str, Any] = {
        "v": SCHEMA,
        "id": str(entry_id),
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "sequence": sequence,
        "action": action,
        "subject": {"type": subject.type, "key": subject.key, "label": subject.label},
        "related": [str(each) for each in related],
        "actor": _actor_part(actor, sealed),
        "reason": sealed.commit("reason", reason, about=actor.id) if reason else None,
        "personal": _personal_part(personal or {}, sealed, about=_whom(subject, actor)),
        "details": _fitting(details or {}),
        "evidence": list(evidence),
        "request": {"id": REQUEST_ID.get(), "address": ADDRESS_CLASS.get()},
    }
    entry = _insert(body, subject=subject, related=related, at=at, entry_id=entry_id)
    Commitment.objects.bulk_create(sealed.openings)
    wake_integrator()
    return entry


def _refuse_misuse(action: str, evidence: Sequence[str]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the change that it tells of")
    if action not in ACTIONS:
        raise KeyError(f"{action} is not in audit/catalog.py: add it there, with its meaning")
    if wrong := [digest for digest in evidence if not _DIGEST.match(digest)]:
        raise ValueError(f"evidence is named by SHA-256, not by {wrong[0]!r}")


def _insert(
    body: dict[str, Any],
    *,
    subject: Subject,
    related: Sequence[Subject],
    at: datetime,
    entry_id: UUID,
) -> Entry:
    data = canonical_json(body)
    if len(data) > MAX_BODY:
        raise TooLarge(f"An entry may have {MAX_BODY} bytes; this one has {len(data)}.")
    entry = Entry.objects.create(
        id=entry_id,
        body=data,
        digest=sha256(data),
        subject_type=subject.type,
        subject_key=subject.key,
        subjects=list(dict.fromkeys(str(each) for each in (subject, *related))),
        sequence=body["sequence"],
        action=body["action"],
        actor_kind=body["actor"]["kind"],
        actor_id=body["actor"]["id"],
        at=at,
    )
    Pending.objects.create(entry=entry)
    return entry


def _next(subject: Subject) -> tuple[int, datetime]:
    """The subject's next number, and the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_subjectsequence AS s (subject_type, subject_key, last) "
            "VALUES (%s, %s, 1) ON CONFLICT (subject_type, subject_key) "
            "DO UPDATE SET last = s.last + 1 RETURNING last, clock_timestamp()",
            [subject.type, subject.key],
        )
        sequence, at = cursor.fetchone()
    return sequence, at


@dataclass(slots=True)
class _Sealed:
    """Collects the openings of the commitments of one entry."""

    entry_id: UUID
    openings: list[Commitment]

    def __init__(self, entry_id: UUID) -> None:
        self.entry_id, self.openings = entry_id, []

    def commit(self, field: str, value: str, *, about: str) -> dict[str, str]:
        salt = secrets.token_bytes(32)
        digest = sha256(salt + value.encode())
        self.openings.append(
            Commitment(
                digest=digest,
                entry_id=self.entry_id,
                field=field,
                about=about,
                salt=salt,
                value=value,
            )
        )
        return {"commitment": digest}


def _actor_part(actor: Actor, sealed: _Sealed) -> dict[str, Any]:
    named = actor.kind != "system"
    return {
        "kind": actor.kind,
        "id": actor.id,
        "name": sealed.commit("actor.name", actor.name, about=actor.id) if named else None,
        "roles": list(actor.roles),
        "line": actor.line,
    }


def _personal_part(
    personal: dict[str, str], sealed: _Sealed, *, about: str
) -> dict[str, dict[str, str]]:
    return {
        name: sealed.commit(f"personal.{name}", value, about=about)
        for name, value in personal.items()
    }


def _whom(subject: Subject, actor: Actor) -> str:
    return subject.key if subject.type == "person" else actor.id


def _fitting(details: dict[str, Any]) -> dict[str, Any]:
    """``details``, or their digest and size when they are large."""
    data = canonical_json(details)
    if len(data) <= _LARGE_DETAILS:
        return details
    digest = sha256(data)
    LargeDetail.objects.bulk_create([LargeDetail(digest=digest, body=data)], ignore_conflicts=True)
    return {LARGE: digest, "size": len(data)}

"""Writing an entry, in the transaction of the change that it tells of."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from audit.catalog import ACTIONS
from audit.hearing import tell
from audit.ids import new_id
from audit.models import Commitment, Entry
from audit.rows import configuration
from audit.services.waking import wake_integrator
from audit.subjects import Subject
from lib.actor import Actor
from lib.canonical import canonical_json, sha256
from lib.errors import TooLarge
from lib.http.middleware import ADDRESS_CLASS, REQUEST_ID
from lib.postgres import prepared

SCHEMA: Final = 1
MAX_BODY: Final = 65_535  # what the uint16 length prefix of a C2SP entry bundle can carry
LARGE: Final = "details_sha256"
_LARGE_DETAILS: Final = 24_576
Row = dict[str, Any]
"""``table``, ``key`` and ``digest`` of a governed row, null when the row is gone."""

_NEXT: Final = """
INSERT INTO audit_subjectsequence AS s (subject_type, subject_key, last) VALUES (%s, %s, 1)
ON CONFLICT (subject_type, subject_key) DO UPDATE SET last = s.last + 1
RETURNING last, clock_timestamp(), audit_take_touched(%s::jsonb, %s)::text
"""
_ENTERED: Final = """
WITH entered AS (
    INSERT INTO audit_entry (id, body, digest, subject_type, subject_key, sequence, subjects,
                             action, actor_kind, actor_id, at)
    VALUES (%(id)s, %(body)s, %(digest)s, %(type)s, %(key)s, %(sequence)s, %(subjects)s,
            %(action)s, %(kind)s, %(actor)s, %(at)s)
)"""
_OPENED: Final = """, opened AS (
    INSERT INTO audit_commitment (digest, entry_id, field, about, salt, value)
    SELECT digest, %(id)s, field, about, salt, value
    FROM unnest(%(commitments)s::text[], %(fields)s::text[], %(about)s::text[],
                %(salts)s::bytea[], %(values)s::text[]) o (digest, field, about, salt, value)
)"""
_KEPT: Final = """, kept AS (
    INSERT INTO audit_largedetail (digest, body)
    SELECT * FROM unnest(%(large_digests)s::text[], %(large_bodies)s::bytea[])
    ON CONFLICT DO NOTHING
)"""
_SEALED: Final = """, sealed AS (
    INSERT INTO audit_rowseal (table_name, row_key, entry_id, digest, salt)
    SELECT name, key, %(id)s, digest, %(salt)s
    FROM unnest(%(tables)s::text[], %(keys)s::text[], %(row_digests)s::text[]) r (name, key, digest)
    ON CONFLICT (table_name, row_key)
    DO UPDATE SET entry_id = excluded.entry_id, digest = excluded.digest, salt = excluded.salt
)"""
_QUEUED: Final = """
INSERT INTO audit_pending (entry_id) VALUES (%(id)s)"""
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
    open and which can be erased. ``evidence`` names artefacts by SHA-256. Details over 24 KiB
    are kept beside the entry, which names their digest. The governed rows that the transaction
    changed since its last entry are named with the digest of what they are now.

    The subject's row of sequence numbers stays locked until the transaction ends, so writers of
    one subject queue up. Raises RuntimeError outside a transaction (A1: a change and its entry
    commit together), KeyError for an action that the catalogue does not know, ValueError for
    what JSON cannot say, TooLarge when the rest of the entry passes 65,535 bytes.
    """
    _refuse_misuse(action, evidence)
    salt = secrets.token_hex(16)
    sequence, at, rows = _next(subject, salt)
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
        "evidence": list(evidence),
        "request": {"id": REQUEST_ID.get(), "address": ADDRESS_CLASS.get()},
        "rows": rows,
        "details": details or {},
    }
    entry = _entry(body, sealed, subject=subject, related=related, at=at)
    _insert(entry, sealed, rows, salt)
    tell(entry)
    wake_integrator()
    return entry


def _refuse_misuse(action: str, evidence: Sequence[str]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the change that it tells of")
    if action not in ACTIONS:
        raise KeyError(f"{action} is not in audit/catalog.py: add it there, with its meaning")
    if wrong := [digest for digest in evidence if not _DIGEST.match(digest)]:
        raise ValueError(f"evidence is named by SHA-256, not by {wrong[0]!r}")


def _entry(
    body: dict[str, Any],
    sealed: _Sealed,
    *,
    subject: Subject,
    related: Sequence[Subject],
    at: datetime,
) -> Entry:
    data = canonical_json(body)
    if len(data) > _LARGE_DETAILS:  # no part is large in a body that is not
        body |= {part: sealed.fitting(body[part]) for part in ("rows", "details")}
        data = canonical_json(body)
    if len(data) > MAX_BODY:
        raise TooLarge(f"An entry may have {MAX_BODY} bytes; this one has {len(data)}.")
    return Entry(
        id=UUID(body["id"]),
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


def _next(subject: Subject, salt: str) -> tuple[int, datetime, list[Row]]:
    """The subject's next number, the database's clock, and what the transaction has changed since
    its last entry. One statement."""
    given = [subject.type, subject.key, configuration(), salt]
    ((sequence, at, rows),) = prepared.rows(_NEXT, given)
    return sequence, at, json.loads(rows)


def _insert(entry: Entry, sealed: _Sealed, rows: list[Row], salt: str) -> None:
    """The entry and all that goes with it. One statement."""
    openings, large = sealed.openings, list(sealed.large.items())
    # What an entry does not need is left out, with its values.
    statement = [_ENTERED]
    given = {
        "id": entry.pk,
        "body": entry.leaf_bytes,
        "digest": entry.digest,
        "type": entry.subject_type,
        "key": entry.subject_key,
        "subjects": entry.subjects,
        "sequence": entry.sequence,
        "action": entry.action,
        "kind": entry.actor_kind,
        "actor": entry.actor_id,
        "at": entry.at,
    }
    if openings:
        statement.append(_OPENED)
        given |= {
            "commitments": [each.digest for each in openings],
            "fields": [each.field for each in openings],
            "about": [each.about for each in openings],
            "salts": [each.salt for each in openings],
            "values": [each.value for each in openings],
        }
    if large:
        statement.append(_KEPT)
        given |= {
            "large_digests": [digest for digest, _ in large],
            "large_bodies": [data for _, data in large],
        }
    if rows:
        statement.append(_SEALED)
        given |= {
            "tables": [row["table"] for row in rows],
            "keys": [row["key"] for row in rows],
            "salt": salt,
            "row_digests": [row["digest"] or "" for row in rows],
        }
    prepared.run("".join([*statement, _QUEUED]), given)
    entry._state.adding, entry._state.db = False, connection.alias


@dataclass(slots=True)
class _Sealed:
    """Collects what one entry names by digest: openings of commitments, large details."""

    entry_id: UUID
    openings: list[Commitment] = field(default_factory=list)
    large: dict[str, bytes] = field(default_factory=dict)

    def fitting(self, value: Any) -> Any:
        """``value``, or its digest and size when it is large: it is then kept beside the entry."""
        data = canonical_json(value)
        if len(data) <= _LARGE_DETAILS:
            return value
        digest = sha256(data)
        self.large[digest] = data
        return {LARGE: digest, "size": len(data)}

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

"""What somebody outside is told, word for word: CloudEvents 1.0, as JSON. No person is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone

from audit.models import Entry
from audit.subjects import Subject
from lib.canonical import canonical_json

_CLOCK: Final = UUID("7a0d3c52-6f0e-4a57-9d64-0b6f6f9a1c11")


@dataclass(frozen=True, slots=True)
class Message:
    """One event: its id is the same for everybody who is told, and at every try."""

    id: UUID
    kind: str
    about: str
    body: bytes


def of_entry(entry: Entry, kind: str) -> Message:
    """The event that an entry stands for."""
    told = entry.content
    data = {
        "subject": told["subject"],
        "related": told["related"],
        "actor": {"kind": told["actor"]["kind"], "roles": told["actor"]["roles"]},
        "details": told["details"],
        "entry": f"{settings.PUBLIC_URL}/audit/entries/{entry.pk}/",
    }
    return _message(entry.pk, kind, told["at"], entry.subject, data)


def of_clock(kind: str, *, key: str, subject: Subject, details: dict[str, Any]) -> Message:
    """What only the clock knows; the same ``key`` is the same event."""
    data: dict[str, Any] = {
        "subject": {"type": subject.type, "key": subject.key, "label": subject.label},
        "related": [],
        "actor": {"kind": "system", "roles": []},
        "details": details,
        "entry": None,
    }
    at = timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _message(uuid5(_CLOCK, f"{kind}:{key}"), kind, at, subject, data)


def _message(event: UUID, kind: str, at: str, subject: Subject, data: dict[str, Any]) -> Message:
    body = {
        "specversion": "1.0",
        "id": str(event),
        "source": settings.PUBLIC_URL,
        "type": kind,
        "subject": str(subject),
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }
    return Message(event, kind, subject.label or str(subject), canonical_json(body))

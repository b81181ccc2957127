"""What somebody outside is told, word for word: CloudEvents 1.0 or MLflow's own, as JSON. No person
is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone

from accounts import mlflow_events
from accounts.mlflow_events import Payload
from audit.models import Entry
from audit.subjects import Subject
from lib.canonical import canonical_json

_CLOCK: Final = UUID("7a0d3c52-6f0e-4a57-9d64-0b6f6f9a1c11")
_TRIED: Final = "An example, sent to try the address"


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


def in_mlflow(entry: Entry) -> list[Message]:
    """The same in MLflow's words: one event for each tag that was set, for one; often none."""
    said = mlflow_events.of_entry(entry)
    label = entry.content["subject"]["label"] or str(entry.subject)
    return [
        _in_mlflow(entry, each.event, each.data, about=_about(label, each.data), place=place)
        for place, each in enumerate(said)
    ]


def example_in_mlflow(entry: Entry, kind: str) -> Message:
    """An event as MLflow would tell it, of nothing that happened. ``entry`` says who tried."""
    return _in_mlflow(entry, kind, mlflow_events.EXAMPLES[kind], about=_TRIED)


def _about(label: str, data: Payload) -> str:
    what = data.get("key") or data.get("alias")
    return f"{label}: {what}" if what else label


def _in_mlflow(entry: Entry, kind: str, data: Payload, *, about: str, place: int = 0) -> Message:
    """Entity and action, when it happened, and the data. Its id is the entry's own where that leads
    to one event."""
    entity, _, action = kind.partition(".")
    at = entry.content["at"].replace("Z", "+00:00")
    body = {"entity": entity, "action": action, "timestamp": at, "data": data}
    event = uuid5(entry.pk, str(place)) if place else entry.pk
    return Message(event, kind, about, canonical_json(body))


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

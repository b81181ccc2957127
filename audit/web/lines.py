"""Entries as lines that people read: who did what to what, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from audit.catalog import ACTIONS
from audit.models import Commitment, Entry
from audit.services.searching import newest
from audit.subjects import Subject

ERASED = "redacted"

# Where a subject's own page stands. {} takes the key.
_PAGES = {
    "use_case": "/use-cases/{}/",
    "policy": "/policies/{}/",
    "model": "/models/{}/",
    "release": "/releases/{}/",
    "authorization": "/authorizations/{}/",
    "explanation": "/explanations/{}/",
}
_VERSIONED = {
    "model_version": "/models/{}/versions/{}/",
    "dataset_version": "/datasets/{}/versions/{}/",
}


@dataclass(frozen=True)
class Line:
    """One entry with its openings; what was erased says so."""

    entry: Entry
    content: dict[str, Any]
    opened: dict[str, str]

    @property
    def did(self) -> str:
        """What the actor did, in words: ``froze the evidence``."""
        action = ACTIONS.get(self.entry.action)
        return action.words if action else self.entry.action

    @property
    def who(self) -> str:
        if self.entry.actor_kind == "system":
            return "Imprimatur"
        return self.opened.get("actor.name", ERASED)

    @property
    def reason(self) -> str:
        if self.content.get("reason") is None:
            return ""
        return self.opened.get("reason", ERASED)

    @property
    def subject(self) -> Subject:
        told = self.content["subject"]
        return Subject(told["type"], told["key"], told["label"])

    @property
    def subject_page(self) -> str:
        return page_of(self.subject)

    @property
    def leaf_index(self) -> int | None:
        leaf = getattr(self.entry, "leaf", None)
        return leaf.index if leaf else None


def page_of(subject: Subject) -> str:
    """The address of the subject's page; empty when it has none."""
    if subject.type in _PAGES:
        return _PAGES[subject.type].format(quote(subject.key, safe=""))
    name, _, number = subject.key.rpartition("/")
    if subject.type in _VERSIONED and name:
        return _VERSIONED[subject.type].format(quote(name, safe=""), quote(number, safe=""))
    return ""


def lines_of(rows: list[Entry]) -> list[Line]:
    """One query, for the openings of their commitments. ``rows`` come with their leaves."""
    openings = _openings(rows)
    return [Line(row, row.content, openings.get(row.pk, {})) for row in rows]


def _openings(rows: Iterable[Entry]) -> dict[Any, dict[str, str]]:
    found: dict[Any, dict[str, str]] = {}
    for opening in Commitment.objects.filter(entry__in=list(rows)):
        found.setdefault(opening.entry_id, {})[opening.field] = opening.value
    return found


def newest_about(subject: Subject, *, limit: int) -> list[Line]:
    """What happened to ``subject`` last, newest first."""
    return lines_of(newest(Entry.objects.select_related("leaf"), subject, limit))

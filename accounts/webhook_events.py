"""What an address outside can be told: a table from entries of the trail to events. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Event:
    """``action`` is the entry's that it follows from; empty for what only the clock says."""

    name: str
    action: str
    when: str


_TABLE: Final = (
    ("model.registered", "model.register", "A model was registered."),
    ("model.governed", "model.govern", "A model was put under governance, or taken out of it."),
    ("model.tagged", "model.tag", "Tags of a model were set or removed."),
    (
        "model_version.registered",
        "model_version.register",
        "A version was registered, with its files or with their source alone.",
    ),
    ("model_version.sealed", "model_version.seal", "Its files came: it has a digest now."),
    ("model_version.tagged", "model_version.tag", "Tags of a version were set or removed."),
    ("model_version.deleted", "model_version.delete", "A version was deleted."),
    ("release.requested", "release.request", "Somebody asked for a release."),
    ("release.rejected", "release.reject", "A release was rejected."),
    ("release.changes_requested", "release.request_changes", "A release was sent back."),
    ("release.withdrawn", "release.withdraw", "A release was withdrawn."),
    ("question.asked", "question.ask", "A reviewer asked a question about a release."),
    ("waiver.granted", "waiver.grant", "A requirement was waived for a while."),
    ("waiver.revoked", "waiver.revoke", "A waiver was ended."),
    ("finding.raised", "finding.raise", "Something was found wrong with a model."),
    ("finding.closed", "finding.close", "A finding was closed."),
    ("finding.reopened", "finding.reopen", "A closed finding was opened again."),
    ("condition.overdue", "", "A condition was not verified by its day: its verdict is deny."),
    ("authorization.issued", "authorization.issue", "A version was released: it is authorized."),
    ("authorization.superseded", "authorization.supersede", "A newer one took its place."),
    ("authorization.suspended", "authorization.suspend", "It allows nothing for a while."),
    ("authorization.resumed", "authorization.resume", "A suspension was lifted."),
    ("authorization.revoked", "authorization.revoke", "It was ended at once."),
    ("authorization.retired", "authorization.retire", "It was ended, being needed no more."),
    ("authorization.recertified", "authorization.recertify", "It was reviewed; see the outcome."),
    ("alias.moved", "alias.move", "A name such as “champion” moved to a version."),
    ("alias.removed", "alias.remove", "A name such as “champion” was removed."),
)
EVENTS: Final = {row[0]: Event(*row) for row in _TABLE}
BY_ACTION: Final = {event.action: event for event in EVENTS.values() if event.action}
TEST: Final = Event("webhook.test", "webhook.test", "Somebody tried the address.")


def as_markdown() -> str:
    """The table as docs/operating.md shows it."""
    rows = [f"| `{event.name}` | {event.when} |" for event in EVENTS.values()]
    return "\n".join(["| event | when |", "| --- | --- |", *rows])

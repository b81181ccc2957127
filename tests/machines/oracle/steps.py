"""What an oracle judges: the rows before and after, what was tried, and what only we know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.machines.acts import Act, Refusal
from tests.machines.seen import Row, Seen
from tests.machines.town import Terms

Asked = tuple[str, str, str]
"""Artefact digest, environment, purpose."""
APPROVALS = ("approve", "approve_with_conditions")
RUNNING = ("active", "suspended")


@dataclass
class Facts:
    """What the machine did itself and therefore need not read anywhere."""

    authors: dict[str, str] = field(default_factory=dict)
    """Version -> who wrote its model card; a version without one is not here."""
    requesters: dict[str, set[str]] = field(default_factory=dict)
    """Release -> all who ever asked for it or revised it."""
    verdicts: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    """(release, revision) -> check -> verdict."""
    measured: dict[tuple[str, int], datetime] = field(default_factory=dict)
    published: list[Terms] = field(default_factory=list)
    """In the order of publishing: the newest of a slug holds."""

    def in_force(self, place: str) -> list[Terms]:
        newest = {terms.slug: terms for terms in self.published}
        return [terms for terms in newest.values() if place in terms.places]


@dataclass(frozen=True)
class Step:
    before: Seen
    after: Seen
    facts: Facts
    now: datetime
    act: Act
    refused: Refusal | None = None
    allowed: Mapping[Asked, tuple[bool, str]] = field(default_factory=dict)
    """The server's answers after the step."""
    allowed_before: Mapping[Asked, tuple[bool, str]] = field(default_factory=dict)

    def new(self, kind: str) -> Iterator[tuple[str, Row]]:
        """Rows of ``kind`` that were not there before."""
        held = getattr(self.before, kind)
        return ((k, row) for k, row in getattr(self.after, kind).items() if k not in held)

    def changed(self, kind: str) -> Iterator[tuple[str, Row, Row]]:
        """Rows of ``kind`` that are otherwise than before: key, before, after."""
        held, now = getattr(self.before, kind), getattr(self.after, kind)
        return ((k, row, now.get(k, {})) for k, row in held.items() if now.get(k) != row)


def label(step: Step, release: str) -> str:
    return f"R-{step.after.releases[release]['number']}"

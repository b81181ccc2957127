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
    owners: dict[str, set[str]] = field(default_factory=dict)
    """Release -> all who owned its model or its use case while it was under way."""
    models: dict[str, str] = field(default_factory=dict)
    """Version -> its model."""
    pins: dict[tuple[str, int], tuple[Terms, ...]] = field(default_factory=dict)
    """(release, revision) -> the policies that were in force when it was pinned."""
    verdicts: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    """(release, revision) -> check -> verdict."""
    measured: dict[tuple[str, int], datetime] = field(default_factory=dict)
    published: list[Terms] = field(default_factory=list)
    """In the order of publishing: the newest of a slug holds."""

    def in_force(self, place: str, tier: int) -> list[Terms]:
        newest = {terms.slug: terms for terms in self.published}
        return [t for t in newest.values() if place in t.places and tier in t.tiers]


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


def owners_now(seen: Seen, release: Row) -> set[str]:
    """Of the model and of the use case."""
    model, use = release["version__model__name"], release["use_case__slug"]
    return {seen.models[model]["owner__username"], seen.use_cases[use]["owner__username"]} - {None}


def strictest_tier(seen: Seen, purpose: str) -> int:
    """A purpose that several use cases approve is held to the tier of the riskiest."""
    uses = [row["use_case__slug"] for row in seen.purposes.values() if row["key"] == purpose]
    return min((int(seen.use_cases[use]["tier"]) for use in uses), default=1)


def label(step: Step, release: str) -> str:
    return f"R-{step.after.releases[release]['number']}"

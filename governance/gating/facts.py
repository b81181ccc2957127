"""What the gates of a release depend on, and what comes out. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OPEN, CLOSED, PENDING = "open", "closed", "pending"
APPROVING = ("approve", "approve_with_conditions")
"""Outcomes of a decision that fill a slot."""


@dataclass(frozen=True, slots=True)
class CheckFact:
    """What is known of a check: ``verdict`` is empty until it has finished."""

    verdict: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    slot: str
    outcome: str
    name: str

    @property
    def approves(self) -> bool:
        return self.outcome in APPROVING


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A granted waiver that holds now: whose, and until which day (ISO)."""

    label: str
    until: str


@dataclass(frozen=True, slots=True)
class QuestionFact:
    """A question that blocks until it is settled or taken back."""

    key: str
    text: str
    state: str

    @property
    def is_open(self) -> bool:
        return self.state not in ("settled", "withdrawn")


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A finding on this model or version that is not closed."""

    label: str
    severity: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the gates of one release revision depend on. ``waivers`` by gate key."""

    artifact: CheckFact = CheckFact()
    checks: Mapping[str, CheckFact] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    signatures: Sequence[Signature] = ()
    evidence_age_days: float = 0.0
    broken: str = ""
    """Why the suite as a whole broke: the sentence of every check that broke with it."""
    waivers: Mapping[str, WaiverFact] = field(default_factory=dict)
    questions: Sequence[QuestionFact] = ()
    findings: Sequence[FindingFact] = ()
    criteria: Mapping[str, str] = field(default_factory=dict)
    """Why a criterion of the use case is not met, by its key; empty when it is."""


@dataclass(frozen=True, slots=True)
class GateView:
    key: str
    kind: str
    title: str
    state: str
    verdict: str
    reasons: tuple[str, ...]
    requirement: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    signed_by: tuple[str, ...] = ()
    """Names of people, apart from ``reasons``: they may stand on a page, never in the trail."""

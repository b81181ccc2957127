"""What was authorized at a moment, from the terms of authorizations alone. Pure.

The same rule answers for now (the verdict) and for any earlier moment: a term began when it was
issued, and ended when it was superseded, revoked or ran out, whichever came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ACTIVE, EXPIRED, REVOKED, UNKNOWN, TIER_RAISED = (
    "active",
    "expired",
    "revoked",
    "unknown",
    "tier_raised",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One authorization as far as time is concerned. ``end`` is how it ended by name: superseded,
    revoked, or empty."""

    key: str
    issued_at: datetime
    expires_at: datetime
    tier: int
    end: str = ""
    ended_at: datetime | None = None

    def state_at(self, moment: datetime) -> str:
        """``active``, ``superseded``, ``revoked``, ``expired``; ``unknown`` before it began."""
        if moment < self.issued_at:
            return UNKNOWN
        if self.end and self.ended_at is not None and self.ended_at <= moment:
            return self.end
        return ACTIVE if moment < self.expires_at else EXPIRED


@dataclass(frozen=True, slots=True)
class Standing:
    """``code`` is ``active`` when it may run; else why not, and the term that says so."""

    code: str
    term: Term | None = None

    @property
    def allows(self) -> bool:
        return self.code == ACTIVE


def standing(terms: Sequence[Term], moment: datetime, *, strictest: int) -> Standing:
    """How one artefact stood in one place for one purpose.

    The same bytes may be registered twice: a revocation counts for all of them, until something
    is authorized after it. ``strictest`` is the tier that the purpose was held to.
    """
    known = sorted(
        (term for term in terms if term.issued_at <= moment),
        key=lambda term: term.issued_at,
        reverse=True,
    )
    if not known:
        return Standing(UNKNOWN)
    newest = known[0]
    for term in known:
        revoked = term.state_at(moment) == REVOKED and term.ended_at is not None
        if revoked and term.ended_at >= newest.issued_at:  # type: ignore[operator]
            return Standing(REVOKED, term)
    active = next((term for term in known if term.state_at(moment) == ACTIVE), None)
    if active is None:
        return Standing(newest.state_at(moment), newest)
    if active.tier > strictest:
        return Standing(TIER_RAISED, active)
    return Standing(ACTIVE, active)

"""What was authorized at a moment, from the terms of authorizations alone. Pure.

The same rule answers for now (the verdict) and for any earlier moment: a term began when it was
issued, and ended when it was superseded, revoked, retired or ran out, whichever came first. In
between it may have been stopped for a while: by a person, or by the clock because something that
was promised for a day had not been done by then (R10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ACTIVE, EXPIRED, REVOKED, SUSPENDED, UNKNOWN, TIER_RAISED = (
    "active",
    "expired",
    "revoked",
    "suspended",
    "unknown",
    "tier_raised",
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch of time in which a term allows nothing: from ``start`` on, until ``end`` when
    somebody ended it. ``code`` says why: suspended, or what was overdue."""

    code: str
    start: datetime
    end: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class Term:
    """One authorization as far as time is concerned. ``end`` is how it ended by name: superseded,
    revoked, retired, or empty."""

    key: str
    issued_at: datetime
    expires_at: datetime
    tier: int
    end: str = ""
    ended_at: datetime | None = None
    stops: tuple[Stop, ...] = ()

    def state_at(self, moment: datetime) -> str:
        """``active``, how it ended, ``expired``, why it was stopped; ``unknown`` before it began.

        Of several stops a suspension is told first, then the one that began first."""
        if moment < self.issued_at:
            return UNKNOWN
        if self.end and self.ended_at is not None and self.ended_at <= moment:
            return self.end
        if moment >= self.expires_at:
            return EXPIRED
        covering = [stop for stop in self.stops if stop.covers(moment)]
        if not covering:
            return ACTIVE
        return min(covering, key=lambda stop: (stop.code != SUSPENDED, stop.start)).code


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
    is authorized after it, and a suspension until it is lifted or something is authorized after
    it. A suspension whose own term is over speaks where another would let them run. ``strictest``
    is the tier that the purpose was held to.
    """
    known = sorted(
        (term for term in terms if term.issued_at <= moment),
        key=lambda term: term.issued_at,
        reverse=True,
    )
    if not known:
        return Standing(UNKNOWN)
    newest = known[0]
    states = [(term, term.state_at(moment)) for term in known]
    active = next((term for term, state in states if state == ACTIVE), None)
    for term, state in states:
        said = _said_no(term, moment)
        if said is None or said[1] < newest.issued_at:
            continue
        if active is not None or state == said[0]:
            return Standing(said[0], term)
    if active is None:
        return Standing(newest.state_at(moment), newest)
    if active.tier > strictest:
        return Standing(TIER_RAISED, active)
    return Standing(ACTIVE, active)


def _said_no(term: Term, moment: datetime) -> tuple[str, datetime] | None:
    """What a person said of these bytes that still holds, and since when."""
    if term.state_at(moment) == REVOKED and term.ended_at is not None:
        return REVOKED, term.ended_at
    # Whether or not its own term has run out or was retired: nobody has lifted it.
    held = [stop.start for stop in term.stops if stop.code == SUSPENDED and stop.covers(moment)]
    return (SUSPENDED, max(held)) if held else None

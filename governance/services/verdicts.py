"""May this exact artefact run here, for this, now? A pure read that fails closed (R6, R7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from governance.models.authorizations import StopCode
from governance.models.releases import ReleaseState
from governance.services import verdict_rows
from governance.services.purpose_tiers import strictest_tier
from governance.services.verdict_rows import Held
from governance.standing import SUSPENDED, TIER_RAISED, Term, standing


@dataclass(frozen=True)
class Verdict:
    """``held`` is the authorization that says so; None where there is none."""

    allow: bool
    code: str
    text: str
    held: Held | None = None
    details: dict[str, Any] = field(default_factory=dict)


def verdict(*, digest: str, environment: str, purpose: str, at: datetime | None = None) -> Verdict:
    """The answer by the clock, or as it was ``at`` a moment. Whatever is unknown is a deny with a
    reason, never an error.
    """
    rows, strictest = verdict_rows.read(digest, environment, purpose)
    known = {row.digest: row for row in rows}
    terms = [row.term for row in rows]
    if at is not None:
        strictest = strictest_tier(purpose, at=at)
    answer = standing(terms, at or _now(terms), strictest=strictest)
    if answer.term is None:
        return _unknown(digest, environment, purpose)
    row = known[answer.term.key]
    if answer.allows:
        return Verdict(True, "authorized", f"{row.label} is authorized.", row)
    if answer.code == TIER_RAISED:
        return Verdict(False, answer.code, "The purpose is held to a stricter tier now.", row)
    return Verdict(False, answer.code, _why(row, answer.code), row)


def _now(terms: list[Term]) -> datetime:
    """What is written has happened, even where the clock of whoever wrote it runs ahead."""
    written = [term.issued_at for term in terms]
    written += [term.ended_at for term in terms if term.ended_at]
    written += [stop.start for term in terms for stop in term.stops if stop.code == SUSPENDED]
    return max([timezone.now(), *written])


def _why(row: Held, state: str) -> str:
    if state == "expired":
        return f"The authorization ran out on {row.expires_at:%Y-%m-%d %H:%M} UTC."
    stops = [stop for stop in row.term.stops if stop.code == state]
    stop = max(stops, key=lambda stop: stop.start, default=None)
    if stop is not None:
        return f"{StopCode(state).label} since {stop.start:%Y-%m-%d}. {row.why[stop]}"
    return f"The authorization is {state}. {row.end_reason}".strip()


def _unknown(digest: str, environment: str, purpose: str) -> Verdict:
    missed = verdict_rows.read_missed(digest, environment, purpose)
    if not missed.environment:
        return Verdict(False, "unknown_environment", f"There is no environment “{environment}”.")
    if missed.version is None:
        return Verdict(False, "unknown_digest", "No registered version has this digest.")
    if missed.release is None:
        return Verdict(
            False,
            "never_requested",
            f"{missed.version} was never released to {environment} for “{purpose}”: request it.",
        )
    key, number, state = missed.release
    said = ReleaseState(state).label.lower()
    return Verdict(
        False, f"release_{state}", f"R-{number} is {said}.", details={"release": str(key)}
    )

"""The answer to an as-of question in a sentence, the same on the page and over REST."""

from __future__ import annotations

from datetime import UTC, datetime

from governance.services.as_of import AsOf, Held

_STOPPED = {
    "suspended": "the authorization of {label} had been suspended",
    "condition_overdue": "a condition of the authorization of {label} had been overdue",
    "review_overdue": "the review of {label} had been overdue",
}


def sentence(answer: AsOf, held: Held) -> str:
    """Says what was authorized, by whom and until when; or that nothing was, and why."""
    row = held.authorization
    there = f"{answer.environment.name} ({held.purpose.name})"
    then = f"On {at(answer.at)},"
    if row is None:
        return (
            f"{then} nothing of {answer.model.name} was authorized for {there}: "
            "no authorization had been issued yet."
        )
    if not held.authorized:
        return f"{then} nothing of {answer.model.name} was authorized for {there}: {_why(held)}"
    restricted = f" Restrictions: {'; '.join(row.restrictions)}." if row.restrictions else ""
    return (
        f"{then} {row.version.label} was authorized for {there} by {signers(held)}, on evidence "
        f"{row.document['evidence'][:12]}.{restricted} "
        f"It held from {at(row.issued_at)} {until(held)}."
    )


def signers(held: Held) -> str:
    """Ravi Menon (Validator) and Rita Lindqvist (Model risk officer)."""
    names = [f"{each.decision.signer_name} ({each.role})" for each in held.signed]
    if len(names) < 2:
        return "".join(names) or "the gates alone, without a signature"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def until(held: Held) -> str:
    row = held.authorization
    assert row is not None
    if row.ended_at is not None and row.ended_at < row.expires_at:
        return f"until it was {row.state} on {at(row.ended_at)}"
    return f"until {at(row.expires_at)}, when it runs out"


def _why(held: Held) -> str:
    row = held.authorization
    assert row is not None
    if held.code == "expired":
        return f"the authorization of {row.version.label} had run out on {at(row.expires_at)}."
    if held.code == "tier_raised":
        return (
            f"the purpose was held to a stricter tier by then than {row.version.label} "
            "was authorized under."
        )
    stop = next((stop for stop in row.term.stops if stop.code == held.code), None)
    if stop is not None:
        return f"{_STOPPED[held.code].format(label=row.version.label)} since {at(stop.start)}."
    ended = at(row.ended_at) if row.ended_at else ""
    reason = f" {row.end_reason}" if row.end_reason else ""
    return f"the authorization of {row.version.label} had been {held.code} on {ended}.{reason}"


def at(moment: datetime) -> str:
    """3 March 2026 at 14:00 UTC; with seconds where there are any."""
    utc = moment.astimezone(UTC)
    clock = f"{utc:%H:%M}" if not (utc.second or utc.microsecond) else f"{utc:%H:%M:%S}"
    return f"{utc:%-d %B %Y} at {clock} UTC"

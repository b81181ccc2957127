"""What only who acts knows of an act that was done: kept for the oracle, which asks no service."""

from __future__ import annotations

from tests.machines.acts import Act
from tests.machines.oracle.steps import Facts, owners_now, strictest_tier
from tests.machines.seen import Row, Seen
from tests.machines.town import DRAFTS, Terms


def remember(facts: Facts, act: Act, before: Seen, after: Seen) -> None:
    """After ``act`` was done, and not when it was refused."""
    if act.name == "policies.publish":
        facts.published.append(DRAFTS[act.fields["draft"]])
    if act.name == "releases.revise":
        facts.requesters[act.target].add(act.who)
    source = _source(act, before)
    for key, row in after.releases.items():
        if key not in facts.requesters:
            facts.requesters[key] = set(facts.requesters[source]) if source else {act.who}
            facts.owners[key] = set(facts.owners[source]) if source else set()
        if row["closed_at"] is None:
            facts.owners[key] |= owners_now(after, row)
        place = (key, row["revision"])
        if place not in facts.pins:
            facts.pins[place] = _pins(facts, row, source, before, after)


def _source(act: Act, before: Seen) -> str:
    """The release from which a new one follows in a single act; empty when none does."""
    if act.name == "rolling_back.roll_back":
        return str(before.authorizations[act.target]["release_id"])
    if act.name == "emergencies.approve":
        return str(before.emergencies[act.target]["release_id"])
    return ""


def _pins(facts: Facts, row: Row, source: str, before: Seen, after: Seen) -> tuple[Terms, ...]:
    """A release that follows from another pins what that one pinned."""
    if source:
        return facts.pins[source, before.releases[source]["revision"]]
    tier = strictest_tier(after, row["purpose__key"])
    return tuple(facts.in_force(row["environment__name"], tier))

"""What happened to a release between two looks at it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imprimatur_client.results import Check, Gate, Release

CHECK, GATE, STATE, AWAY, BACK = "check", "gate", "state", "away", "back"
DECIDED_GATE = ("open", "closed")


@dataclass(frozen=True)
class Event:
    """``kind``: ``check`` (one finished), ``gate`` (opened or closed), ``state`` (of the release),
    ``away`` and ``back`` (of the server). ``release`` is as last seen."""

    kind: str
    text: str
    release: Release
    gate: Gate | None = None
    check: Check | None = None


def changes(before: Release | None, now: Release) -> Iterator[Event]:
    """Checks first, then the gates they opened, then what that made of the release.

    A new revision measures everything again, so nothing of the former counts as seen.
    """
    old = before if before and before.revision == now.revision else None
    done = {check.name for check in old.checks if check.is_done} if old else set()
    for check in now.checks:
        if check.is_done and check.name not in done:
            said = check.verdict or check.state
            yield Event(CHECK, f"{check.name}: {said}. {check.sentence}".strip(), now, check=check)
    known = {gate.key: (gate.state, gate.reasons) for gate in old.gates} if old else {}
    for gate in now.gates:
        was = known.get(gate.key)
        if was == (gate.state, gate.reasons) or not _worth_telling(gate, was is not None):
            continue
        yield Event(GATE, f"{gate.title}: {gate.state}. {' '.join(gate.reasons)}", now, gate=gate)
    if before is None or (before.state, before.revision) != (now.state, now.revision):
        yield Event(STATE, state_sentence(now), now)


def _worth_telling(gate: Gate, seen: bool) -> bool:
    """What is pending has not happened yet, but for a gate that was known or is too close."""
    return gate.state in DECIDED_GATE or seen or gate.verdict == "inconclusive"


def state_sentence(release: Release) -> str:
    """Where it stands and whose turn it is."""
    label, state = release.label, release.state
    if state == "validating":
        done = sum(check.is_done for check in release.checks)
        return f"{label} is validating: {done} of {len(release.checks)} checks done."
    if state == "in_review":
        people = ", ".join(release.waits_for) or "people"
        return f"{label} is in review: it waits for {people}."
    if state == "blocked":
        closed = sum(gate.state == "closed" for gate in release.gates)
        return f"{label} is blocked: {closed} gate{'' if closed == 1 else 's'} closed."
    if state == "changes_requested":
        return f"{label} was sent back: changes are requested."
    return f"{label} is {state.replace('_', ' ')}."

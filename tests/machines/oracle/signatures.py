"""R2 and R3: on what people sign, and who they may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.machines.acts import Act
from tests.machines.oracle.steps import APPROVALS, Step, label, owners_now
from tests.machines.seen import Row, Rows
from tests.machines.town import DEVELOPER, ROLES, UNITS, holds

JUDGING = {
    "stopping.resume": "authorizations",
    "rolling_back.roll_back": "authorizations",
    "recertifying.recertify": "authorizations",
    "conditions.verify": "conditions",
}
"""What lets something run that would not run otherwise, and the kind of row that it is about: for
somebody without a stake."""


def r2_signed_is_what_was_seen(step: Step) -> Iterator[str]:
    """A decision is bound to what its signer saw, which was frozen and is what is pinned."""
    for _, row in step.new("decisions"):
        key = str(row["release_id"])
        was = step.before.releases[key]
        pinned = {
            "revision": was["revision"],
            "version_digest": was["version_digest"],
            "requirement_digest": was["requirement_set_id"],
            "tier": was["tier"],
            "evidence_digest": was["evidence_digest"],
        }
        for name, value in pinned.items():
            if row[name] != value:
                yield f"R2: {label(step, key)} was signed for another {name}"
        if row["evidence_digest"] != step.act.fields.get("evidence_digest"):
            yield f"R2: {label(step, key)} was signed on evidence that its signer did not see"
        if not was["evidence_digest"] or (key, was["revision"]) not in step.facts.measured:
            yield f"R2: {label(step, key)} was signed before its evidence was complete"
    for key, was, became in step.changed("releases"):
        same = was["revision"] == became["revision"]
        if same and was["evidence_digest"] and was["evidence_digest"] != became["evidence_digest"]:
            yield f"R2: the evidence of {label(step, key)} changed within a revision"


def r3_signed_by_whom(step: Step) -> Iterator[str]:
    """By a person who holds the role or stands in for one who does, and has no stake."""
    for _, row in step.new("decisions"):
        key, signer, other = (
            str(row["release_id"]),
            row["signer__username"],
            row["for_whom__username"],
        )
        role = role_of(step, key, row["slot"])
        if step.act.who != signer:
            yield f"R3: {signer} did not sign themselves"
        for who in {signer, other} - {None}:
            for stake in stakes(step, key, who):
                yield f"R3: {who}, who {stake}, decided on {label(step, key)}"
        if not holds(other or signer, role, unit_of(step, key)):
            yield f"R3: {other or signer} does not hold {role} there"
        if other is not None and not _stands_in(step, row, role):
            yield f"R3: {signer} signed for {other} without a delegation that holds"


def unit_of(step: Step, key: str) -> str:
    """The business unit in which a release is decided on."""
    return UNITS[step.after.releases[key]["use_case__slug"]]


def role_of(step: Step, key: str, slot: str) -> str:
    release = step.after.releases[key]
    rules = step.after.requirements[release["requirement_set_id"]]["document"]
    found: dict[str, Any] = {one["key"]: one["role"] for one in rules["decisions"]}
    found |= {f"second:{c['key']}": c.get("second_signer") for c in rules["checks"]}
    return str(found.get(slot, ""))


def stakes(step: Step, key: str, who: str) -> Iterator[str]:
    """What keeps ``who`` from deciding in this release."""
    if who in step.facts.requesters.get(key, set()):
        yield "asked for it"
    release = step.after.releases[key]
    if who in step.facts.owners.get(key, set()) | owners_now(step.before, release):
        yield "owns or owned the model or its use"
    if who == DEVELOPER:
        yield "developed the version"
    if step.facts.authors.get(str(release["version_id"])) == who:
        yield "wrote a document of its evidence"
    if "auditor" in ROLES.get(who, ()):
        yield "audits"


def _stands_in(step: Step, row: Row, role: str) -> bool:
    return any(
        one["delegate__username"] == row["signer__username"]
        and one["delegator__username"] == row["for_whom__username"]
        and one["role"] == role
        and one["starts_at"] <= row["signed_at"] < one["ends_at"]
        and one["ended_at"] is None
        for one in step.before.delegations.values()
    )


def r3_one_slot_each(step: Step) -> Iterator[str]:
    """One human fills one slot of a revision, by their own hand or another's; no slot has more
    approvals than it asks for."""
    places: dict[tuple[str, int, str], int] = {}
    slots: dict[tuple[str, int, str], int] = {}
    for row in step.after.decisions.values():
        key = str(row["release_id"])
        for who in {row["signer__username"], row["for_whom__username"]} - {None}:
            place = (key, row["revision"], who)
            places[place] = places.get(place, 0) + 1
        if row["outcome"] in APPROVALS:
            slot = (key, row["revision"], row["slot"])
            slots[slot] = slots.get(slot, 0) + 1
    for (key, _, who), count in places.items():
        if count > 1:
            yield f"R3: {who} fills {count} slots of {label(step, key)}"
    for (key, revision, slot), count in slots.items():
        release = step.after.releases[key]
        if revision == release["revision"] and count > _needed(step, key, slot):
            yield f"R3: {count} approved as {slot} of {label(step, key)}"


def _needed(step: Step, key: str, slot: str) -> int:
    release = step.after.releases[key]
    rules = step.after.requirements[release["requirement_set_id"]]["document"]
    return next((int(one["count"]) for one in rules["decisions"] if one["key"] == slot), 1)


def r3_not_in_their_own_case(step: Step) -> Iterator[str]:
    """Whoever promised, mended, asked or drafted is not who accepts it."""
    if step.refused is not None:
        return
    act, seen = step.act, step.before
    said = act.fields
    if act.name == "findings.close" and act.who == _owner(seen.findings, act):
        yield f"R3: {act.who} closed a finding of their own"
    if act.name == "conditions.verify" and act.who == _owner(seen.conditions, act):
        yield f"R3: {act.who} verified a condition of their own"
    if act.name == "questions.settle" and act.who != _asker(seen.questions, act):
        yield f"R3: {act.who} settled what somebody else asked"
    if act.name == "policies.publish" and said["author"] == act.who:
        yield f"R3: {act.who} published their own draft"
    if act.name == "emergencies.review":
        row = seen.reviews[act.target]
        if act.who in (row["asked_by__username"], row["approved_by__username"]):
            yield f"R3: {act.who} ratified their own emergency"
    given = act.name == "delegations.give"
    if given and not any(holds(act.who, said["role"], unit) for unit in UNITS.values()):
        yield f"R3: {act.who} passed on {said['role']}, which they do not hold"
    if act.name in JUDGING:
        release = str(getattr(seen, JUDGING[act.name])[act.target]["release_id"])
        for stake in stakes(step, release, act.who):
            yield f"R3: {act.who}, who {stake}, did {act.name}"


def _owner(rows: Rows, act: Act) -> str:
    return str(rows[act.target]["owner__username"])


def _asker(rows: Rows, act: Act) -> str:
    return str(rows[act.target]["asked_by__username"])

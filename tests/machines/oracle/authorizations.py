"""R1, R4, R6, R7 and R11: what may be authorized, what runs, and what the verdict says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.machines.oracle.steps import APPROVALS, RUNNING, Asked, Step, label, strictest_tier
from tests.machines.seen import Row, Seen

DERIVED = ("rolling_back.roll_back", "emergencies.approve")


def r1_every_gate_was_open(step: Step) -> Iterator[str]:
    """Every gate that its kind demands is open at the moment an authorization is issued."""
    for _, row in step.new("authorizations"):
        document = row["document"]
        if row["kind"] == "emergency":
            found = _emergency(step, row, document)
        elif "rollback_to" in document:
            found = _rollback(step, row, document)
        else:
            found = unmet(step, str(row["release_id"]))
        for reason in found:
            yield f"R1: authorized under {label(step, str(row['release_id']))}, but {reason}"


def r1_no_cleared_release_waits(step: Step) -> Iterator[str]:
    """The last gate opens and the authorization is issued in one transaction."""
    for key, row in step.after.releases.items():
        if row["state"] == "in_review" and not list(unmet(step, key)):
            yield f"R1: every gate of {label(step, key)} is open and nothing was issued"


def unmet(step: Step, key: str) -> Iterator[str]:
    """What the requirements of a release ask for and does not hold now."""
    seen, facts = step.after, step.facts
    release = seen.releases[key]
    rules = seen.requirements[release["requirement_set_id"]]["document"]
    place = (key, release["revision"])
    if place not in facts.measured:
        yield "nothing was measured"
        return
    old = step.now - facts.measured[place] > timedelta(days=rules["evidence_max_age_days"])
    for check in rules["checks"]:
        verdict = facts.verdicts[place][check["key"]]
        second = check.get("on_inconclusive") == "second_signature" and verdict == "inconclusive"
        signed = second and len(signers(seen, key, f"second:{check['key']}")) > 0
        good = (verdict == "pass" or signed) and not old
        waivable = verdict != "error" and not (second and not signed)
        if not good and not (waivable and waived(step, key, f"check:{check['key']}")):
            yield f"{check['key']} is {verdict}{' and old' * old}"
    for paper in rules["documents"]:
        if str(release["version_id"]) not in facts.authors:
            yield f"there is no {paper['kind']}"
    for area in _asked_to_be_ready(rules):
        if not _is_ready(seen, key, area):
            yield f"nobody says that its {area} is ready"
    for slot in rules["decisions"]:
        have = len(signers(seen, key, slot["key"]))
        if have < slot["count"]:
            yield f"{have} of {slot['count']} signed as {slot['key']}"
    for number in _questions(seen, key):
        yield f"question {number} is open"
    yield from _findings(seen, release, rules)


def _asked_to_be_ready(rules: dict[str, Any]) -> list[str]:
    return [one["key"].removeprefix("ready_") for one in rules.get("criteria", [])]


def _is_ready(seen: Seen, key: str, area: str) -> bool:
    """As it was said last."""
    said = [
        (one["id"], one["is_ready"])
        for one in seen.readiness.values()
        if str(one["release_id"]) == key and one["area"] == area
    ]
    return bool(said) and bool(max(said)[1])


def signers(seen: Seen, key: str, slot: str) -> list[str]:
    """Who approved in a slot, on exactly what the release pins now (R2)."""
    release = seen.releases[key]
    pins = (
        release["revision"], release["version_digest"], release["requirement_set_id"],
        release["tier"], release["evidence_digest"],
    )  # fmt: skip
    return [
        one["signer__username"]
        for one in seen.decisions.values()
        if str(one["release_id"]) == key
        and one["slot"] == slot
        and one["outcome"] in APPROVALS
        and pins
        == (
            one["revision"], one["version_digest"], one["requirement_digest"], one["tier"],
            one["evidence_digest"],
        )
    ]  # fmt: skip


def waived(step: Step, key: str, gate: str) -> bool:
    """For a while, as far as the policies of the present revision let it be (R9)."""
    release = step.after.releases[key]
    most = max(terms.waiver_days for terms in step.facts.pins[key, release["revision"]])
    return any(
        str(one["release_id"]) == key
        and one["version_id"] == release["version_id"]
        and one["gate"] == gate
        and one["state"] == "granted"
        and one["days"] <= most
        and one["expires_at"] > step.now
        for one in step.after.waivers.values()
    )


def _questions(seen: Seen, key: str) -> list[int]:
    return [
        one["number"]
        for one in seen.questions.values()
        if str(one["release_id"]) == key
        and one["blocking"]
        and one["state"] not in ("settled", "withdrawn")
    ]


def _findings(seen: Seen, release: Row, rules: dict[str, Any]) -> Iterator[str]:
    order = ("low", "medium", "high", "critical")
    block = (rules.get("findings") or {}).get("block")
    if block is None:
        return
    for one in seen.findings.values():
        about = one["version_id"] in (None, release["version_id"])
        same = one["model__name"] == release["version__model__name"]
        heavy = order.index(one["severity"]) >= order.index(block)
        if about and same and heavy and one["state"] != "closed":
            yield f"finding F-{one['number']} ({one['severity']}) is open"


def _emergency(step: Step, row: Row, document: dict[str, Any]) -> Iterator[str]:
    source = document["from_release"]
    release = step.after.releases[source]
    if (source, release["revision"]) not in step.facts.measured:
        yield "the artefact was not verified"
    asked = [e for e in step.after.emergencies.values() if str(e["release_id"]) == source]
    if not any(
        e["state"] == "approved" and e["asked_by__username"] != e["decided_by__username"]
        for e in asked
    ):
        yield "no second person approved the emergency"
    hours = min(terms.emergency[1] for terms in step.facts.pins[source, release["revision"]])
    if row["expires_at"] - row["issued_at"] > timedelta(hours=hours):
        yield "an emergency is longer than its policies allow"
    if not any(e["authorization_id"] == row["digest"] for e in step.after.reviews.values()):
        yield "no review was opened with it"


def _rollback(step: Step, row: Row, document: dict[str, Any]) -> Iterator[str]:
    former = step.after.authorizations[document["rollback_to"]]
    same = ("version_digest", "environment__name", "purpose__key", "expires_at", "review_due_at")
    if any(former[name] != row[name] for name in same):
        yield "a rollback has other terms than what it goes back to"
    if former["state"] != "superseded" or former["kind"] == "emergency":
        yield f"it goes back to what is {former['state']}, {former['kind']}"
    if any(
        one["state"] in ("revoked", "suspended") and one["version_digest"] == row["version_digest"]
        for one in step.before.authorizations.values()
    ):
        yield "it goes back to files that somebody said no to"
    release = step.after.releases[str(former["release_id"])]
    rules = step.after.requirements[release["requirement_set_id"]]["document"]
    yield from _findings(step.after, release, rules)


def r2_as_strict_as_it_is_held_to(step: Step) -> Iterator[str]:
    """What is authorized was decided on under the tier that its purpose is held to."""
    for key, row in step.new("authorizations"):
        tier = strictest_tier(step.after, row["purpose__key"])
        if row["document"]["tier"] > tier:
            yield f"R2: {key[:8]} was decided on at tier {row['document']['tier']}, not {tier}"


def r4_one_authorization_one_entry(step: Step) -> Iterator[str]:
    """However many approve at once: one authorization a release, one entry an authorization."""
    for key in step.after.authorizations:
        if step.after.issues.get(key, 0) != 1:
            yield f"R4: {step.after.issues.get(key, 0)} entries tell of one authorization"
    released = [row["release_id"] for row in step.after.authorizations.values()]
    if len(released) != len(set(released)):
        yield "R4: a release has two authorizations"
    for key, row in step.after.releases.items():
        if row["state"] == "released" and row["id"] not in released:
            yield f"R4: {label(step, key)} is released and nothing is authorized"


def may_run(seen: Seen, asked: Asked, now: datetime) -> bool:
    """What the clock and the rows alone allow. The same files may be registered under several
    models: what somebody said no to under one holds for all, until something is authorized after
    it or, if it was suspended, until that is lifted."""
    held = {
        key: row
        for key, row in seen.authorizations.items()
        if (row["version_digest"], row["environment__name"], row["purpose__key"]) == asked
    }
    runs = [
        row
        for row in held.values()
        if row["state"] == "active"
        and row["issued_at"] <= now < row["expires_at"]
        and not _overdue(seen, row, now)
    ]
    if not runs or _said_no(seen, held):
        return False
    newest = max(runs, key=lambda row: row["issued_at"])
    return bool(newest["document"]["tier"] <= strictest_tier(seen, asked[2]))


def _said_no(seen: Seen, held: dict[str, Row]) -> bool:
    since = max(row["issued_at"] for row in held.values())
    revoked = [row["ended_at"] for row in held.values() if row["state"] == "revoked"]
    suspended = [
        stop["starts_at"]
        for stop in seen.stops.values()
        if stop["authorization_id"] in held
        and stop["code"] == "suspended"
        and stop["ends_at"] is None
    ]
    return any(moment >= since for moment in (*revoked, *suspended))


def _overdue(seen: Seen, row: Row, now: datetime) -> bool:
    """A condition past its day that nobody verified, or a review past its grace."""
    document = row["document"]
    source = document.get("from_release", str(row["release_id"]))
    late = any(
        str(one["release_id"]) == source
        and one["decision__revision"] == document["revision"]
        and one["due_at"] <= now
        and one["state"] != "verified"
        for one in seen.conditions.values()
        if row["kind"] != "emergency"
    )
    due = row["review_due_at"]
    return late or (due is not None and due + timedelta(days=row["review_grace_days"]) <= now)


def r6_verdict_by_the_clock(step: Step) -> Iterator[str]:
    """The server allows exactly what the rows and the clock allow, and nothing else."""
    for asked, (allows, code) in step.allowed.items():
        if allows != may_run(step.after, asked, step.now):
            said = f"{'allow' if allows else 'deny'} ({code})"
            ran_out = any(
                row["version_digest"] == asked[0] and row["expires_at"] <= step.now
                for row in step.after.authorizations.values()
            )
            rule = "R6" if ran_out or not allows else "R6, R10"
            yield f"{rule}: the verdict for {asked[0][:8]} in {asked[1]} is {said}"


def r7_unknown_is_denied(step: Step) -> Iterator[str]:
    """What nobody knows is denied with a reason."""
    known = {row["version_digest"] for row in step.after.releases.values()}
    for (digest, environment, _), (allows, code) in step.allowed.items():
        if (digest not in known or environment == "nowhere") and (allows or not code):
            yield f"R7: {digest[:8]} in {environment} is unknown and not denied with a reason"


def r11_one_champion(step: Step) -> Iterator[str]:
    """One runs in each place; a swap leaves neither none nor two; the name moves with it."""
    places: dict[tuple[str, str, str], int] = {}
    for row in step.after.authorizations.values():
        if row["state"] in RUNNING:
            place = (row["model__name"], row["purpose__key"], row["environment__name"])
            places[place] = places.get(place, 0) + 1
    for place, count in places.items():
        if count > 1:
            yield f"R11: {count} run in {place}"
    issued = [row for _, row in step.new("authorizations")]
    for row in issued:
        place = (row["model__name"], row["purpose__key"], row["environment__name"])
        if places.get(place) != 1:
            yield f"R11: a swap left {places.get(place, 0)} in {place}"
    for _, was, became in step.changed("aliases"):
        if was["protected"] and became.get("version_id") not in [r["version_id"] for r in issued]:
            yield "R11: a protected alias moved without an authorization"

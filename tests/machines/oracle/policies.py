"""R8: published policies never change, join by the stricter, and somebody can satisfy them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.machines.oracle.signatures import unit_of
from tests.machines.oracle.steps import Step, label, strictest_tier
from tests.machines.town import DRAFTS, UNITS, Terms, holders, holds


def r8_published_stays(step: Step) -> Iterator[str]:
    for kind in ("policies", "requirements"):
        for key, was, became in step.changed(kind):
            if not became or was.get("state", "published") == "published":
                yield f"R8: {kind} {key[:12]} was frozen and changed"
            elif was["text"] != became["text"] or was["digest"] != became["digest"]:
                yield f"R8: the text of {kind} {key} changed"


def r8_joined_most_restrictively(step: Step) -> Iterator[str]:
    """What is pinned at a request or a revision is what all policies in force ask for together."""
    fresh = [key for key, _ in step.new("releases") if step.act.name == "releases.request"]
    for key, was, became in step.changed("releases"):
        if became and was["revision"] != became["revision"]:
            fresh.append(key)
    for key in fresh:
        release = step.after.releases[key]
        tier = strictest_tier(step.after, release["purpose__key"])
        if release["tier"] != tier:
            yield f"R8: {label(step, key)} is held to tier {release['tier']}, not {tier}"
        asked = step.facts.in_force(release["environment__name"], tier)
        rules = step.after.requirements[release["requirement_set_id"]]["document"]
        wanted = {
            "checks": {name for terms in asked for name in terms.checks},
            "ready": {area for terms in asked for area in terms.ready},
            "officers": max(terms.officers for terms in asked),
            "valid_days": min(terms.valid_days for terms in asked),
            "condition_days": min(terms.condition_days for terms in asked),
            "waiver_days": max(terms.waiver_days for terms in asked),  # only one asks for checks
            "emergency": min((terms.emergency[1], terms.emergency[0]) for terms in asked),
            "review": _review(asked),
        }
        officers = [one["count"] for one in rules["decisions"] if one["role"] == "officer"]
        pinned = {
            "checks": {check["name"] for check in rules["checks"]},
            "ready": {one["key"].removeprefix("ready_") for one in rules.get("criteria", [])},
            "officers": sum(officers),
            "valid_days": rules["authorization"]["valid_days"],
            "condition_days": (rules["conditions"] or {"max_days": 0})["max_days"],
            "waiver_days": max(
                (c["waiver"] or {"max_days": 0})["max_days"] for c in rules["checks"]
            ),
            "emergency": (rules["emergency"]["valid_hours"], *rules["emergency"]["approvers"]),
            "review": (
                rules["recertification"]["every_days"],
                rules["recertification"]["grace_days"],
                *rules["recertification"]["reviewers"],
            ),
        }
        for name, value in wanted.items():
            if pinned[name] != value:
                yield f"R8: {label(step, key)} is held to {name} {pinned[name]}, not {value}"
    for key, row in step.new("authorizations"):
        days = (row["expires_at"] - row["issued_at"]).total_seconds() / 86_400
        release = step.after.releases[str(row["release_id"])]
        rules = step.after.requirements[release["requirement_set_id"]]["document"]
        if days > rules["authorization"]["valid_days"]:
            yield f"R8: authorization {key[:8]} holds for {days:.0f} days"


def _review(asked: Sequence[Terms]) -> tuple[int, int, str]:
    """As soon as the first wants it, by whom that one names, with the shortest grace of all."""
    every, reviewer = min((terms.review[1], terms.review[0]) for terms in asked)
    return every, min(terms.review[2] for terms in asked), reviewer


def r8_by_whom_the_strictest_names(step: Step) -> Iterator[str]:
    """Emergencies and reviews are for the role that the shortest of the policies names."""
    if step.refused is not None:
        return
    if step.act.name == "emergencies.approve":
        key = str(step.before.emergencies[step.act.target]["release_id"])
        role = min((t.emergency[1], t.emergency[0]) for t in pinned(step, key))[1]
    elif step.act.name == "recertifying.recertify":
        row = step.before.authorizations[step.act.target]
        key = str(row["release_id"])
        role = _review(pinned(step, key))[2]
    else:
        return
    if not holds(step.act.who, role, unit_of(step, key)):
        yield f"R8: {step.act.who} holds no {role}, whom the strictest policy names"


def pinned(step: Step, key: str) -> tuple[Terms, ...]:
    return step.facts.pins[key, step.after.releases[key]["revision"]]


def r8_somebody_can_satisfy_it(step: Step) -> Iterator[str]:
    if step.act.name == "policies.publish" and step.refused is None:
        terms = DRAFTS[step.act.fields["draft"]]
        most = max(len(holders("officer", unit)) for unit in UNITS.values())
        if terms.officers > most:
            yield f"R8: {terms.slug} asks for {terms.officers} of {most} officers"

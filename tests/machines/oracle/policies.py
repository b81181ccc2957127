"""R8: published policies never change, join by the stricter, and somebody can satisfy them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.machines.oracle.steps import Step, label
from tests.machines.town import DRAFTS, ROLES


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
        asked = step.facts.in_force(release["environment__name"])
        rules = step.after.requirements[release["requirement_set_id"]]["document"]
        wanted = {
            "checks": {name for terms in asked for name in terms.checks},
            "officers": max(terms.officers for terms in asked),
            "valid_days": min(terms.valid_days for terms in asked),
            "condition_days": min(terms.condition_days for terms in asked),
        }
        officers = [one["count"] for one in rules["decisions"] if one["role"] == "officer"]
        pinned = {
            "checks": {check["name"] for check in rules["checks"]},
            "officers": sum(officers),
            "valid_days": rules["authorization"]["valid_days"],
            "condition_days": (rules["conditions"] or {"max_days": 0})["max_days"],
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


def r8_somebody_can_satisfy_it(step: Step) -> Iterator[str]:
    if step.act.name == "policies.publish" and step.refused is None:
        terms = DRAFTS[step.act.fields["draft"]]
        officers = [who for who, held in ROLES.items() if "officer" in held]
        if terms.officers > len(officers):
            yield f"R8: {terms.slug} asks for {terms.officers} of {len(officers)} officers"

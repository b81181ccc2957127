"""R3, beyond signatures: whose word counts where, who gives ownership away, who lightens a tier."""

from __future__ import annotations

from collections.abc import Iterator

from tests.machines.oracle.steps import Step
from tests.machines.town import IN_UNIT, PEOPLE, ROLES, UNITS

SPANNING = {
    "policies.publish": "officer",
    "risk.publish": "officer",
    "people.assign": "operator",
    "tokens.issue": "operator",
}
"""What holds for the whole house, and the role that does it, held for the whole house."""
_RELEASES = (
    "releases.revise", "releases.withdraw", "waivers.request", "emergencies.ask",
    "deadlines.hold", "deadlines.go_on",
)  # fmt: skip
_HANGING = {
    "waivers.decide": "waivers",
    "waivers.revoke": "waivers",
    "conditions.verify": "conditions",
    "emergencies.approve": "emergencies",
    "emergencies.decline": "emergencies",
    "authorizations.revoke": "authorizations",
    "stopping.suspend": "authorizations",
    "stopping.resume": "authorizations",
    "stopping.retire": "authorizations",
    "rolling_back.roll_back": "authorizations",
    "recertifying.recertify": "authorizations",
}
"""Acts on what hangs on a release."""
_MODELS = {"findings.close": "findings", "findings.reopen": "findings"}


def r3_a_role_counts_in_its_unit(step: Step) -> Iterator[str]:
    """Whoever holds roles in one unit alone does nothing in another, nor for the whole house.
    What is done by virtue of a delegation or a promise is not theirs to begin with."""
    act = step.act
    if step.refused is not None:
        return
    role = SPANNING.get(act.name)
    if role is not None and role not in ROLES.get(act.who, ()):
        yield f"R3: {act.who} holds {role} for no more than a part, and did {act.name}"
    use = _use_of(step)
    if act.who in IN_UNIT and use and UNITS[use] not in IN_UNIT[act.who]:
        yield f"R3: {act.who} did {act.name} in {UNITS[use]}, where they hold nothing"


def _use_of(step: Step) -> str:
    """The use case that a step was about, where one bears on who may take it."""
    act, seen = step.act, step.before
    if act.name in ("risk.assess", "use_cases.hand_over"):
        return act.target
    model = act.target if act.name in ("models.hand_over", "findings.raise") else ""
    if act.name == "releases.request":
        model = step.facts.models[act.target]
    if act.name in _MODELS:
        model = str(getattr(seen, _MODELS[act.name])[act.target]["model__name"])
    if model:
        return str(seen.models[model]["use_case"])
    release = act.target if act.name in _RELEASES else ""
    if act.name in _HANGING:
        release = str(getattr(seen, _HANGING[act.name])[act.target]["release_id"])
    if act.name == "emergencies.review":
        held = seen.reviews[act.target]["authorization_id"]
        release = str(seen.authorizations[held]["release_id"])
    return str(seen.releases[release]["use_case__slug"]) if release else ""


def r3_handed_over_by_a_third(step: Step) -> Iterator[str]:
    """Who gives a model or its use away, or takes it, does not do so alone."""
    for kind in ("models", "use_cases"):
        for key, was, became in step.changed(kind):
            two = (was["owner__username"], became["owner__username"])
            if two[0] == two[1]:
                continue
            if step.act.name != f"{kind}.hand_over":
                yield f"R3: {step.act.name} gave {key} another owner"
            if step.act.who in two or step.act.who not in PEOPLE:
                yield f"R3: {step.act.who} handed {key} over from {two[0]} to {two[1]}"


def r3_lightened_by_another(step: Step) -> Iterator[str]:
    """A lighter tier takes somebody who owns neither the use case nor a model of it."""
    for key, was, became in step.changed("use_cases"):
        if was["tier"] == became["tier"]:
            continue
        owns = {was["owner__username"]} | {
            row["owner__username"] for row in step.before.models.values() if row["use_case"] == key
        }
        if step.act.name != "risk.assess":
            yield f"R3: {step.act.name} changed the tier of {key}"
        if became["tier"] > was["tier"] and (step.act.who in owns or step.act.who not in PEOPLE):
            yield f"R3: {step.act.who}, who owns {key}, made its tier {became['tier']}"


def r3_nobody_gives_roles(step: Step) -> Iterator[str]:
    """No person here operates the whole house, so roles stay as they are."""
    if step.before.roles != step.after.roles:
        yield f"R3: {step.act.who} changed who holds which role"

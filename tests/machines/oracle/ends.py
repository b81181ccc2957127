"""R5 and R10: what has ended stays, and time only takes away."""

from __future__ import annotations

from collections.abc import Iterator

from tests.machines.oracle.steps import Step

FINAL = {
    "releases": ("released", "rejected", "withdrawn"),
    "authorizations": ("superseded", "revoked", "retired"),
    "questions": ("settled", "withdrawn"),
    "waivers": ("refused", "withdrawn", "revoked"),
    "conditions": ("verified", "dropped"),
    "policies": ("published", "withdrawn"),
    "emergencies": ("approved", "declined"),
    "reviews": ("ratified", "refused"),
}
WHOLE = ("releases", "authorizations", "questions", "waivers", "conditions", "policies", "reviews")
"""Of these not only the state stays, but all that we read of them."""
TAKING = (
    "authorizations.revoke", "stopping.suspend", "stopping.retire", "waivers.revoke",
    "waivers.withdraw", "delegations.end", "findings.raise", "findings.reopen", "questions.ask",
    "policies.publish", "models.hand_over", "use_cases.hand_over", "emergencies.decline",
    "deadlines.hold",
)  # fmt: skip
ENDING_STOPS = ("conditions.verify", "stopping.resume", "recertifying.recertify")


def r5_ends_stay_ends(step: Step) -> Iterator[str]:
    """Terminal states have no way out, and no row of these is ever taken away."""
    for kind, final in FINAL.items():
        for key, was, became in step.changed(kind):
            if not became:
                yield f"R5: {kind} {key} is gone"
            elif was["state"] in final and (kind in WHOLE or was["state"] != became["state"]):
                yield f"R5: {kind} {key} was {was['state']} and is {became['state']}"
    for kind in ("decisions", "readiness", "stops", "delegations", "findings"):
        for key, was, became in step.changed(kind):
            if not became or (kind in ("decisions", "readiness") and was != became):
                yield f"R5: {kind} {key} was changed or taken away"


def r10_time_gives_nothing(step: Step) -> Iterator[str]:
    """While nobody does anything no row changes, and nothing is allowed that was not before."""
    if step.act.name != "time.pass":
        return
    if step.before != step.after:
        yield "R10: rows changed by time alone"
    for asked, (allows, _) in step.allowed.items():
        if allows and not step.allowed_before.get(asked, (False, ""))[0]:
            yield f"R10: time alone allowed {asked}"


def r10_taking_away_gives_nothing(step: Step) -> Iterator[str]:
    """Whoever stops, ends or finds something makes nothing run that did not run before."""
    if step.act.name in TAKING:
        for asked, (allows, _) in step.allowed.items():
            if allows and not step.allowed_before.get(asked, (False, ""))[0]:
                yield f"R10: {step.act.name} allowed {asked}"


def r10_what_falls_due_stands(step: Step) -> Iterator[str]:
    """No validity is prolonged; what was to stop something on a day stops it on that day, unless
    somebody ended it by name."""
    for key, was, became in step.changed("authorizations"):
        if became and became["expires_at"] != was["expires_at"]:
            yield f"R10: authorization {key[:8]} was prolonged"
        put_off = became and became["review_due_at"] != was["review_due_at"]
        if put_off and step.act.name != "recertifying.recertify":
            yield f"R10: the review of {key[:8]} was put off by {step.act.name}"
    for key, was, became in step.changed("stops"):
        if became and became["starts_at"] != was["starts_at"]:
            yield f"R10: stop {key} was put off"
        if became and was["ends_at"] != became["ends_at"] and step.act.name not in ENDING_STOPS:
            yield f"R10: stop {key} was ended by {step.act.name}"
    for key, was, became in step.changed("conditions"):
        if became and became["due_at"] != was["due_at"]:
            yield f"R10: condition {key} was put off"
    for key, was, became in step.changed("delegations"):
        if became and became["ends_at"] != was["ends_at"]:
            yield f"R10: delegation {key} was prolonged"


def refused_is_not_done(step: Step) -> Iterator[str]:
    """Who is told no has changed nothing."""
    if step.refused is not None and step.before != step.after:
        yield f"R1: {step.act} was refused ({step.refused}) and changed rows all the same"

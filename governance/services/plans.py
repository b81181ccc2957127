"""What a use case plans before anything is built: why, with whom, when it succeeds, and how far its
guardrails are turned up. A draft for as long as it lives, saved as somebody goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from audit.services import record
from governance.models import Plan, UseCase
from governance.policy import Extra
from governance.services import stakes, use_cases
from governance.services.following import bears_on_criteria
from governance.subjects import of_use_case
from governance.value import dials as rules
from governance.value.dials import Protected
from lib import reasons
from lib.actor import Actor
from lib.errors import Invalid, Refused, refusal

DESCRIBED: Final = ("objective", "hypothesis", "users")
"""These stand in the use case's own row: ``use_cases.describe`` changes them."""
ON_PEOPLE: Final = ("decision_maker", "domain_experts")
"""Free words in which people are named; the trail tells how long they are and not what they say."""
TEXTS: Final = (
    *("why", *ON_PEOPLE, "success", "trust_hypothesis"),
    *("workflow", "protection"),
)
FIELDS: Final = (*DESCRIBED, *TEXTS, "product_manager", "dials", "protected")
LONGEST: Final = 5_000


def find(use_case: UseCase) -> Plan:
    """Its plan; an empty one that is not kept yet where nobody has begun."""
    rows = Plan.objects.select_related("product_manager")
    return rows.filter(use_case=use_case).first() or Plan(use_case=use_case)


@transaction.atomic
@bears_on_criteria
def set_plan(use_case: UseCase, *, actor: Actor, reason: str = "", **fields: Any) -> Plan:
    """Changes any of ``FIELDS`` and leaves the others: ``product_manager`` is a user name (empty:
    nobody), ``dials`` {component: 0 to 3, None: not set} those that are sent alone, ``protected``
    all of [{attribute, reference}]. Nothing is recorded when nothing changes.

    Raises Invalid naming each field that is wrong, and for guardrails that are loosened without a
    ``reason``; Refused when an owner, or somebody who waits for a release, loosens them once they
    hold for something (``loosening_is_bound``).
    """
    actor.require("use_case.write", *use_case.scopes)
    use_case = use_cases.held(use_case)
    before = find(use_case)
    wanted = _checked(before, fields)
    why = _loosened(use_case, before, wanted, actor, reason)
    if described := {name: fields[name] for name in DESCRIBED if name in fields}:
        use_cases.describe(use_case, actor=actor, **described)
    changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if not changed:
        return before
    plan, _ = Plan.objects.update_or_create(use_case=use_case, defaults=changed)
    record(
        actor=actor,
        action="plan.set",
        subject=of_use_case(use_case),
        reason=why,
        details={
            "before": {name: _told(name, getattr(before, name)) for name in changed},
            "after": {name: _told(name, value) for name, value in changed.items()},
        },
    )
    return plan


def loosening_is_bound(use_case: UseCase) -> bool:
    """True once something was promised or asked for under these guardrails: from then on somebody
    who owns nothing of it loosens them, for a reason."""
    return use_case.releases.exists() or use_case.value_case_versions.exists()


def _loosened(
    use_case: UseCase, before: Plan, wanted: Mapping[str, Any], actor: Actor, reason: str
) -> str:
    """The reason that is kept with a change. Raises Refused or Invalid where guardrails would be
    loosened by somebody who may not, or without one."""
    after = levels_of(before) if "dials" not in wanted else wanted["dials"]
    protected = protected_of(before) if "protected" not in wanted else _read(wanted["protected"])
    lighter = rules.lightened(levels_of(before), after, protected_of(before), protected)
    if not lighter or not loosening_is_bound(use_case):
        return reason.strip()[:LONGEST]
    _refuse_stake(use_case, actor)
    sentence = f"Say why this is loosened: {'; '.join(lighter)}."
    return reasons.given(reason, sentence, shortest=use_cases.SHORTEST_REASON)


def why_not_loosen(use_case: UseCase, *, actor: Actor) -> str:
    """Why ``actor`` may not loosen guardrails that hold for something, as a sentence; empty when
    they may."""
    return refusal(lambda: _refuse_stake(use_case, actor))


def _refuse_stake(use_case: UseCase, actor: Actor) -> None:
    """Raises Refused for an owner, and for whoever waits for a release that the guardrails hold
    up: a new revision of it would be measured by fewer of them."""
    use_cases.refuse_owner(use_case, actor, what="the guardrails")
    if release := stakes.awaited_by(use_case, actor):
        raise Refused(
            f"This would make the guardrails of {use_case.name} lighter while {release.label} is "
            "open, and you asked for it or developed its version: somebody else has to do it.",
            code="own_release",
        )


def levels_of(plan: Plan) -> dict[str, int]:
    return dict(plan.dials)


def protected_of(plan: Plan) -> list[Protected]:
    return _read(plan.protected)


def _read(rows: Sequence[Mapping[str, str]]) -> list[Protected]:
    return [Protected(row["attribute"], row["reference"]) for row in rows]


def asked_by(use_case: UseCase) -> Extra | None:
    """What the dials of ``use_case`` add to what policies ask of its releases; None when nothing
    is added, so that a set of requirements without dials stays what it was."""
    plan = Plan.objects.filter(use_case=use_case).first()
    checks = rules.asks(levels_of(plan), protected_of(plan)) if plan else []
    return Extra(f"dials of {use_case.slug}", "dials", checks) if checks else None


def _checked(before: Plan, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a plan as they would be. Raises Invalid naming each field that is wrong."""
    faults = dict.fromkeys(sorted(set(fields) - set(FIELDS)), "stands in no plan")
    texts = {name: fields[name] for name in (*DESCRIBED, *TEXTS) if name in fields}
    faults |= {
        name: f"at most {LONGEST:,} characters, not {len(text):,}"
        for name, text in texts.items()
        if len(text) > LONGEST
    }
    if not texts.get("objective", "x").strip():
        faults["objective"] = "may not be empty"
    wanted: dict[str, Any] = {name: texts[name] for name in TEXTS if name in texts}
    if "product_manager" in fields:
        wanted["product_manager"] = _person(fields["product_manager"], faults)
    wanted |= _guardrails(before, fields, faults)
    if faults:
        raise Invalid("Some of the plan is not as it has to be.", errors=faults)
    return wanted


def _person(username: str | None, faults: dict[str, str]) -> User | None:
    if not username:
        return None
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        faults["product_manager"] = "no such person"
    return person


def _guardrails(before: Plan, fields: Mapping[str, Any], faults: dict[str, str]) -> dict[str, Any]:
    """Dials and attributes are held against each other, also when one of them is sent alone."""
    if "dials" not in fields and "protected" not in fields:
        return {}
    merged = levels_of(before) | dict(fields.get("dials", {}))
    levels = {name: level for name, level in merged.items() if level is not None}
    rows = [
        {name: str(row.get(name, "")).strip() for name in ("attribute", "reference")}
        for row in fields.get("protected", before.protected)
    ]
    found = rules.problems(levels, _read(rows), whole=False)
    faults |= {
        name if name == "protected" else f"dials.{name}": text for name, text in found.items()
    }
    return {"dials": levels, "protected": rows}


def _told(name: str, value: Any) -> Any:
    """As it stands in the trail: a person by the pseudonym, words that name people by their length
    alone."""
    if isinstance(value, User):
        return value.pseudonym
    if name in ON_PEOPLE:
        return f"{len(value)} characters"
    return value

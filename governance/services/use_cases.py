"""Use cases and their approved purposes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from governance.models import Purpose, RiskAssessment, UseCase
from governance.models.use_cases import STRICTEST, Archetype
from governance.services.following import bears_on_criteria
from governance.services.purpose_tiers import refuse_borrowed
from governance.services.stakes import note_owners
from governance.services.transitions import lock
from governance.subjects import of_use_case
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry.models import RegisteredModel

SHORTEST_REASON = 10
DESCRIPTION = ("objective", "hypothesis", "users", "archetype")


@transaction.atomic
def create_use_case(
    *,
    slug: str,
    name: str,
    objective: str,
    business_unit: str,
    owner: str,
    tier: int,
    purposes: Sequence[dict[str, str]],
    actor: Actor,
    hypothesis: str = "",
    users: str = "",
    archetype: str = "",
) -> UseCase:
    """``tier`` is a proposal: who describes a use case does not decide how it is treated, so it is
    held to the strictest one until it is assessed (``risk.assess``).

    Raises Conflict when the slug or a purpose is taken, Invalid when the owner or a purpose is
    wrong.
    """
    actor.require("use_case.write", ("use_case", slug), ("business_unit", business_unit))
    person = _owner(owner)
    keys = _checked_keys(purposes)
    refuse_borrowed(keys, actor=actor, field="purposes")
    _refuse_unknown_archetype(archetype)
    try:
        with transaction.atomic():
            use_case = UseCase.objects.create(
                slug=slug,
                name=name,
                objective=objective,
                hypothesis=hypothesis,
                users=users,
                archetype=archetype,
                business_unit=business_unit,
                owner=person,
                tier=STRICTEST,
            )
    except IntegrityError as error:
        raise Conflict(f"There is a use case “{slug}” already.", code="exists") from error
    Purpose.objects.bulk_create(
        Purpose(use_case=use_case, key=item["key"], name=item["name"]) for item in purposes
    )
    first_assessment(use_case, proposed=tier, by=actor, at=use_case.created_at)
    _tell_created(use_case, keys, tier, actor)
    return use_case


def _tell_created(use_case: UseCase, keys: list[str], proposed: int, actor: Actor) -> None:
    record(
        actor=actor,
        action="use_case.create",
        subject=of_use_case(use_case),
        details={
            "name": use_case.name,
            "business_unit": use_case.business_unit,
            "owner_id": use_case.owner.pseudonym,
            "tier": use_case.tier,
            "proposed_tier": proposed,
            "purposes": keys,
        },
    )


def first_assessment(
    use_case: UseCase, *, proposed: int, by: Actor, at: datetime
) -> RiskAssessment:
    """The tier that holds before there is a questionnaire, and the one that was ``proposed``. The
    caller's entry tells of it."""
    held_to = f"Held to tier {use_case.tier} until it is assessed."
    return RiskAssessment.objects.create(
        use_case=use_case,
        computed_tier=proposed,
        tier=use_case.tier,
        override_reason="" if proposed == use_case.tier else held_to,
        assessed_by=by.id,
        assessed_name=by.name,
        assessed_at=at,
    )


@transaction.atomic
@bears_on_criteria
def describe(use_case: UseCase, *, actor: Actor, **texts: str) -> UseCase:
    """Changes ``objective``, ``hypothesis``, ``users`` or ``archetype``. What decides on its
    treatment (owner, purposes, tier, class) changes nowhere here.

    Raises Invalid naming a field that is none of these, unknown or emptied.
    """
    actor.require("use_case.write", *use_case.scopes)
    if unknown := sorted(set(texts) - set(DESCRIPTION)):
        raise Invalid("This cannot be changed.", errors=dict.fromkeys(unknown, "stays as it is"))
    if not texts.get("objective", "x").strip():
        raise Invalid("A use case has an objective.", errors={"objective": "may not be empty"})
    _refuse_unknown_archetype(texts.get("archetype", ""))
    use_case = held(use_case)
    changed = {name: text for name, text in texts.items() if getattr(use_case, name) != text}
    if not changed:
        return use_case
    for name, text in changed.items():
        setattr(use_case, name, text)
    use_case.save(update_fields=list(changed))
    record(
        actor=actor,
        action="use_case.describe",
        subject=of_use_case(use_case),
        details={"changed": changed},
    )
    return use_case


@transaction.atomic
def approve_purpose(
    use_case: UseCase, *, key: str, name: str, reason: str, actor: Actor
) -> Purpose:
    """One more purpose that a model may be authorized for. Somebody who owns neither the use case
    nor a model of it approves it, since it widens what may run.

    Raises Refused for an owner, Conflict when it is approved already or another unit's, Invalid
    without a reason.
    """
    actor.require("use_case.write", *use_case.scopes)
    why = _reason(reason)
    use_case = held(use_case)
    refuse_owner(use_case, actor, what="the bounds of use")
    refuse_borrowed([key], actor=actor, field="key")
    try:
        with transaction.atomic():
            purpose = Purpose.objects.create(
                use_case=use_case, key=key, name=name, approved_at=timezone.now()
            )
    except IntegrityError as error:
        raise Conflict(f"“{key}” is an approved purpose already.", code="exists") from error
    record(
        actor=actor,
        action="use_case.approve_purpose",
        subject=of_use_case(use_case),
        reason=why,
        details={"purpose": key, "name": name},
    )
    return purpose


@transaction.atomic
def hand_over(use_case: UseCase, *, owner: str, reason: str, actor: Actor) -> UseCase:
    """Another person answers for it from now on. Neither the former nor the new owner does this:
    who could put the ownership away could make the tier lighter afterwards.

    Raises Refused for one of the two, Conflict when they own it already, Invalid for a stranger.
    """
    actor.require("use_case.write", *use_case.scopes)
    why, person = _reason(reason), _owner(owner)
    under_way = [lock(one) for one in use_case.releases.filter(closed_at=None).order_by("pk")]
    use_case = held(use_case)
    former = use_case.owner
    if former == person:
        raise Conflict(f"{person.full_name} owns it already.", code="unchanged")
    if not actor.is_person or actor.user_id in (former.pk, person.pk):
        raise Refused(
            "A person who is neither its owner nor becomes it hands a use case over.",
            code="own_use_case",
        )
    use_case.owner = person
    use_case.save(update_fields=["owner"])
    note_owners(under_way, former, person)
    record(
        actor=actor,
        action="use_case.hand_over",
        subject=of_use_case(use_case),
        reason=why,
        details={"former_id": former.pseudonym, "owner_id": person.pseudonym},
    )
    return use_case


def held(use_case: UseCase) -> UseCase:
    """Its row, locked: nothing about its risk changes beside us, and nothing is authorized."""
    return (
        UseCase.objects.select_for_update(of=("self",)).select_related("owner").get(pk=use_case.pk)
    )


def may_lighten(use_case: UseCase, actor: Actor) -> bool:
    """True for a person who owns neither the use case nor a model of it."""
    owns = RegisteredModel.objects.filter(use_case=use_case.slug, owner_id=actor.user_id)
    return actor.is_person and actor.user_id != use_case.owner_id and not owns.exists()


def refuse_owner(use_case: UseCase, actor: Actor, *, what: str) -> None:
    """Raises Refused unless ``actor`` may make something lighter (``may_lighten``)."""
    if not may_lighten(use_case, actor):
        raise Refused(
            f"This would make {what} of {use_case.name} lighter: somebody who owns neither the "
            "use case nor a model of it has to do it.",
            code="own_use_case",
        )


def _reason(text: str) -> str:
    sentence = "Say why, so that somebody else can follow it."
    return reasons.given(text, sentence, shortest=SHORTEST_REASON)


def _refuse_unknown_archetype(archetype: str) -> None:
    if archetype and archetype not in Archetype.values:
        known = ", ".join(Archetype.values)
        raise Invalid("There is no such archetype.", errors={"archetype": f"one of {known}"})


def _owner(username: str) -> User:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise Invalid(f"There is no person “{username}”.", errors={"owner": "no such person"})
    return person


def _checked_keys(purposes: Sequence[dict[str, str]]) -> list[str]:
    keys = [purpose["key"] for purpose in purposes]
    if not keys or len(set(keys)) != len(keys):
        raise Invalid(
            "A use case needs at least one approved purpose, each under its own key.",
            errors={"purposes": "at least one, keys all different"},
        )
    return keys


def find(slug: str, *, actor: Actor) -> UseCase:
    """The use case as far as ``actor`` may see it. Raises NotFound."""
    rows = UseCase.objects.visible_to(actor).select_related("owner")
    use_case = rows.filter(slug=slug).first()
    if use_case is None:
        raise NotFound(f"There is no use case “{slug}”, or you may not see it.")
    return use_case


def business_unit_of(slug: str) -> str:
    """The registry's port: the business unit of use case ``slug``. Raises NotFound."""
    unit = UseCase.objects.filter(slug=slug).values_list("business_unit", flat=True).first()
    if unit is None:
        raise NotFound(f"There is no use case “{slug}”: create it first.")
    return unit


def of_tier(tier: int, actor: Actor) -> list[str]:
    """The registry's port: the slugs of the use cases of ``tier`` that ``actor`` may see."""
    return list(UseCase.objects.visible_to(actor).filter(tier=tier).values_list("slug", flat=True))

"""What somebody promised and can no longer do is handed on: findings and conditions whose owner has
left, or holds no role that answers here. While they can, it is theirs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.people import holders_of
from audit.services import record
from governance.models import Condition, Finding, FindingNote
from governance.services.conditions import WAITING
from governance.services.notices import tell
from governance.services.transitions import lock
from governance.states import CONDITION, require
from governance.subjects import of_finding, of_release, of_version
from lib import reasons
from lib.actor import Actor, Scope
from lib.errors import Conflict, Invalid, Refused

ANSWERS = "promise.answer"
_OPEN_AGAIN = " (its former owner called it met; it is open again, for you to show)"


@transaction.atomic
def hand_over_finding(finding: Finding, *, owner: str, reason: str, actor: Actor) -> Finding:
    """``owner`` (a user name) mends it from now on. By a person who may raise findings there.

    Raises Refused, Conflict while its owner can answer or when it is closed, Invalid without a
    reason or for somebody who could not answer.
    """
    rows = Finding.objects.select_for_update(of=("self",))
    finding = rows.select_related("use_case", "model", "version", "owner").get(pk=finding.pk)
    scopes = finding.use_case.scopes
    actor.require("finding.raise", *scopes)
    _refuse(why_not_finding(finding, actor=actor), actor)
    why = reasons.given(reason)
    former, person = finding.owner, _who_answers(owner, scopes)
    finding.owner = person
    finding.save(update_fields=["owner"])
    FindingNote.objects.create(
        finding=finding, state=finding.state, text=why, by_id=actor.user_id, at=timezone.now()
    )
    tell(
        [person],
        kind="finding.assigned",
        key=f"{finding.pk}:{former.pk}:{person.pk}",
        text=f"{finding.label} of {finding.model.name}, “{finding.title}”, is yours from now on, "
        f"to be mended by {finding.due_on:%-d %B %Y}.",
        address=f"/findings/{finding.number}/",
    )
    record(
        actor=actor,
        action="finding.hand_over",
        subject=of_finding(finding),
        reason=why,
        details={
            "finding": finding.label,
            "former_id": former.pseudonym,
            "owner_id": person.pseudonym,
        },
        related=[of_version(finding.version)] if finding.version else [],
    )
    return finding


@transaction.atomic
def hand_over_condition(
    condition: Condition, *, owner: str, reason: str, actor: Actor
) -> Condition:
    """``owner`` (a user name) says from now on that it is met, by the same day. By a person who may
    sign there. What its former owner called met is open again: they might verify their own act.
    Raises what ``hand_over_finding`` does."""
    lock(condition.release)
    rows = Condition.objects.select_for_update(of=("self",))
    condition = rows.select_related("release__use_case", "owner").get(pk=condition.pk)
    release = condition.release
    actor.require("decision.sign", *release.scopes)
    _refuse(why_not_condition(condition, actor=actor), actor)
    former, person, why = (
        condition.owner,
        _who_answers(owner, release.scopes),
        reasons.given(reason),
    )
    again = condition.state == "met"
    condition.owner = person
    if again:
        require(CONDITION, condition.state, "open", what=f"Condition {condition.number}")
        condition.state, condition.met_at, condition.met_with = "open", None, ""
    condition.save(update_fields=["owner", "state", "met_at", "met_with"])
    tell(
        [person],
        kind="condition.given",
        key=f"{condition.pk}:{former.pk}:{person.pk}",
        text=f"A condition of {release.label} is yours from now on, due "
        f"{condition.due_at:%-d %B %Y}: {condition.text}{_OPEN_AGAIN if again else ''}",
        address=f"/releases/{release.pk}/",
    )
    record(
        actor=actor,
        action="condition.hand_over",
        subject=of_release(release),
        reason=why,
        details={
            "condition": condition.number,
            "text": condition.text,
            "open_again": again,
            "former_id": former.pseudonym,
            "owner_id": person.pseudonym,
        },
    )
    return condition


def who_answer(scopes: Iterable[Scope]) -> list[User]:
    """Everybody to whom a finding or a condition can be given there, by name."""
    return list(holders_of(ANSWERS, *scopes))


def is_gone(owner_id: int, scopes: Iterable[Scope]) -> bool:
    """True when the owner can say no longer that it is done."""
    return not holders_of(ANSWERS, *scopes).filter(pk=owner_id).exists()


def why_not_finding(finding: Finding, *, actor: Actor) -> str:
    """Why ``actor`` may not hand it over, as a sentence; empty when they may."""
    if not actor.is_person or not actor.may("finding.raise", *finding.use_case.scopes):
        return "A person who raises findings, such as an officer, hands one over."
    if finding.state == "closed":
        return f"{finding.label} is closed: nothing is left to be mended."
    return _still_there(finding.owner, finding.use_case.scopes)


def why_not_condition(condition: Condition, *, actor: Actor) -> str:
    """Why ``actor`` may not hand it over, as a sentence; empty when they may."""
    if not actor.is_person or not actor.may("decision.sign", *condition.release.scopes):
        return "A person who may sign here, such as an officer, hands a condition over."
    if condition.state not in WAITING:
        return f"Condition {condition.number} is {condition.state}: nothing is left to be done."
    return _still_there(condition.owner, condition.release.scopes)


def _still_there(owner: User, scopes: Iterable[Scope]) -> str:
    return "" if is_gone(owner.pk, scopes) else f"{owner.full_name} is there to answer for it."


def _refuse(why: str, actor: Actor) -> None:
    if why and not actor.is_person:
        raise Refused(why, code="people_only")
    if why:
        raise Conflict(why, code="not_handed_over")


def _who_answers(username: str, scopes: Iterable[Scope]) -> User:
    found = holders_of(ANSWERS, *scopes).filter(username=username).first()
    if found is None:
        raise Invalid(
            "Nobody of that name could answer for it here.",
            errors={"owner": "somebody whose role answers for findings and conditions here"},
        )
    return found

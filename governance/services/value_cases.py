"""Value cases: written as drafts, approved by somebody who does not own the use case, frozen."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from governance.models import UseCase, ValueCase, ValueCaseVersion
from governance.services import standings, use_cases
from governance.services.following import bears_on_criteria
from governance.services.value_documents import (
    AMOUNTS,
    FIELDS,
    current,
    document_of,
    shown,
    terms_of,
)
from governance.subjects import of_use_case
from governance.value import cases
from governance.value.money import CURRENCIES
from governance.value.periods import fault_of_day
from lib import reasons
from lib.actor import Actor
from lib.canonical import digest_of
from lib.errors import Conflict, Invalid, NotFound, Refused

__all__ = [
    "AMOUNTS",
    "FIELDS",
    "approve_value_case",
    "current",
    "document_of",
    "problems_of",
    "set_value_case",
    "terms_of",
    "why_not_approve",
]


@transaction.atomic
@bears_on_criteria
def set_value_case(use_case: UseCase, *, actor: Actor, **fields: Any) -> ValueCase:
    """``fields``: those of ``FIELDS``, and ``approver`` as a user name. A draft: what was approved
    stays as it is. Raises Invalid naming each field that is wrong."""
    actor.require("use_case.write", *use_case.scopes)
    UseCase.objects.select_for_update().get(pk=use_case.pk)
    checked = _checked(fields) | {"written_by": actor.id}
    before = ValueCase.objects.filter(use_case=use_case).first()
    value_case, _ = ValueCase.objects.update_or_create(use_case=use_case, defaults=checked)
    value_case.refresh_from_db()  # amounts as they are kept, since their digest is signed for
    earlier = {name: shown(getattr(before, name)) for name in fields} if before else None
    record(
        actor=actor,
        action="value_case.set",
        subject=of_use_case(use_case),
        details={
            "before": earlier,
            "after": {name: shown(checked[name]) for name in fields},
        },
    )
    return value_case


@transaction.atomic
@bears_on_criteria
def approve_value_case(
    use_case: UseCase, *, digest: str, reason: str, actor: Actor
) -> ValueCaseVersion:
    """Freezes the draft as it was read: ``digest`` is that of the document which the approver saw.

    Raises Refused for anybody but the named approver, Invalid for a draft that is not complete,
    Conflict when it changed since, or says what is approved already.
    """
    UseCase.objects.select_for_update().get(pk=use_case.pk)
    case = _draft(use_case)
    if sentence := why_not_approve(case, actor):
        raise Refused(sentence, code="not_the_approver")
    said = reasons.given(reason)
    document = document_of(case)
    if faults := problems_of(case, document):
        raise Invalid("The value case is not complete.", errors=faults)
    found = digest_of(document)
    if found != digest:
        raise Conflict("The value case has changed since you read it: read it again.", code="stale")
    newest = current(use_case)
    if newest is not None and newest.digest == found:
        raise Conflict(f"Version {newest.number} says the same.", code="unchanged")
    version = ValueCaseVersion.objects.create(
        use_case=use_case,
        number=newest.number + 1 if newest else 1,
        document=document,
        digest=found,
        reason=said,
        approved_by=User.objects.get(pk=actor.user_id or 0),
        approved_name=actor.name,
        approved_at=timezone.now(),
    )
    record(
        actor=actor,
        action="value_case.approve",
        subject=of_use_case(use_case),
        reason=said,
        details={"number": version.number, "digest": found, "document": document},
    )
    standings.refresh([use_case.pk])
    return version


def why_not_approve(case: ValueCase, actor: Actor, *, owns: bool | None = None) -> str:
    """Why ``actor`` may not approve it, as a sentence; empty when they may. ``owns`` says whether
    they own a model of it, where that is known already."""
    if owns is None:
        owns = not use_cases.may_lighten(case.use_case, actor)
    if not actor.is_person:
        return "A person approves a value case."
    if case.approver_id is None:
        return "The value case names nobody who approves it."
    if owns or actor.user_id == case.use_case.owner_id:
        return "You own the use case or a model of it: somebody else approves what it promises."
    if actor.id == case.written_by:
        return "You wrote the draft last: somebody else approves it."
    if actor.user_id != case.approver_id:
        return f"{case.approver.full_name} approves it." if case.approver else "Somebody else does."
    return ""


def problems_of(case: ValueCase, document: cases.Document) -> dict[str, str]:
    """Why nobody could approve it as it stands, by field."""
    approver = case.approver.username if case.approver else ""
    return cases.problems(document, approver=approver, owner=case.use_case.owner.username)


def _draft(use_case: UseCase) -> ValueCase:
    rows = ValueCase.objects.select_related("use_case__owner", "approver")
    case = rows.filter(use_case=use_case).first()
    if case is None:
        raise NotFound("This use case has no value case yet.")
    return case


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    faults: dict[str, str] = {}
    if fields.get("currency", "EUR") not in CURRENCIES:
        faults["currency"] = "a code of ISO 4217, such as EUR"
    if any(fields.get(name, 0) < 0 for name in AMOUNTS):
        faults |= {name: "not below zero" for name in AMOUNTS if fields.get(name, 0) < 0}
    if wrong := fault_of_day(fields.get("starts_on")):
        faults["starts_on"] = wrong
    approver = fields.get("approver")
    person = User.objects.filter(username=approver, is_active=True).first() if approver else None
    if approver and person is None:
        faults["approver"] = "no such person"
    if faults:
        raise Invalid("The value case cannot be set so.", errors=faults)
    return {**fields, **({"approver": person} if "approver" in fields else {})}

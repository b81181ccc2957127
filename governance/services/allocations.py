"""Which business units share what a use case brings and costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.db import transaction

from audit.services import record
from governance.models import Allocation, UseCase
from governance.subjects import of_use_case
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Invalid
from lib.http.serializers import SLUG

MOST_UNITS: Final = 50
FINEST: Final = Decimal("0.0001")


@transaction.atomic
def share(
    use_case: UseCase, *, shares: Mapping[str, Decimal], reason: str, actor: Actor
) -> Allocation:
    """Splits it among ``shares``: business unit -> part, together 1. What held before stays on
    record. Raises Invalid naming what is wrong, Conflict when it is split so already."""
    actor.require("use_case.write", *use_case.scopes)
    why = reasons.given(reason)
    _refuse(shares)
    UseCase.objects.select_for_update().get(pk=use_case.pk)
    newest = current(use_case)
    if shares_of(use_case, newest) == dict(shares):
        raise Conflict("It is shared so already.", code="unchanged")
    made = Allocation.objects.create(
        use_case=use_case,
        number=newest.number + 1 if newest else 1,
        shares={unit: f"{part.normalize():f}" for unit, part in sorted(shares.items())},
        reason=why,
        stated_by=actor.id,
        stated_name=actor.name,
    )
    record(
        actor=actor,
        action="use_case.share",
        subject=of_use_case(use_case),
        reason=why,
        details={"number": made.number, "shares": made.shares},
    )
    return made


def current(use_case: UseCase) -> Allocation | None:
    """What holds; None while it is all its own unit's."""
    return use_case.allocations.order_by("-number").first()


def shares_of(use_case: UseCase, allocation: Allocation | None) -> dict[str, Decimal]:
    if allocation is None:
        return {use_case.business_unit: Decimal(1)}
    return {unit: Decimal(part) for unit, part in allocation.shares.items()}


def _refuse(shares: Mapping[str, Decimal]) -> None:
    faults: dict[str, str] = {}
    for unit, part in shares.items():
        if not re.match(SLUG, unit):
            faults["shares"] = f"“{unit[:60]}” is no business unit"
        elif not 0 < part <= 1 or part % FINEST:
            faults["shares"] = f"{unit} gets more than 0 and at most 1, by steps of {FINEST}"
    if not faults and sum(shares.values()) != 1:
        faults["shares"] = f"together 1, not {sum(shares.values()):f}"
    if not 0 < len(shares) <= MOST_UNITS:
        faults["shares"] = f"among 1 to {MOST_UNITS} units"
    if faults:
        raise Invalid("It cannot be shared so.", errors=faults)

"""Who owns a use case and what it may be used for: changed by somebody with no stake in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.models import Purpose, UseCase
from governance.services import risk, use_cases
from governance.services.purpose_tiers import strictest_tier
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from tests.cast import api
from tests.governance.make import Bank
from tests.governance.make_risk import assess, make_methodology, settle

pytestmark = pytest.mark.django_db
WHY = "Asked for by the appeal board."


def approve(bank: Bank, **more: Any) -> Purpose:
    fields = {"key": "review", "name": "Reviewing", "reason": WHY} | more
    return use_cases.approve_purpose(bank.use_case, **{"actor": bank.people.rita.actor, **fields})


def hand_over(bank: Bank, **more: Any) -> UseCase:
    fields = {"owner": "bo", "reason": WHY, "actor": bank.people.rita.actor} | more
    return use_cases.hand_over(bank.use_case, **fields)


def test_no_owner_and_no_machine_widens_what_it_may_be_used_for(bank: Bank) -> None:
    for actor in (bank.people.ada.actor, SYSTEM):
        with pytest.raises(Refused, match="bounds of use"):
            approve(bank, actor=actor)
    with pytest.raises(Refused, match="lacks the permission"):
        approve(bank, actor=bank.people.ravi.actor)
    assert approve(bank).key == "review"


def test_a_purpose_is_approved_once_and_with_a_reason(bank: Bank) -> None:
    approve(bank)
    with pytest.raises(Conflict, match="already"):
        approve(bank)
    with pytest.raises(Invalid):
        approve(bank, key="other", reason="so")


def test_a_purpose_holds_from_its_approval_and_not_before(bank: Bank) -> None:
    """A stricter use case that approves the name later makes nothing stricter in the past."""
    use_cases.create_use_case(
        slug="light",
        name="Light",
        objective="Advise",
        business_unit="retail",
        owner="bo",
        tier=3,
        purposes=[{"key": "review", "name": "Reviewing"}],
        actor=SYSTEM,
    )
    light = settle("light", 3, actor=bank.people.rita.actor)
    settle("mortgage", 1, actor=bank.people.rita.actor)
    before = timezone.now()
    approve(bank)
    after = timezone.now() + timedelta(seconds=1)
    assert light.tier == strictest_tier("review", at=before) == 3
    assert strictest_tier("review", at=after) == 1
    assert strictest_tier("review") == 1


def test_neither_the_former_nor_the_new_owner_hands_it_over(bank: Bank) -> None:
    for actor in (bank.people.ada.actor, bank.people.bo.actor, SYSTEM):
        with pytest.raises(Refused, match="hands a use case over"):
            hand_over(bank, actor=actor)
    assert hand_over(bank).owner == bank.people.bo
    with pytest.raises(Conflict, match="owns it already"):
        hand_over(bank)


def test_who_owns_it_from_now_on_makes_no_tier_lighter(bank: Bank) -> None:
    make_methodology()
    hand_over(bank)
    with pytest.raises(Refused, match="lighter"):
        assess(bank, "low", actor=bank.people.bo.actor)
    assert risk.current_methodology() is not None


def test_both_are_done_over_http_by_people(bank: Bank) -> None:
    rita, address = api(bank.people.rita), "/api/v1/use-cases/mortgage"
    body = {"key": "review", "name": "Reviewing", "reason": WHY}
    made = rita.post(f"{address}/purposes", body, format="json")
    assert made.status_code == 201
    assert {"key": "review", "name": "Reviewing"} in made.json()["purposes"]
    done = rita.put(f"{address}/owner", {"owner": "bo", "reason": WHY}, format="json")
    assert (done.status_code, done.json()["owner"]) == (200, "bo")
    refused = api("owner").post(f"{address}/purposes", body | {"key": "other"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_use_case")

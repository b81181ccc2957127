"""Signing for somebody who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import RoleAssignment, User
from accounts.services.people import assign_role
from governance.models import Decision, Delegation
from governance.services import delegations
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from tests import cast
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import Bank, make_bank, make_reviewable, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


def given(who: User, to: str, **more: Any) -> Delegation:
    now = timezone.now()
    fields: dict[str, Any] = {
        "role": "officer",
        "starts_at": now,
        "ends_at": now + timedelta(days=7),
        "reason": "On leave",
    } | more
    return delegations.give(to=to, actor=User.objects.get(pk=who.pk).actor, **fields)


def test_a_delegate_signs_and_both_stand_on_the_signature(bank: Bank) -> None:
    release = make_reviewable(bank)
    given(bank.people.rita, "petra")
    decision = sign(release, bank.people.petra, "officer")
    assert (decision.signer, decision.for_whom) == (bank.people.petra, bank.people.rita)
    assert f"for {bank.people.rita.full_name}," in decision.statement
    assert decision.line == 2


def test_both_have_signed_then(bank: Bank) -> None:
    release = make_reviewable(bank)
    given(bank.people.rita, "petra")
    sign(release, bank.people.petra, "officer")
    with pytest.raises(Refused):
        sign(release, bank.people.rita, "officer")


@pytest.mark.parametrize("late", [timedelta(days=8), timedelta(days=-1)])
def test_it_holds_for_its_time_alone(bank: Bank, late: timedelta) -> None:
    release = make_reviewable(bank)
    now = timezone.now()
    if late < timedelta():
        given(bank.people.rita, "petra", starts_at=now + timedelta(days=1))
    else:
        held = given(bank.people.rita, "petra")
        delegations.end(held, actor=bank.people.rita.actor)
    with pytest.raises(Refused):
        sign(release, bank.people.petra, "officer")


def test_what_bars_either_bars_it(bank: Bank) -> None:
    release = make_reviewable(bank)
    given(bank.people.rita, "ada")  # ada owns the model
    with pytest.raises(Refused, match="You own this model"):
        sign(release, bank.people.ada, "officer")
    given(bank.people.ravi, "olga", role="validator")
    sign(release, bank.people.ravi, "validator")
    with pytest.raises(Refused):
        sign(release, bank.people.olga, "validator")


def test_nobody_passes_on_what_was_passed_to_them(bank: Bank) -> None:
    given(bank.people.rita, "petra")
    with pytest.raises(Refused, match="nothing to pass on"):
        given(bank.people.petra, "olga")


def test_a_role_is_given_to_one_person_at_a_time(bank: Bank) -> None:
    given(bank.people.rita, "petra")
    with pytest.raises(Conflict):
        given(bank.people.rita, "olga")


def test_nobody_signs_who_could_not_read_it(bank: Bank) -> None:
    with pytest.raises(Invalid) as refused:
        given(bank.people.rita, "mallory")
    assert "sees releases" in refused.value.errors["to"]
    assert "ask an operator" in refused.value.errors["to"]
    assert not Delegation.objects.exists()


def test_reading_in_another_unit_is_not_reading_what_they_would_sign(bank: Bank) -> None:
    cora = cast.person("cora")
    assign_role(user=cora, role="developer", scope=("business_unit", "cards"), actor=SYSTEM)
    with pytest.raises(Invalid, match="not complete"):
        given(bank.people.rita, "cora")


@pytest.mark.parametrize(
    "wrong",
    [{"to": "nobody"}, {"to": "rita"}, {"days": 91}, {"days": -1}, {"reason": " "}],
)
def test_a_delegation_that_makes_no_sense_is_refused(bank: Bank, wrong: dict[str, Any]) -> None:
    days = wrong.pop("days", 7)
    ends_at = timezone.now() + timedelta(days=days)
    with pytest.raises(Invalid):
        given(bank.people.rita, wrong.pop("to", "petra"), ends_at=ends_at, **wrong)
    assert not Decision.objects.exists()


def test_the_third_line_signs_for_nobody(bank: Bank) -> None:
    """Neither when it is given to them, nor when they join the third line afterwards."""
    with pytest.raises(Invalid) as refused:
        given(bank.people.rita, "otto")
    assert "third line" in refused.value.errors["to"]
    given(bank.people.rita, "elena")
    with by_hand():
        RoleAssignment.objects.create(user=bank.people.elena, role_id="auditor")
    with pytest.raises(Refused):
        sign(make_reviewable(bank), bank.people.elena, "officer")

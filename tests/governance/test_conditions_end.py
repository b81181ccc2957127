"""What was promised for an authorization is owed no longer than it lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from governance.models import Authorization, Condition
from governance.services import authorizations, conditions, rolling_back, stopping
from governance.services.conditions import Attached
from lib.errors import Conflict
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_released, make_reviewable, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + "conditions: {max_days: 60}\n")


def promised(bank: Bank) -> Authorization:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    attached = [Attached("Measure in March", "ada", 10), Attached("Tell the board", "bo", 20)]
    outcome = "approve_with_conditions"
    sign(release, bank.people.rita, "officer", outcome=outcome, attached=attached)
    return Authorization.objects.get(release=release)


def states(issued: Authorization) -> list[str]:
    return list(issued.release.conditions.order_by("number").values_list("state", flat=True))


def first(issued: Authorization) -> Condition:
    return conditions.find(issued.release, 1)


@pytest.mark.parametrize("act", [authorizations.revoke, stopping.retire])
def test_they_are_dropped_with_it_and_each_is_told(bank: Bank, act: object) -> None:
    issued = promised(bank)
    assert callable(act)
    act(issued, reason="Enough.", actor=bank.people.rita.actor)
    assert states(issued) == ["dropped", "dropped"]
    told = Entry.objects.filter(action="condition.drop").order_by("sequence")
    assert [entry.content["details"]["condition"] for entry in told] == [1, 2]
    with pytest.raises(Conflict, match="final"):
        conditions.meet(first(issued), shown="Report 7", actor=bank.people.ada.actor)


def test_what_takes_its_place_drops_them_too(bank: Bank) -> None:
    issued = promised(bank)
    make_released(bank)
    assert states(issued) == ["dropped", "dropped"]


def test_what_was_verified_stays_verified(bank: Bank) -> None:
    issued = promised(bank)
    conditions.meet(first(issued), shown="Report 7", actor=bank.people.ada.actor)
    rita = bank.people.rita.actor
    conditions.verify(first(issued), accepted=True, reason="Seen.", actor=rita)
    stopping.retire(issued, reason="Enough.", actor=rita)
    assert states(issued) == ["verified", "dropped"]


def test_a_suspension_drops_none(bank: Bank) -> None:
    issued = promised(bank)
    stopping.suspend(issued, reason="Odd scores.", actor=bank.people.rita.actor)
    assert states(issued) == ["open", "open"]


def test_a_rollback_owes_them_again_by_the_same_day(bank: Bank) -> None:
    former = promised(bank)
    conditions.meet(first(former), shown="Report 7", actor=bank.people.ada.actor)
    make_released(bank)
    former.refresh_from_db()
    rita = bank.people.rita.actor
    again = rolling_back.roll_back(former, reason="Odd scores.", actor=rita)
    assert (states(former), states(again)) == (["dropped", "dropped"], ["met", "open"])
    days = [row.due_at for row in former.release.conditions.order_by("number")]
    assert [stop.starts_at for stop in again.stops.order_by("starts_at")] == days
    assert again.state_at(timezone.now() + timedelta(days=11)) == "condition_overdue"
    conditions.verify(first(again), accepted=True, reason="Seen.", actor=rita)
    again = Authorization.objects.get(pk=again.pk)
    assert again.state_at(timezone.now() + timedelta(days=11)) == "active"

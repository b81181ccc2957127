"""The draft of a value case stands in the inbox of whoever it names, until they approved it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import assign_role, remove_role
from governance.models import KPI, UseCase, ValueCase
from governance.services import kpis, value_cases
from governance.services.awaited_value_cases import of_value_cases
from governance.services.inbox import Wanted, inbox
from lib.actor import SYSTEM, Actor
from tests.by_hand import by_hand
from tests.governance.make import ROBOT, Bank
from tests.governance.make_value import make_kpi, make_value_case
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def actor(name: str) -> Actor:
    return User.objects.get(username=name).actor


def awaited(name: str = "bo") -> list[str]:
    return [item.what for item in of_value_cases(actor(name))]


def approve(bank: Bank, digest: str) -> None:
    reason = "The board agreed."
    value_cases.approve_value_case(bank.use_case, digest=digest, reason=reason, actor=actor("bo"))


def test_a_complete_draft_awaits_the_named_approver_and_nobody_else(bank: Bank) -> None:
    make_value_case(bank)
    assert awaited() == [f"Value case of {bank.use_case.name} awaits your approval"]
    for name in ("ada", "petra", "rita", "ravi", "dev", "otto", "mallory"):
        assert awaited(name) == []


def test_the_line_says_why_me_and_leads_to_where_it_is_approved(bank: Bank) -> None:
    make_value_case(bank)
    shown = signed_in(bank.people.bo).get("/").content.decode()
    assert "1 thing awaits you." in shown
    assert f"Value case of {bank.use_case.name} awaits your approval" in shown
    assert "you are named to approve it" in shown
    assert 'href="/use-cases/mortgage/value/#case"' in shown


def test_it_is_gone_once_approved_and_back_when_draft_or_kpi_differs(bank: Bank) -> None:
    approve(bank, make_value_case(bank))
    assert awaited() == []
    kpis.change_kpi(bank.use_case.kpis.get(), target=Decimal(2), actor=ROBOT, reason="too hard")
    (item,) = of_value_cases(actor("bo"))
    assert item.about == "version 2"
    approve(bank, make_value_case(bank))
    make_value_case(bank, investment=Decimal(300_000))
    assert len(awaited()) == 1
    make_value_case(bank)  # as it was approved
    assert awaited() == []


def test_a_draft_that_lacks_something_awaits_nobody(bank: Bank) -> None:
    make_value_case(bank, starts_on=None)
    assert awaited() == []


def test_an_owner_who_is_named_is_not_asked(bank: Bank) -> None:
    make_value_case(bank, approver="ada")
    assert awaited("ada") == []


def test_who_may_not_open_the_page_is_not_sent_there(bank: Bank) -> None:
    make_value_case(bank)
    bo = User.objects.get(username="bo")
    for held in bo.role_assignments.all():
        remove_role(held, actor=SYSTEM)
    assign_role(bo, role="owner", actor=SYSTEM, scope=("business_unit", "cards"))
    assert awaited() == []


def test_filters_take_it_as_a_kind_of_its_own(bank: Bank) -> None:
    make_value_case(bank)
    bo, tier = actor("bo"), str(bank.use_case.tier)
    fits = [Wanted(kind="value_case"), Wanted(tier=tier), Wanted(standing="due")]
    fits_not = [Wanted(kind="policy"), Wanted(standing="overdue"), Wanted(model="credit")]
    assert [inbox(actor=bo, wanted=one).fitting for one in fits] == [1, 1, 1]
    assert [inbox(actor=bo, wanted=one).fitting for one in fits_not] == [0, 0, 0]
    assert inbox(actor=bo).counts["value_case"] == 1
    page = signed_in(bank.people.bo).get("/?kind=value_case").content.decode()
    assert "value cases to approve (1)" in page


def test_it_asks_twice_for_many_as_for_one(bank: Bank) -> None:
    def asked() -> int:
        bo = actor("bo")
        with CaptureQueriesContext(connection) as caught:
            of_value_cases(bo)
        return len(caught)

    assert asked() == 1
    make_value_case(bank)
    assert asked() == 2
    for number in range(4):
        another(bank, number)
    assert len(awaited()) == 5
    assert asked() == 2


def another(bank: Bank, number: int) -> None:
    """A use case with a copy of the draft and its KPI."""
    draft, kpi = ValueCase.objects.get(use_case=bank.use_case), bank.use_case.kpis.get()
    with by_hand():
        use_case = UseCase.objects.get(pk=bank.use_case.pk)
        use_case.pk, use_case.slug = None, f"more-{number}"
        use_case.save(force_insert=True)
        fresh = KPI.objects.get(pk=kpi.pk)
        fresh.pk, fresh.use_case = KPI._meta.pk.get_default(), use_case
        fresh.save(force_insert=True)
        draft.pk, draft.use_case = None, use_case
        draft.save(force_insert=True)


def test_several_kpis_stand_in_the_order_that_is_signed_for(bank: Bank) -> None:
    for key in ("b_two", "a-one", "B-three", "a_four"):
        make_kpi(bank, key=key.lower(), name=key)
    approve(bank, make_value_case(bank))
    assert awaited() == []

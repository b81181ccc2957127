"""Whoever a value case names is told that it awaits them: once for what it says, not each step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from governance.models import Notice
from governance.services import kpis, notices, telling_value, value_cases
from tests.cast import People
from tests.governance.make import ROBOT, Bank, make_bank
from tests.governance.make_value import CASE, make_kpi, make_value_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind="value_case.awaits").order_by("pk")
    return [(row.person.username, row.text) for row in rows]


def look(bank: Bank) -> None:
    notices.see(bank.people.bo.actor)


def harder(bank: Bank, target: int) -> None:
    kpi = bank.use_case.kpis.get()
    kpis.change_kpi(kpi, target=Decimal(target), actor=ROBOT, reason="The board asked.")


def test_the_named_approver_is_told_when_the_draft_is_complete(bank: Bank) -> None:
    value_cases.set_value_case(bank.use_case, actor=ROBOT, **CASE)
    assert told() == []  # no KPI yet
    make_kpi(bank)
    text = f"Version 1 of the value case of {bank.use_case.name} awaits your approval."
    assert told() == [("bo", text)]
    assert Notice.objects.get(person=bank.people.bo).address == "/use-cases/mortgage/value/#case"


def test_once_until_it_is_seen_and_again_when_it_changes_after_that(bank: Bank) -> None:
    make_value_case(bank)
    harder(bank, 2)
    assert len(told()) == 1
    look(bank)
    make_value_case(bank)
    assert len(told()) == 2  # it says something else than what was told
    look(bank)
    make_value_case(bank)
    assert len(told()) == 2  # and now the same


def test_what_was_approved_is_told_of_no_more_and_the_next_draft_is(bank: Bank) -> None:
    digest = make_value_case(bank)
    bo = bank.people.bo.actor
    value_cases.approve_value_case(bank.use_case, digest=digest, reason="Agreed.", actor=bo)
    make_value_case(bank)
    assert len(told()) == 1
    harder(bank, 2)
    assert [text[:9] for _, text in told()] == ["Version 1", "Version 2"]  # the first is unseen


@pytest.mark.parametrize("approver", ["ada", ""])
def test_an_owner_or_nobody_is_not_told(bank: Bank, approver: str) -> None:
    make_value_case(bank, approver=approver)
    assert told() == []


def test_another_approver_is_told_too(bank: Bank) -> None:
    make_value_case(bank)
    make_value_case(bank, approver="rita")
    assert [who for who, _ in told()] == ["bo", "rita"]


def test_a_notice_that_cannot_be_written_stops_no_draft(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no paper")

    monkeypatch.setattr(telling_value, "tell", broken)
    make_value_case(bank)
    assert told() == []
    assert User.objects.get(username="bo").value_cases.count() == 1

"""What decisions bring: stated with a reason, in versions that never change, by whoever may."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from audit.models import Entry
from governance.models import PayoffMatrix
from governance.services import payoffs
from lib.errors import Conflict, Invalid, Refused
from tests.cast import api, person
from tests.governance.make import Bank
from tests.governance.make_value import PAYOFF, make_payoff

pytestmark = pytest.mark.django_db


def test_the_newest_counts_and_the_earlier_ones_stay(bank: Bank) -> None:
    make_payoff(bank)
    make_payoff(bank, false_positive=Decimal(-6_000), reason="Losses of last year were higher.")
    found = payoffs.current(bank.use_case)
    assert found is not None
    assert (found.number, found.false_positive) == (2, Decimal(-6_000))
    assert list(bank.use_case.payoffs.values_list("number", flat=True)) == [2, 1]


def test_the_entry_tells_the_amounts(bank: Bank) -> None:
    make_payoff(bank)
    told = Entry.objects.get(action="payoff.state").content["details"]
    assert (told["number"], told["currency"], told["false_positive"]) == (1, "EUR", "-4000")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"true_positive": Decimal("NaN")}, "true_positive"),
        ({"true_positive": Decimal(10**12)}, "true_positive"),
        ({"true_positive": Decimal("0.00001")}, "true_positive"),
        ({name: Decimal(7) for name in payoffs.AMOUNTS}, "true_positive"),
        ({"meaning": "x" * 301}, "meaning"),
        ({"cases_a_year": 0}, "cases_a_year"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_is_refused_by_field(bank: Bank, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        make_payoff(bank, **wrong)
    assert set(caught.value.errors) == {field}
    assert not PayoffMatrix.objects.exists()


def test_saying_the_same_again_is_no_new_version(bank: Bank) -> None:
    make_payoff(bank)
    with pytest.raises(Conflict, match="Version 1 says the same"):
        make_payoff(bank)
    assert make_payoff(bank, reason="Confirmed by finance.").number == 2


def test_who_describes_no_use_cases_states_nothing(bank: Bank) -> None:
    with pytest.raises(Refused):
        payoffs.state_payoff(bank.use_case, actor=bank.people.otto.actor, **PAYOFF)


def test_what_was_stated_cannot_be_changed_by_hand(bank: Bank) -> None:
    matrix = make_payoff(bank)
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoffMatrix.objects.filter(pk=matrix.pk).update(true_positive=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        matrix.delete()


def test_it_is_stated_and_read_over_rest(bank: Bank) -> None:
    client, address = api(person("pia", "product")), "/api/v1/use-cases/mortgage/payoffs"
    body = {name: str(value) for name, value in PAYOFF.items() if name != "cases_a_year"}
    assert client.post(address, body, format="json").status_code == 201
    found = client.get(address).json()["items"]
    assert [(one["number"], one["currency"], one["false_positive"]) for one in found] == [
        (1, "EUR", "-4000.0000")
    ]
    missing = client.get(f"{address}/worth")
    assert missing.status_code == 404
    assert "No decisions of any version were counted" in missing.json()["detail"]


def test_without_a_matrix_nothing_is_worth_anything(bank: Bank) -> None:
    answer = api("executive").get("/api/v1/use-cases/mortgage/payoffs/worth")
    assert answer.status_code == 404
    assert "Nobody has stated" in answer.json()["detail"]

"""Value cases: drafts change, what was approved does not, and nobody approves their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.people import assign_role
from audit.models import Entry
from governance.models import ValueCase, ValueCaseVersion
from governance.services import kpis, value_cases
from lib.actor import SYSTEM
from lib.canonical import digest_of
from lib.errors import Conflict, Invalid, Refused
from tests import cast
from tests.by_hand import by_hand
from tests.governance.make import ROBOT, Bank
from tests.governance.make_value import CASE, make_kpi, make_value_case
from tests.registry.make import make_model

pytestmark = pytest.mark.django_db
AT = "/api/v1/use-cases/mortgage/value-case"
WHY = "The board agreed on the 3rd."


def approve(bank: Bank, digest: str, who: Any = None) -> ValueCaseVersion:
    actor = (who or bank.people.bo).actor
    return value_cases.approve_value_case(bank.use_case, digest=digest, reason=WHY, actor=actor)


def test_the_named_approver_freezes_it_with_its_kpis(bank: Bank) -> None:
    version = approve(bank, make_value_case(bank))
    assert version.number == 1
    assert version.document["promised_annual_benefit"] == "480000.00"
    assert [kpi["key"] for kpi in version.document["kpis"]] == ["hours"]
    told = Entry.objects.get(action="value_case.approve")
    assert told.content["details"]["digest"] == version.digest


def test_a_change_afterwards_is_a_draft_until_it_is_approved_too(bank: Bank) -> None:
    approve(bank, make_value_case(bank))
    kpis.change_kpi(bank.use_case.kpis.get(), target=Decimal(2), actor=ROBOT, reason="too hard")
    digest = make_value_case(bank, investment=Decimal(300_000))

    held = value_cases.current(bank.use_case)
    assert held is not None
    assert held.document["investment"] == "250000.00"
    assert held.document["kpis"][0]["target"] == "1.0000"

    second = approve(bank, digest)
    assert (second.number, second.document["kpis"][0]["target"]) == (2, "2.0000")
    assert ValueCaseVersion.objects.count() == 2


@pytest.mark.parametrize("day", [date(9999, 12, 1), date(2101, 1, 1), date(26, 1, 1)])
def test_no_promise_begins_or_ends_in_a_year_that_nobody_means(bank: Bank, day: date) -> None:
    for field in ("starts_on", "target_date"):
        with pytest.raises(Invalid) as refused:
            make_kpi(bank, **{field: day})
        assert refused.value.errors == {field: "a day from 1990 to 2100"}
    with pytest.raises(Invalid) as refused:
        make_value_case(bank, starts_on=day)
    assert refused.value.errors == {"starts_on": "a day from 1990 to 2100"}
    kpi = bank.use_case.kpis.get()
    with pytest.raises(Invalid):
        kpis.change_kpi(kpi, starts_on=day, actor=ROBOT, reason="Later.")


def test_the_first_day_and_the_last_may_be_meant(bank: Bank) -> None:
    make_kpi(bank, starts_on=date(1990, 1, 1), target_date=date(2100, 12, 31))
    make_value_case(bank, starts_on=date(1990, 1, 1))


@pytest.mark.parametrize("who", ["ada", "petra", "rita"])
def test_nobody_else_approves_it(bank: Bank, who: str) -> None:
    digest = make_value_case(bank)
    with pytest.raises(Refused):
        approve(bank, digest, getattr(bank.people, who))
    assert not ValueCaseVersion.objects.exists()


def test_an_owner_who_is_named_is_no_approver(bank: Bank) -> None:
    digest = make_value_case(bank, approver="ada")
    with pytest.raises(Refused, match="You own the use case"):
        approve(bank, digest, bank.people.ada)


def test_who_wrote_the_draft_last_is_no_approver(bank: Bank) -> None:
    make_value_case(bank)
    assign_role(bank.people.bo, role="product", actor=SYSTEM)
    bo = User.objects.get(username="bo").actor
    cheaper = CASE | {"annual_run_cost": Decimal(1)}
    case = value_cases.set_value_case(bank.use_case, actor=bo, **cheaper)
    digest = digest_of(value_cases.document_of(case))
    with pytest.raises(Refused, match="You wrote the draft last"):
        value_cases.approve_value_case(bank.use_case, digest=digest, reason=WHY, actor=bo)
    assert approve(bank, make_value_case(bank)).number == 1


def test_nor_is_who_owns_a_model_of_it(bank: Bank) -> None:
    digest = make_value_case(bank)
    make_model("other", use_case="mortgage", owner=bank.people.bo)
    with pytest.raises(Refused, match="or a model of it"):
        approve(bank, digest)


def test_nor_can_a_hand_write_that_the_writer_did(bank: Bank) -> None:
    version = approve(bank, make_value_case(bank))
    with by_hand():
        ValueCase.objects.update(written_by=bank.people.rita.pseudonym)
    with pytest.raises(IntegrityError, match="who wrote a value case"), transaction.atomic():
        ValueCaseVersion.objects.create(
            use_case=bank.use_case,
            number=2,
            document={},
            digest="0" * 64,
            reason="x",
            approved_by=bank.people.rita,
            approved_name="Rita",
            approved_at=version.approved_at,
        )


def test_nor_can_a_hand_write_that_they_did(bank: Bank) -> None:
    version = approve(bank, make_value_case(bank))
    with pytest.raises(IntegrityError, match="does not approve"), transaction.atomic():
        ValueCaseVersion.objects.create(
            use_case=bank.use_case,
            number=2,
            document={},
            digest="0" * 64,
            reason="x",
            approved_by=bank.people.ada,
            approved_name="Ada",
            approved_at=version.approved_at,
        )
    with pytest.raises(IntegrityError, match="stay as they are"), transaction.atomic():
        ValueCaseVersion.objects.update(reason="another")


def test_what_changed_since_it_was_read_is_read_again(bank: Bank) -> None:
    digest = make_value_case(bank)
    make_kpi(bank, key="errors")
    with pytest.raises(Conflict, match="read it again"):
        approve(bank, digest)


def test_the_same_is_not_approved_twice(bank: Bank) -> None:
    digest = make_value_case(bank)
    approve(bank, digest)
    with pytest.raises(Conflict, match="Version 1 says the same"):
        approve(bank, digest)


def test_an_incomplete_one_names_what_is_missing(bank: Bank) -> None:
    make_kpi(bank, starts_on=None)
    digest = make_value_case(bank, starts_on=None, price_year=None)
    with pytest.raises(Invalid) as refused:
        approve(bank, digest)
    assert set(refused.value.errors) == {"starts_on", "price_year", "kpis"}


def test_a_kpi_in_another_currency_is_no_part_of_it(bank: Bank) -> None:
    make_kpi(bank, currency="USD")
    digest = make_value_case(bank)
    with pytest.raises(Invalid) as refused:
        approve(bank, digest)
    assert "is worth USD, the case EUR" in refused.value.errors["kpis"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"target": Decimal(9)}, "target"), ({"hurdle": Decimal("0.5")}, "hurdle"),
     ({"currency": "EUX"}, "currency"), ({"worth": None}, "worth"),
     ({"worth": Decimal(-1)}, "worth"), ({"share": Decimal("1.5")}, "share"),
     ({"owner": "nobody"}, "owner"), ({"unit": "USD"}, "currency")],
)  # fmt: skip
def test_terms_of_a_kpi_that_cannot_hold_together_are_named(
    bank: Bank, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_kpi(bank, **fields)
    assert wrong in refused.value.errors


def test_what_a_kpi_is_does_not_change(bank: Bank) -> None:
    kpi = make_kpi(bank)
    with pytest.raises(Invalid) as refused:
        kpis.change_kpi(kpi, actor=ROBOT, unit="days")
    assert "unit" in refused.value.errors


def test_over_http_it_is_written_read_and_approved(bank: Bank) -> None:
    make_kpi(bank)
    people = bank.people
    draft = {
        "currency": "EUR",
        "price_year": 2026,
        "promised_annual_benefit": "480000",
        "investment": "250000.0",
        "annual_run_cost": "60000.00",
        "starts_on": "2026-01-01",
    }
    put = cast.api(people.petra).put(AT, draft, format="json")
    assert put.status_code == 200
    assert list(put.json()["missing"]) == ["approver"]
    body = cast.api(people.petra).put(AT, draft | {"approver": "bo"}, format="json").json()
    assert (body["missing"], body["approved"]) == ({}, None)

    said = {"digest": body["digest"], "reason": WHY}
    for who, status in (("ci", 403), (people.otto, 403), (people.petra, 403), (people.bo, 201)):
        made = cast.api(who).post(f"{AT}/approval", said, format="json")
        assert made.status_code == status, (who, made.json())
    assert cast.api(people.otto).get(AT).json()["approved"]["number"] == 1
    patched = cast.api(people.petra).patch(
        "/api/v1/use-cases/mortgage/kpis/hours", {"target": "2"}, format="json"
    )
    assert patched.json()["target"] == "2.0000"
    assert cast.api(people.otto).get(AT).json()["digest"] != body["digest"]

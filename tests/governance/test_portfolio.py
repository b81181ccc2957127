"""The portfolio: what is summed, what is left out and named, and who sees how much of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import assign_role
from governance.services.portfolio import Portfolio, Wanted, portfolio, units_of, wanted_of
from governance.services.portfolio_rows import PARTS, part_of, records
from governance.value.lines import by_unit
from lib.actor import SYSTEM
from lib.errors import Invalid
from tests import cast
from tests.cast import api
from tests.governance.make import Bank, make_released
from tests.governance.make_findings import make_finding
from tests.governance.make_portfolio import make_use_case, promise, rate, share
from tests.governance.make_value import make_kpi

pytestmark = pytest.mark.django_db


def seen(bank: Bank, who: User | None = None, **wanted: Any) -> Portfolio:
    return portfolio(Wanted(**wanted), actor=(who or bank.people.elena).actor)


def slugs(bank: Bank, *, kind: str = "use-cases", **part: str) -> list[str]:
    key = "slug" if kind == "use-cases" else "model"
    rows = records(kind, Wanted(), part_of(kind, part), actor=bank.people.elena.actor)
    return [row[key] for row in rows]


def test_totals_are_those_of_months_that_are_known(bank: Bank) -> None:
    promise(bank, figures=2)
    promise(make_use_case(bank, "fraud"), figures=0)
    (one,) = seen(bank).sums
    assert (one.gained.amount, one.promised.amount) == (20_000, 80_000)
    assert (one.count, one.silent, one.covered) == (2, 1, 2)
    assert one.annual.amount == 960_000
    assert seen(bank).uncovered == one.uncovered > 0


def test_a_use_case_without_a_case_is_counted_and_sums_nothing(bank: Bank) -> None:
    make_use_case(bank, "fraud")
    promise(bank)
    found = seen(bank)
    assert (len(found.all), found.with_case, len(found.sums)) == (2, 1, 1)
    assert dict(found.returns)["loss"] == 1
    assert sum(count for _, count in found.returns) == 1
    assert slugs(bank, case="none") == ["fraud"]


def test_currencies_are_told_apart(bank: Bank) -> None:
    promise(bank)
    promise(make_use_case(bank, "fraud"), currency="USD")
    assert [(one.currency, one.gained.amount) for one in seen(bank).sums] == [
        ("EUR", 10_000),
        ("USD", 10_000),
    ]


def test_a_reporting_currency_takes_a_dated_rate_and_names_what_has_none(bank: Bank) -> None:
    promise(bank)
    promise(make_use_case(bank, "fraud"), currency="USD")
    promise(make_use_case(bank, "tills"), currency="GBP")
    rate("USD", "EUR", "0.9")
    found = seen(bank, currency="EUR")
    (one,) = found.sums
    assert (one.currency, one.gained.amount) == ("EUR", 19_000)
    assert [line.slug for line in found.unrated] == ["tills"]
    assert [(used.base, used.rate) for used in found.rates] == [("USD", Decimal("0.9"))]
    rows = records(
        "use-cases", Wanted(currency="EUR"), {"unrated": "true"}, actor=bank.people.elena.actor
    )
    assert [row["slug"] for row in rows] == ["tills"]


def test_shared_initiatives_are_handed_out_by_their_shares(bank: Bank) -> None:
    promise(bank)
    share(bank, cards="0.333", risk="0.667")
    promise(make_use_case(bank, "fraud", unit="cards"))
    found = seen(bank)
    parts = {part.unit: part.gained.amount for part in found.units}
    assert parts == {"cards": 13_330, "risk": 6_670}
    assert sum(parts.values()) == found.sums[0].gained.amount
    part = {"share_of": "risk"}
    (row,) = records("use-cases", Wanted(), part, actor=bank.people.elena.actor)
    assert (row["slug"], row["realised_so_far"].amount) == ("mortgage", 6_670)
    assert by_unit(found.lines) == found.units


def test_a_unit_has_its_share_of_what_is_shared_wherever_it_is_asked_for(bank: Bank) -> None:
    promise(bank)
    share(bank, cards="0.333", risk="0.667")
    promise(make_use_case(bank, "fraud", unit="cards"), currency="USD")
    promise(make_use_case(bank, "tills", unit="tills"), figures=0)
    rate("USD", "EUR", "0.9137")
    units, elena = units_of(bank.people.elena.actor), bank.people.elena.actor
    assert units == sorted({bank.use_case.business_unit, "cards", "risk", "tills"})
    for currency in ("", "EUR"):
        whole = seen(bank, currency=currency)
        alone = [seen(bank, business_unit=unit, currency=currency) for unit in units]
        for one in whole.sums:
            for name in ("annual", "investment", "gained", "promised", "cost"):
                cut = [getattr(each, name).amount for some in alone for each in some.sums
                       if each.currency == one.currency]  # fmt: skip
                assert sum(cut) == getattr(one, name).amount
        assert [part for some in alone for part in some.units if part.unit == "risk"] == [
            part for part in whole.units if part.unit == "risk"
        ]
    risk = Wanted(business_unit="risk")
    (row,) = records("use-cases", risk, {}, actor=elena)
    assert (row["slug"], row["share"]) == ("mortgage", Decimal("0.667"))
    assert row["realised_so_far"].amount == seen(bank, business_unit="risk").sums[0].gained.amount
    assert row["cost_so_far"].amount > 0
    assert row == records("use-cases", Wanted(), {"share_of": "risk"}, actor=elena)[0]
    assert seen(bank, business_unit=bank.use_case.business_unit).all == []


def test_a_share_shows_nothing_that_one_may_not_see(bank: Bank) -> None:
    promise(bank)
    share(bank, cards="0.5", risk="0.5")
    erin = cast.person("erin")
    assign_role(erin, role="executive", actor=SYSTEM, scope=("business_unit", "cards"))
    erin = User.objects.get(pk=erin.pk)
    assert seen(bank, erin, business_unit="cards").all == []
    assert units_of(erin.actor) == []


def test_somebody_with_one_unit_sees_that_one_alone(bank: Bank) -> None:
    promise(bank)
    fraud = make_use_case(bank, "fraud", unit="cards")
    promise(fraud)
    erin = cast.person("erin")
    assign_role(erin, role="executive", actor=SYSTEM, scope=("business_unit", "cards"))
    erin = User.objects.get(pk=erin.pk)
    found = seen(bank, erin)
    assert [line.slug for line in found.all] == ["fraud"]
    assert found.sums[0].gained.amount == 10_000
    for kind in PARTS:
        for row in records(kind, Wanted(), {}, actor=erin.actor):
            assert row.get("use_case", row.get("slug")) == "fraud"
    assert seen(bank, bank.people.mallory).all == []


def test_a_brain_in_a_jar_has_nothing_to_measure_it_by(bank: Bank) -> None:
    make_use_case(bank, "fraud")
    make_kpi(bank)
    assert slugs(bank, jar="true") == ["fraud"]


def test_what_is_overdue_is_that_of_the_inventory(bank: Bank) -> None:
    make_released(bank)
    make_finding(bank, late=3)
    make_finding(bank)
    assert [(line.slug, line.findings) for line in seen(bank).all] == [("mortgage", 1)]
    assert len(records("findings", Wanted(), {}, actor=bank.people.elena.actor)) == 1
    assert slugs(bank, late="findings") == ["mortgage"]
    assert slugs(bank, late="reviews") == []


def test_versions_are_in_the_band_of_their_lead_time(bank: Bank) -> None:
    make_released(bank)
    assert seen(bank).lead_times == [("week", 1), ("month", 0), ("longer", 0)]
    assert slugs(bank, kind="versions", lead="week") == ["credit"]
    assert slugs(bank, kind="versions", lead="longer") == []


def test_trust_is_the_share_of_checks_that_passed_and_unknown_without_any(bank: Bank) -> None:
    assert all(one.share is None for one in seen(bank).trust)
    make_released(bank, Fairness="pass")
    trust = {one.component: (one.passed, one.measured) for one in seen(bank).trust}
    assert trust["fairness"] == (1, 1)
    assert trust["privacy"] == (0, 0)
    part = {"component": "fairness"}
    assert len(records("checks", Wanted(), part, actor=bank.people.elena.actor)) == 1


def test_models_without_a_value_case_and_models_used_twice(bank: Bank) -> None:
    make_released(bank)
    assert slugs(bank, kind="models", case="none") == ["credit"]
    assert seen(bank).reused == 0
    assert slugs(bank, kind="models", reused="true") == []
    promise(bank)
    assert slugs(bank, kind="models", case="none") == []
    assert slugs(bank, kind="models", case="approved") == ["credit"]


def test_filters_narrow(bank: Bank) -> None:
    make_use_case(bank, "fraud", unit="cards")
    unit = bank.use_case.business_unit
    assert [line.slug for line in seen(bank, business_unit=unit).all] == ["mortgage"]
    assert [line.slug for line in seen(bank, phase="monitor").all] == []
    assert len(seen(bank, tier=1).all) == 2
    assert seen(bank, eu_class="high").all == []


@pytest.mark.parametrize(
    "given",
    [{"tier": "4"}, {"phase": "later"}, {"eu_class": "x"}, {"currency": "XXX"}, {"tier": "x"}],
)
def test_a_filter_that_filters_by_nothing_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        wanted_of(given)


def test_a_currency_may_be_in_lower_case_and_an_unknown_one_is_named(bank: Bank) -> None:
    assert wanted_of({"currency": "eur"}).currency == "EUR"
    for address in ("/api/v1/portfolio", "/api/v1/portfolio.csv"):
        assert api(bank.people.elena).get(f"{address}?currency=eur").status_code == 200
        answer = api(bank.people.elena).get(f"{address}?currency=xyz")
        assert (answer.status_code, answer.json()["errors"]) == (
            400,
            [{"field": "currency", "message": "“xyz” is no code of ISO 4217, such as EUR"}],
        )


@pytest.mark.parametrize(
    ("kind", "given"),
    [("use-cases", {"returns": "huge"}), ("versions", {"lead": "1"}), ("checks", {"verdict": "x"})],
)
def test_a_part_that_there_is_not_is_refused(kind: str, given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        part_of(kind, given)


def test_it_asks_as_much_for_many_as_for_one(bank: Bank) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            seen(bank)
        return len(caught)

    asked()
    one = asked()
    for number in range(4):
        promise(make_use_case(bank, f"case-{number}"))
    assert asked() == one <= 9


def test_rest_tells_the_same_with_unknown_as_null(bank: Bank) -> None:
    promise(bank)
    promise(make_use_case(bank, "fraud"), currency="USD", figures=0)
    body = api(bank.people.elena).get("/api/v1/portfolio").json()
    euros, dollars = body["totals"]
    assert (euros["realised_so_far"], euros["promised_so_far"]) == ("10000.00", "40000.00")
    assert (dollars["realised_so_far"], dollars["roi"]) == (None, None)
    parts = {part["currency"]: part for part in body["by_business_unit"]}
    assert parts["EUR"]["realised_so_far"] == "10000.00"
    assert (parts["USD"]["realised_so_far"], parts["USD"]["promised_so_far"]) == (None, None)
    assert parts["USD"]["months_known"] == 0
    assert body["headline"].startswith("2 of 2 use cases have an approved value case")
    assert api(bank.people.elena).get("/api/v1/portfolio?tier=9").status_code == 400
    assert api(bank.people.elena).get("/api/v1/portfolio?zzz=1").status_code == 400

"""The portfolio page: its sentence, its numbers and the rows behind each of them."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from governance.models import ValueStanding
from tests.governance.make import Bank, make_released
from tests.governance.make_findings import make_finding
from tests.governance.make_portfolio import make_use_case, promise, rate, share
from tests.web.conftest import signed_in
from tests.web.test_lists import queries

pytestmark = pytest.mark.django_db
NUMBERED = re.compile(r'<a(?: class="\w+")? href="(/portfolio/rows/[^"]+)">(?:<b>)?([\d,]+)<')


def body(bank: Bank, query: str = "") -> str:
    return signed_in(bank.people.elena).get(f"/portfolio/{query}").content.decode()


def rows_of(bank: Bank, address: str) -> list[dict[str, str]]:
    mark = "&" if "?" in address else "?"
    answer = signed_in(bank.people.elena).get(f"{address}{mark}format=csv")
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def make_house(bank: Bank) -> None:
    make_released(bank)
    make_finding(bank, late=2)
    promise(bank, figures=3)
    share(bank, **{bank.use_case.business_unit: "0.5", "cards": "0.5"})
    promise(make_use_case(bank, "fraud"), currency="USD")
    make_use_case(bank, "tills", tier=2)


def test_it_begins_with_a_sentence(bank: Bank) -> None:
    assert "The use case has no approved value case" in body(bank)
    promise(bank, figures=2)
    shown = body(bank).replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"after 2 months; promised \d+% over 3 years", shown)
    assert "1 of 1 use case has an approved value case; it brought EUR 20.0 k of 80.0 k" in shown


def test_each_number_is_that_of_the_rows_behind_it(bank: Bank) -> None:
    make_house(bank)
    found = NUMBERED.findall(body(bank))
    assert len(found) > 12
    for address, number in found:
        address = html.unescape(address)
        rows, count = rows_of(bank, address), int(number.replace(",", ""))
        if "missing=true" in address:
            assert sum(int(row["months_unknown"]) for row in rows) == count, address
        elif "points=true" in address:
            assert sum(row["for_review"].count(".") for row in rows) == count, address
        elif "status=" in address:
            status = address.partition("status=")[2]
            told = [re.findall(rf"{status}: (\d+)", row["kpis_by_status"]) for row in rows]
            assert sum(int(each[0]) for each in told) == count, address
        else:
            assert len(rows) == count, address


def test_filters_stay_in_the_address_of_each_list(bank: Bank) -> None:
    make_house(bank)
    for address, _ in NUMBERED.findall(body(bank, "?business_unit=cards&currency=EUR")):
        assert "business_unit=cards" in address
        assert "currency=EUR" in address


def test_amounts_of_a_unit_are_said_to_be_its_shares(bank: Bank) -> None:
    make_house(bank)
    said = "mounts are cards’s shares"
    assert said in body(bank, "?business_unit=cards")
    assert said not in body(bank)
    page = signed_in(bank.people.elena).get("/portfolio/rows/use-cases/?business_unit=cards")
    assert said in page.content.decode()
    (row,) = [
        one
        for one in rows_of(bank, "/portfolio/?business_unit=cards")
        if one["slug"] == bank.use_case.slug
    ]
    assert (row["share"], row["realised_so_far"]) == ("0.5000", "15000.00")


def test_ratios_have_four_decimals_in_the_file_and_a_share_has_its_cost(bank: Bank) -> None:
    promise(bank, figures=3, promised_annual_benefit=Decimal(700_000))
    share(bank, risk="0.5", cards="0.5")
    (whole,) = rows_of(bank, "/portfolio/")
    (half,) = rows_of(bank, "/portfolio/rows/use-cases/?share_of=risk&held_in=EUR")
    assert re.fullmatch(r"0\.\d{4}", whole["realised_of_promised"])
    assert half["realised_of_promised"] == whole["realised_of_promised"]
    assert 2 * Decimal(half["cost_so_far"]) == Decimal(whole["cost_so_far"]) > 0


def test_what_has_no_rate_is_named_on_the_page(bank: Bank) -> None:
    make_house(bank)
    shown = body(bank, "?currency=eur")
    assert "Left out of the totals, for want of a rate into EUR" in shown
    assert "1 of 2 use cases with a value case is told in EUR; 1 is left out for want" in shown
    assert "Fraud (USD)" in shown
    rate("USD", "EUR", "0.9")
    shown = body(bank, "?currency=EUR")
    assert "Left out" not in shown
    assert "1 USD = 0.9 EUR" in shown


def test_an_older_standing_says_of_which_day_it_is(bank: Bank) -> None:
    promise(bank)
    yesterday = timezone.localdate() - timedelta(days=1)
    ValueStanding.objects.update(on_day=yesterday)
    assert f"as of {yesterday}" in body(bank)


def test_nothing_that_fits_says_how_to_go_on(bank: Bank) -> None:
    assert "Take a filter away" in body(bank, "?phase=monitor")


@pytest.mark.parametrize(
    "address",
    [
        "/portfolio/?tier=7",
        "/portfolio/?zzz=1",
        "/portfolio/?currency=EURO",
        "/portfolio/?format=xml",
        "/portfolio/?units=some",
        "/portfolio/?tier=1&tier=2",
        "/portfolio/rows/use-cases/?returns=huge",
        "/portfolio/rows/use-cases/?lead=week",
        "/portfolio/rows/models/?cursor=x",
        "/portfolio/rows/versions/?format=xml",
        "/portfolio/board-pack/?on=2026-01-01&tier=1",
    ],
)
def test_a_bad_filter_is_a_400_with_a_way_back(bank: Bank, address: str) -> None:
    assert signed_in(bank.people.elena).get(address).status_code == 400


@pytest.mark.parametrize("address", ["/portfolio/?", "/portfolio/board-pack/?on=2026-01-01&"])
def test_an_unknown_currency_is_named_in_words(bank: Bank, address: str) -> None:
    answer = signed_in(bank.people.elena).get(f"{address}currency=xyz")
    assert answer.status_code == 400
    assert "“xyz” is no code of ISO 4217" in answer.content.decode()


def test_a_list_that_there_is_not_is_a_404(bank: Bank) -> None:
    assert signed_in(bank.people.elena).get("/portfolio/rows/people/").status_code == 404


def test_no_spreadsheet_runs_a_cell(bank: Bank) -> None:
    make_use_case(bank, "sum", name="=SUM(A1)")
    make_use_case(bank, "at", name="@now")
    names = {row["name"] for row in rows_of(bank, "/portfolio/")}
    assert {"'=SUM(A1)", "'@now"} <= names


def test_a_loss_stays_a_number_in_the_file(bank: Bank) -> None:
    from tests.governance.make_value import observe

    promise(bank, figures=0)
    observe(bank.use_case.kpis.get(), "2026-01", 11)
    (row,) = rows_of(bank, "/portfolio/")
    assert row["realised_so_far"] == "-10000.00"


def test_smaller_units_are_told_together_until_all_are_asked_for(bank: Bank) -> None:
    for number in range(11):
        promise(make_use_case(bank, f"case-{number}", unit=f"unit-{number:02}"))
    shown = body(bank)
    assert "3 smaller units" in shown
    assert "unit-10</a>" not in shown
    every = body(bank, "?units=all")
    assert "smaller units" not in every
    assert "unit-10</a>" in every


def test_lists_page_by_cursors(bank: Bank) -> None:
    for number in range(60):
        make_use_case(bank, f"case-{number:02}")
    client = signed_in(bank.people.elena)
    first = client.get("/portfolio/rows/use-cases/").content.decode()
    link = re.search(r'href="([^"]*)" rel="next"', first)
    assert link is not None
    assert "Case-59" not in first
    second = client.get("/portfolio/rows/use-cases/" + html.unescape(link[1])).content.decode()
    assert "Case-59" in second
    assert "Case-00" not in second


def test_the_number_of_queries_is_pinned(bank: Bank) -> None:
    make_house(bank)
    assert queries(bank.people.elena, "/portfolio/") == 13
    assert queries(bank.people.elena, "/portfolio/rows/use-cases/") <= 12
    for kind in ("models", "versions", "reviews", "findings", "checks"):
        assert queries(bank.people.elena, f"/portfolio/rows/{kind}/") <= 6, kind

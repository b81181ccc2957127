"""Dated rates: stated with a source, corrected with a reason, never mixed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from governance.models import ExchangeRate
from governance.services import exchange_rates
from governance.value.money import Money, NoRate
from lib.errors import Conflict, Invalid
from tests import cast
from tests.governance.make import ROBOT, Bank
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


def state(**fields: Any) -> ExchangeRate:
    given: dict[str, Any] = {
        "base": "USD",
        "quote": "EUR",
        "day": DAY,
        "rate": Decimal("0.9135"),
        "source": "central bank",
    }
    return exchange_rates.state_rate(actor=ROBOT, **(given | fields))


def usd(amount: int) -> Money:
    return Money(Decimal(amount), "USD")


def test_a_stated_rate_turns_one_currency_into_the_other(bank: Bank) -> None:
    state()
    found = exchange_rates.rates().convert(usd(100), to="EUR", day=DAY)
    assert found == Money(Decimal("91.35"), "EUR")


def test_a_corrected_rate_counts_and_the_earlier_one_stays(bank: Bank) -> None:
    state()
    with pytest.raises(Conflict, match=r"One USD was 0.9135 EUR on 2026-03-31"):
        state(rate=Decimal("0.92"))
    state(rate=Decimal("0.92"), reason="Misread.")
    assert ExchangeRate.objects.count() == 2
    found = exchange_rates.rates().convert(usd(100), to="EUR", day=DAY)
    assert found.amount == Decimal("92.00")


def test_without_a_rate_of_those_days_nothing_is_converted(bank: Bank) -> None:
    state()
    with pytest.raises(NoRate):
        exchange_rates.rates().convert(usd(1), to="EUR", day=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"base": "EURO"}, "base"),
        ({"base": "EUR"}, "quote"),
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal("1e12")}, "rate"),
        ({"rate": Decimal("0.123456789")}, "rate"),
        ({"day": date(1989, 1, 1)}, "day"),
        ({"day": date(2999, 1, 1)}, "day"),
        ({"source": " "}, "source"),
    ],
)
def test_what_is_no_rate_is_named(bank: Bank, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        state(**wrong)
    assert field in caught.value.errors
    assert not ExchangeRate.objects.exists()


def test_rates_are_stated_over_rest_and_on_the_page(bank: Bank) -> None:
    body = {"base": "USD", "quote": "EUR", "day": str(DAY), "rate": "0.9135", "source": "bank"}
    api = cast.api("product")
    made = api.post("/api/v1/exchange-rates", body, format="json")
    assert made.status_code == 201
    assert api.get("/api/v1/exchange-rates").json()["items"][0]["rate"] == "0.9135"
    page = signed_in(bank.people.petra)
    assert "was worth" in page.get("/exchange-rates/").content.decode()
    today = timezone.localdate().isoformat()
    form = {"base": "usd", "quote": "eur", "day": today, "rate": "0.9", "source": "bank"}
    assert "USD in EUR on" in page.post("/exchange-rates/", form, follow=True).content.decode()
    bad = page.post("/exchange-rates/", form | {"rate": "much", "day": "soon"})
    assert bad.status_code == 400
    assert "A number such as 0.9135" in bad.content.decode()

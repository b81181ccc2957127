"""A bank with several use cases, promises and figures, as tests of the portfolio need it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from governance.models import Allocation, ExchangeRate
from governance.services import use_cases, value_cases
from lib.actor import SYSTEM
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi, make_value_case, observe


def make_use_case(bank: Bank, slug: str, *, unit: str = "cards", **more: Any) -> Bank:
    """The bank, seen from another use case."""
    fields: dict[str, Any] = {
        "name": slug.title(),
        "objective": "Lose less",
        "owner": "ada",
        "tier": 3,
        "purposes": [{"key": f"purpose-{slug}", "name": slug}],
    } | more
    found = use_cases.create_use_case(slug=slug, business_unit=unit, actor=SYSTEM, **fields)
    return Bank(bank.people, found, bank.policy)


def promise(bank: Bank, *, currency: str = "EUR", figures: int = 1, **fields: Any) -> None:
    """An approved value case with one KPI, and its figures from January on: each is worth 10,000
    where 40,000 were promised."""
    kpi = make_kpi(bank, currency=currency)
    digest = make_value_case(bank, currency=currency, **fields)
    value_cases.approve_value_case(
        bank.use_case, digest=digest, reason="The board agreed.", actor=bank.people.bo.actor
    )
    for month in range(1, figures + 1):
        observe(kpi, f"2026-{month:02}", 7)


def share(bank: Bank, **parts: str) -> None:
    Allocation.objects.create(
        use_case=bank.use_case,
        number=1,
        shares=parts,
        reason="They share it.",
        stated_by="bo",
        stated_name="Bo",
    )


def rate(base: str, quote: str, value: str) -> None:
    ExchangeRate.objects.create(
        base=base,
        quote=quote,
        day=timezone.localdate(),
        rate=Decimal(value),
        source="ECB",
        stated_by="bo",
        stated_name="Bo",
    )

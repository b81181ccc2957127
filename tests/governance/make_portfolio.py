"""A bank with several use cases, promises and figures, as tests of the portfolio need it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from governance.services import allocations, exchange_rates, use_cases, value_cases
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
    shares = {unit: Decimal(part) for unit, part in parts.items()}
    allocations.share(bank.use_case, shares=shares, reason="They share it.", actor=SYSTEM)


def rate(base: str, quote: str, value: str) -> None:
    exchange_rates.state_rate(
        base=base,
        quote=quote,
        day=timezone.localdate(),
        rate=Decimal(value),
        source="ECB",
        actor=SYSTEM,
    )

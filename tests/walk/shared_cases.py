"""The same for what units share and what currencies are worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from governance.services import allocations, exchange_rates
from lib.actor import SYSTEM
from tests.governance.make import Bank
from tests.walk.leaving import Act, leaves


@leaves("governance.allocations.share", "use_case.share")
def share(bank: Bank) -> Act:
    parts = {"retail-lending": Decimal("0.6"), "collections": Decimal("0.4")}
    return lambda: allocations.share(
        bank.use_case, shares=parts, reason="Collections paid for two fifths.", actor=SYSTEM
    )


@leaves("governance.exchange_rates.state_rate", "exchange_rate.state")
def state_rate(bank: Bank) -> Act:
    return lambda: exchange_rates.state_rate(
        base="USD",
        quote="EUR",
        day=date(2026, 3, 31),
        rate=Decimal("0.9135"),
        source="central bank",
        actor=SYSTEM,
    )

"""What a decided case brings: stated as numbered versions, of which the newest counts.

It informs and lightens nothing: no gate, threshold or tier follows from it, so whoever may describe
the use case may state it, and says where the amounts come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.db import transaction

from audit.services import record
from governance.models import PayoffMatrix, UseCase
from governance.services.following import bears_on_criteria
from governance.subjects import of_use_case
from governance.value.money import CURRENCIES
from governance.value.payoffs import Payoff
from lib import reasons
from lib.actor import Actor
from lib.canonical import plain
from lib.errors import Conflict, Invalid

AMOUNTS: Final = ("true_positive", "false_positive", "false_negative", "true_negative")
LARGEST: Final = Decimal(10) ** 12
MOST_CASES: Final = 2_000_000_000


@transaction.atomic
@bears_on_criteria
def state_payoff(
    use_case: UseCase,
    *,
    actor: Actor,
    currency: str,
    true_positive: Decimal,
    false_positive: Decimal,
    false_negative: Decimal,
    true_negative: Decimal,
    reason: str,
    meaning: str = "",
    cases_a_year: int | None = None,
) -> PayoffMatrix:
    """The next version. Amounts are units of ``currency`` a case, costs are negative; ``meaning``
    says what saying yes to a case means.

    Raises Invalid naming each field that is wrong, Conflict when the newest says the same.
    """
    actor.require("use_case.write", *use_case.scopes)
    said = reasons.given(reason)
    values = (true_positive, false_positive, false_negative, true_negative)
    amounts = dict(zip(AMOUNTS, values, strict=True))
    stated = {
        "currency": currency,
        **amounts,
        "meaning": meaning.strip(),
        "cases_a_year": cases_a_year,
    }
    _refuse_faults(currency, amounts, meaning, cases_a_year)
    UseCase.objects.select_for_update().get(pk=use_case.pk)
    newest = current(use_case)
    if newest and said == newest.reason and _same(newest, stated):
        raise Conflict(f"Version {newest.number} says the same.", code="unchanged")
    matrix = PayoffMatrix.objects.create(
        use_case=use_case,
        number=newest.number + 1 if newest else 1,
        reason=said,
        stated_by=actor.id,
        stated_name=actor.name,
        **stated,
    )
    record(
        actor=actor,
        action="payoff.state",
        subject=of_use_case(use_case),
        reason=said,
        details={"number": matrix.number, **{name: plain(value) for name, value in stated.items()}},
    )
    return matrix


def current(use_case: UseCase) -> PayoffMatrix | None:
    """The newest, which counts."""
    return use_case.payoffs.order_by("-number").first()


def payoff_of(matrix: PayoffMatrix) -> Payoff:
    """As the pure rules take it."""
    return Payoff(matrix.currency, *(getattr(matrix, name) for name in AMOUNTS))


def _same(newest: PayoffMatrix, stated: Mapping[str, object]) -> bool:
    return all(getattr(newest, name) == value for name, value in stated.items())


def _refuse_faults(
    currency: str, amounts: dict[str, Decimal], meaning: str, cases_a_year: int | None
) -> None:
    faults: dict[str, str] = {}
    if currency not in CURRENCIES:
        faults["currency"] = "a code of ISO 4217, such as EUR"
    for name, value in amounts.items():
        if not value.is_finite() or abs(value) >= LARGEST:
            faults[name] = f"a number below {LARGEST:,}"
        elif value != round(value, 4):
            faults[name] = "at most four decimal places"
    if not faults and len(set(amounts.values())) == 1:
        faults["true_positive"] = "not the same for every outcome: then nothing is to be decided"
    if len(meaning.strip()) > 300:
        faults["meaning"] = "at most 300 characters"
    if cases_a_year is not None and not 0 < cases_a_year <= MOST_CASES:
        faults["cases_a_year"] = f"from 1 to {MOST_CASES:,}, or left out"
    if faults:
        raise Invalid("This cannot be what decisions bring.", errors=faults)

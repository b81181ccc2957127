"""What one currency was worth in another on a day, as somebody stated it with its source."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from audit.services import record
from audit.subjects import Subject
from governance.models import ExchangeRate
from governance.services.numbering import one_at_a_time
from governance.value.money import CURRENCIES, Rate, Rates
from lib.actor import Actor
from lib.errors import Conflict, Invalid

EARLIEST: Final = date(1990, 1, 1)
PLACES, WHOLE_DIGITS = 8, 10  # what the column holds


@transaction.atomic
def state_rate(
    *,
    base: str,
    quote: str,
    day: date,
    rate: Decimal,
    source: str,
    actor: Actor,
    reason: str = "",
) -> ExchangeRate:
    """One ``base`` was worth ``rate`` of ``quote`` on ``day``. Where there is a rate of that day,
    ``reason`` says why it is corrected; the earlier one stays on record.

    Raises Invalid naming each field that is wrong, Conflict for a second rate without a reason.
    """
    actor.require_everywhere("value.record")
    _refuse(base=base, quote=quote, day=day, rate=rate, source=source)
    one_at_a_time(ExchangeRate)
    there = ExchangeRate.objects.filter(base=base, quote=quote, day=day).order_by("-pk").first()
    if there is not None and not reason.strip():
        raise Conflict(
            f"One {base} was {there.rate.normalize():f} {quote} on {day}, as stated before. Say "
            "why it is corrected.",
            code="exists",
        )
    made = ExchangeRate.objects.create(
        base=base,
        quote=quote,
        day=day,
        rate=rate,
        source=source,
        reason=reason.strip(),
        stated_by=actor.id,
        stated_name=actor.name,
    )
    record(
        actor=actor,
        action="exchange_rate.state",
        subject=Subject("exchange_rate", f"{base}-{quote}", f"{base} in {quote}"),
        reason=made.reason,
        details={
            "day": day,
            "rate": rate,
            "source": source,
            "before": there.rate if there else None,
        },
    )
    return made


def rates(*, until: date | None = None, known_by: datetime | None = None) -> Rates:
    """The rates of days up to ``until``, of several for one day the newest; of a past moment those
    that were stated by then. One query."""
    rows = ExchangeRate.objects.order_by("base", "quote", "-day", "-pk")
    if until is not None:
        rows = rows.filter(day__lte=until)
    if known_by is not None:
        rows = rows.filter(stated_at__lte=known_by)
    newest = rows.distinct("base", "quote", "day")
    return Rates([Rate(row.base, row.quote, row.day, row.rate, row.source) for row in newest])


def _refuse(*, base: str, quote: str, day: date, rate: Decimal, source: str) -> None:
    faults = {
        name: "a code of ISO 4217, such as EUR"
        for name, code in (("base", base), ("quote", quote))
        if code not in CURRENCIES
    }
    if not faults and base == quote:
        faults["quote"] = "another currency"
    if not EARLIEST <= day <= timezone.localdate():
        faults["day"] = f"from {EARLIEST} to today"
    if rate <= 0 or rate.adjusted() >= WHOLE_DIGITS:
        faults["rate"] = "more than 0"
    elif rate != rate.quantize(Decimal(1).scaleb(-PLACES)):
        faults["rate"] = f"at most {PLACES} decimal places"
    if not source.strip() or len(source) > 300:
        faults["source"] = "who says so, in 1 to 300 characters"
    if faults:
        raise Invalid("The rate cannot be stated so.", errors=faults)

"""What was promised and what came of it, as sentences. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from governance.value.money import Money
from governance.value.periods import Period
from governance.value.returns import Promise, Realised

MINUS = "\N{MINUS SIGN}"
_WIDE: Final = Context(prec=100, rounding=ROUND_HALF_EVEN)
"""For the largest figure times the largest worth, over the smallest cost."""


def amount(money: Money) -> str:
    """EUR 480,000; small amounts with their cents."""
    value = money.amount
    places = Decimal("0.01") if abs(value) < 100 and value != value.to_integral() else Decimal(1)
    text = f"{value.quantize(places, context=_WIDE).copy_abs():,}"
    return f"{money.currency} {MINUS if value < 0 and text.strip('0.,') else ''}{text}"


def percent(ratio: Decimal | None) -> str:
    """-12%; “unknown” of nothing."""
    if ratio is None:
        return "unknown"
    whole = (ratio * 100).quantize(Decimal(1), context=_WIDE)
    return f"{MINUS if whole < 0 else ''}{whole.copy_abs():,}%"


def promised(promise: Promise) -> str:
    """What a year of it is to bring and to cost, and what follows."""
    years = promise.horizon_years
    ramp = f", after {promise.ramp_months} months of growth" if promise.ramp_months else ""
    text = (
        f"{amount(promise.annual_benefit)} a year from {promise.starts:%B %Y} on{ramp}, for "
        f"{amount(promise.investment)} of investment and {amount(promise.annual_run_cost)} a year"
    )
    if promise.roi is not None:
        over = "the first year" if years == 1 else f"{years} years"
        text += f": a return of {percent(promise.roi)} over {over}"
    if promise.payback_month is None:
        return f"{text}. It would never pay back."
    if promise.payback_month == 0:
        return f"{text}. There is nothing to pay back."
    return f"{text}, paid back in month {promise.payback_month}."


def replaced(earlier: Promise, newer: Promise) -> str:
    """What the promise was before, where a version that was approved later changed it: months of
    the past are held against the newer one. Empty where the amounts and the start stayed."""
    was = (earlier.annual_benefit, earlier.investment, earlier.annual_run_cost, earlier.starts)
    if was == (newer.annual_benefit, newer.investment, newer.annual_run_cost, newer.starts):
        return ""
    return (
        f"The version before promised {amount(earlier.annual_benefit)} a year from "
        f"{earlier.starts:%B %Y} on, for {amount(earlier.investment)} and "
        f"{amount(earlier.annual_run_cost)} a year; all months are held against the newer one."
    )


def came_of_it(promise: Promise, found: Realised) -> list[str]:
    """What it brought so far, beside what was promised for the same months."""
    whole = found.covered + found.uncovered
    if not whole:
        return ["The first month of the promise is not over yet."]
    if not found.covered:
        return [f"Of no month all figures are known, so nothing can be said of {_months(whole)}."]
    known = "In all" if not found.uncovered else f"In {found.covered} of"
    those = f"{_months(whole)}" if found.uncovered else f"{_months(found.covered)}"
    text = f"{known} {those} it brought {amount(found.gained)}"
    if found.of_promised is not None:
        text += f", {percent(found.of_promised)} of the {amount(found.promised)} promised for them"
    sentences = [f"{text}."]
    if found.uncovered:
        is_one = found.uncovered == 1
        are, stand = ("is", "stands") if is_one else ("are", "stand")
        sentences.append(
            f"{_months(found.uncovered)} {are} unknown, for want of a figure, and {stand} on "
            "neither side of that comparison."
        )
    sentences.append(_returned(promise, found))
    return sentences


def verified(done: int, figures: int) -> str:
    """How many of the figures that count somebody verified who did not record them."""
    if not figures:
        return "There is no figure yet that could be verified."
    if figures == 1:
        return f"The only figure is {'' if done else 'not '}verified by somebody else."
    are = "is" if done == 1 else "are"
    return f"{done or 'None'} of {figures} figures {are} verified by somebody else."


def _returned(promise: Promise, found: Realised) -> str:
    text = f"Return to date: {percent(found.roi)}"
    if found.payback_month is not None:
        month = Period.of(promise.starts, "monthly")
        for _ in range(found.payback_month - 1):
            month = month.next
        return f"{text}. It was paid back in {month.first:%B %Y}."
    if found.uncovered:
        return f"{text}. Whether it is paid back cannot be told while months are unknown."
    return f"{text}. It is not paid back yet."


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"

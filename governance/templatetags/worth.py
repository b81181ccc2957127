"""Money of decisions on pages."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance.models import PayoffMatrix
from governance.value.payoff_words import amount, threshold_words
from governance.value.payoffs import At, Estimate
from lib.templatetags.look import figure

register = template.Library()


@register.filter
def brings(value: Decimal, currency: str = "") -> str:
    """An amount as it was stated."""
    return f"{currency} {figure(value)}".strip()


@register.filter
def worth(estimate: Estimate | None, currency: str = "") -> SafeString:
    """The amount with its interval in a lighter tone; in words where there is none."""
    if estimate is None:
        return format_html('<span class="soft">{}</span>', "not measured")
    value = amount(estimate.value, currency)
    if estimate.low is None or estimate.high is None:
        return format_html(
            '{} <span class="ci" title="{}">no interval</span>', value, estimate.why_open
        )
    like = max(abs(estimate.low), abs(estimate.high), abs(estimate.value))
    return format_html(
        '{} <span class="ci">[{}, {}]</span>',
        value,
        amount(estimate.low, like=like),
        amount(estimate.high, like=like),
    )


@register.filter
def threshold(value: float) -> str:
    """Four places that count, as sentences and pictures have it."""
    return threshold_words(value)


@register.filter
def of_hundred(part: int, whole: int) -> str:
    """31 of 100 as a share with one place: 31.0%."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


@register.filter
def a_year(at: At, matrix: PayoffMatrix) -> str:
    """What a year of cases decided so would bring."""
    return amount(at.worth.for_cases(matrix.cases_a_year or 0).value, matrix.currency)

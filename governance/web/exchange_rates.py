"""The rates page: what currencies were worth in each other, and by whose word."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from governance.models import ExchangeRate
from governance.services import exchange_rates
from governance.web.entries import Entries
from governance.web.fields import given_back, typed
from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from lib.http.query import params

FIELDS: Final = ("base", "quote", "day", "rate", "source", "reason")
SHOWN: Final = 200


def show(request: HttpRequest) -> HttpResponse:
    """GET shows the newest; POST states one more."""
    params(request, ())
    texts = dict.fromkeys(FIELDS, "") | {"day": timezone.localdate().isoformat()}
    if request.method != "POST":
        return _page(request, texts)
    try:
        texts = typed(request, FIELDS)
        made = _stated(request, texts)
    except ImprimaturError as error:
        return _page(request, texts, error)
    messages.success(request, f"{made} is stated. Totals of that day use it from now on.")
    return redirect("admin:exchange_rates")


def _stated(request: HttpRequest, texts: dict[str, str]) -> ExchangeRate:
    entries = Entries(texts)
    day, rate = entries.day("day", needed=True), _rate(texts["rate"])
    if rate is None:
        entries.wrong["rate"] = "a number such as 0.9135"
    entries.refuse()
    assert day is not None
    assert rate is not None
    return exchange_rates.state_rate(
        base=texts["base"].strip().upper(),
        quote=texts["quote"].strip().upper(),
        day=day,
        rate=rate,
        source=texts["source"].strip(),
        reason=texts["reason"],
        actor=actor_of(request),
    )


def _rate(text: str) -> Decimal | None:
    """More places than a KPI has, so that it is read here."""
    try:
        found = Decimal(text.strip()) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _page(
    request: HttpRequest, texts: dict[str, str], error: ImprimaturError | None = None
) -> HttpResponse:
    rows = list(ExchangeRate.objects.all()[: SHOWN + 1])
    context = {
        "title": "Exchange rates",
        "rows": rows[:SHOWN],
        "has_more": len(rows) > SHOWN,
        "shown": SHOWN,
        "fields": given_back(texts, error),
        "may": actor_of(request).may_everywhere("value.record"),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/exchange_rates.html", context, status=status)

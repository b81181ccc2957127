"""The inventory page: every use case, how complete its record is, and what is overdue."""

from __future__ import annotations

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.eu_act import STRICTEST_FIRST
from governance.models import UseCase
from governance.services.inventory import QUERY, Line, by_tier, inventory, wanted_of
from lib.errors import Invalid
from lib.http.pages import actor_of
from lib.http.query import params, whole_number

ON_A_PAGE: Final = 100


def show(request: HttpRequest) -> HttpResponse:
    """The filters are those of the API; one that filters by nothing there is gets a 400. What is
    counted, by tier and in all, is counted over every page."""
    actor, error, number = actor_of(request), None, 1
    lines: list[Line] = []
    try:
        given = params(request, QUERY | {"page"})
        number = whole_number("page", given.pop("page", "1"), low=1, high=10**6)
        lines = inventory(actor=actor, wanted=wanted_of(given))
    except Invalid as found:
        error = found
    pages = Paginator(lines, ON_A_PAGE)
    filters = request.GET.copy()
    filters.pop("page", None)
    units = UseCase.objects.visible_to(actor).order_by("business_unit")
    context = {
        "title": "Inventory",
        "page": pages.get_page(number),
        "count": len(lines),
        "tier_lines": by_tier(lines),
        "late": sum(1 for line in lines if line.overdue),
        "incomplete": sum(1 for line in lines if line.complete.gaps),
        "asked": {name: request.GET.get(name, "") for name in sorted(QUERY)},
        "filtered": any(request.GET.get(name) for name in QUERY),
        "query": filters.urlencode(),
        "units": units.values_list("business_unit", flat=True).distinct(),
        "tiers": ("1", "2", "3"),
        "classes": STRICTEST_FIRST,
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/inventory.html", context, status=status)

"""The inventory page: every use case, how complete its record is, and what is overdue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.eu_act import STRICTEST_FIRST
from governance.models import UseCase
from governance.services.inventory import QUERY, Line, inventory, wanted_of
from lib.errors import Invalid
from lib.http.pages import actor_of
from lib.http.query import params


def show(request: HttpRequest) -> HttpResponse:
    """The filters are those of the API; one that filters by nothing there is gets a 400."""
    actor, error = actor_of(request), None
    lines: list[Line] = []
    try:
        lines = inventory(actor=actor, wanted=wanted_of(params(request, QUERY)))
    except Invalid as found:
        error = found
    units = UseCase.objects.visible_to(actor).order_by("business_unit")
    context = {
        "title": "Inventory",
        "lines": lines,
        "late": sum(1 for line in lines if line.overdue),
        "incomplete": sum(1 for line in lines if line.complete.gaps),
        "asked": {name: request.GET.get(name, "") for name in sorted(QUERY)},
        "filtered": any(request.GET.get(name) for name in QUERY),
        "query": request.GET.urlencode(),
        "units": units.values_list("business_unit", flat=True).distinct(),
        "tiers": ("1", "2", "3"),
        "classes": STRICTEST_FIRST,
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/inventory.html", context, status=status)

"""REST: the inventory of use cases, as JSON and as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.services.inventory import QUERY, Line, as_csv, inventory, wanted_of
from lib.http.query import params
from lib.http.views import ApiView, FileView


def line_body(line: Line) -> dict[str, Any]:
    return {
        "slug": line.use_case.slug,
        "name": line.use_case.name,
        "business_unit": line.use_case.business_unit,
        "owner": line.use_case.owner.username,
        "tier": line.use_case.tier,
        "eu_class": line.eu_class or None,
        "is_model": line.is_model,
        "assessed_at": line.assessed_at,
        "assess_again_by": line.assess_again_by,
        "complete_percent": line.complete.percent,
        "gaps": list(line.complete.gaps),
        "overdue": list(line.overdue),
        "url": f"/api/v1/use-cases/{line.use_case.slug}",
    }


class InventoryView(ApiView):
    required = {"GET": "governance.read"}
    query = QUERY

    def get(self, request: Request) -> Response:
        """Every use case that you may see: how complete its record is, and what is overdue."""
        wanted = wanted_of(params(request, self.query))
        lines = inventory(actor=self.actor(request), wanted=wanted)
        return Response({"items": [line_body(line) for line in lines]})


class InventoryFileView(FileView):
    required = {"GET": "governance.read"}
    query = QUERY

    def get(self, request: Request) -> HttpResponse:
        """The same as a CSV file, with the same filters."""
        wanted = wanted_of(params(request, self.query))
        return HttpResponse(
            as_csv(inventory(actor=self.actor(request), wanted=wanted)),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="inventory.csv"',
                "Cache-Control": "private, no-store",
            },
        )

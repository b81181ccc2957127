"""REST: which business units share a use case, and what currencies are worth in each other."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Allocation, ExchangeRate
from governance.services import allocations, exchange_rates, use_cases
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class NewShares(StrictSerializer):
    shares = serializers.DictField(
        child=serializers.DecimalField(max_digits=5, decimal_places=4),
        help_text="Business unit -> part; together 1.",
    )
    reason = serializers.CharField(max_length=5000)


class NewRate(StrictSerializer):
    base = serializers.CharField(max_length=3)
    quote = serializers.CharField(max_length=3)
    day = serializers.DateField()
    rate = serializers.DecimalField(max_digits=18, decimal_places=8)
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]
    reason = serializers.CharField(
        max_length=5000,
        required=False,
        default="",
        allow_blank=True,
        help_text="Why the rate that stands for the day is corrected.",
    )


def allocation_body(row: Allocation) -> dict[str, Any]:
    return {
        "number": row.number,
        "shares": row.shares,
        "reason": row.reason,
        "stated_by": row.stated_name,
        "stated_at": row.stated_at,
    }


def rate_body(row: ExchangeRate) -> dict[str, Any]:
    return {
        "base": row.base,
        "quote": row.quote,
        "day": row.day,
        "rate": f"{row.rate.normalize():f}",
        "source": row.source,
        "reason": row.reason,
        "stated_by": row.stated_name,
        "stated_at": row.stated_at,
    }


class SharesView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewShares}

    query = PAGING

    def get(self, request: Request, slug: str) -> Response:
        """Which business units share it, the newest first; none: it is all its own unit's."""
        params(request, self.query)
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.allocations.all()
        return page(request, rows, order="-number", render=allocation_body)

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Share what it brings and costs in other parts."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        made = allocations.share(use_case, actor=actor, **self.body(request))
        return Response(allocation_body(made), status=201)


class ExchangeRatesView(ApiView):
    required = {"GET": "governance.read", "POST": "value.record"}
    bodies = {"POST": NewRate}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Dated rates as they were stated, the newest first."""
        params(request, self.query)
        return page(request, ExchangeRate.objects.all(), order="-pk", render=rate_body)

    @idempotent
    def post(self, request: Request) -> Response:
        """State what one currency was worth in another on a day, with the source."""
        row = exchange_rates.state_rate(actor=self.actor(request), **self.body(request))
        return Response(rate_body(row), status=201)
